#include <xgrad/nn/parts/initializers.hpp>

#include <algorithm>
#include <xgrad/core/kernels/product.hpp>

#include "options.hpp"

using namespace xgrad;

namespace {

struct Moments {
  double mean = 0, variance = 0, least = 0, largest = 0;
};

Moments moments(const Initializer& initializer, const Shape& shape) {
  Rng rng(1);
  const Tensor w = initializer(shape, rng);
  REQUIRE(w.shape() == shape);
  const double n = static_cast<double>(w.size());
  Moments m;
  for (const Real x : w) m.mean += x / n;
  for (const Real x : w) m.variance += (x - m.mean) * (x - m.mean) / n;
  m.least = *std::min_element(w.begin(), w.end());
  m.largest = *std::max_element(w.begin(), w.end());
  return m;
}

void check_uniform(const Initializer& initializer, const Shape& shape, double limit) {
  const Moments m = moments(initializer, shape);
  CHECK(std::abs(m.mean) < 0.01 * limit);
  CHECK(std::abs(m.variance / (limit * limit / 3) - 1) < 0.02);
  CHECK(m.largest <= limit * (1 + 1e-7));
  CHECK(m.largest > 0.999 * limit);
  CHECK(m.least >= -limit * (1 + 1e-7));
  CHECK(m.least < -0.999 * limit);
}

// Whose deviation after the cut at 2 deviations is sqrt(variance), 0.8796 of that before.
void check_truncated(const Initializer& initializer, const Shape& shape, double variance) {
  const Moments m = moments(initializer, shape);
  const double limit = 2 * std::sqrt(variance) / 0.8796256610342398;
  CHECK(std::abs(m.mean) < 0.01 * limit);
  CHECK(std::abs(m.variance / variance - 1) < 0.02);
  CHECK(m.largest <= limit * (1 + 1e-7));
  CHECK(m.largest > 0.99 * limit);
  CHECK(m.least >= -limit * (1 + 1e-7));
  CHECK(m.least < -0.99 * limit);
}

// w^T w, or w w^T if its rows are fewer.
Tensor gram(const Tensor& w) {
  const bool tall = w.shape(0) >= w.shape(1);
  const std::size_t n = tall ? w.shape(1) : w.shape(0);
  Tensor product = zeros({n, n});
  gemm(tall ? Product::tn : Product::nt, w, w, product);
  return product;
}

Tensor identity(std::size_t n, Real scale) {
  Tensor x = zeros({n, n});
  for (std::size_t i = 0; i < n; ++i) x(i, i) = scale;
  return x;
}

}  // namespace

TEST_CASE("Zeros, Ones and Constant fill") {
  Rng rng(1);
  check_close(Initializer(Zeros{})({2, 3}, rng), zeros({2, 3}), 0);
  check_close(Initializer(Ones{})({2, 3}, rng), ones({2, 3}), 0);
  check_close(Initializer(Constant{.value = 0.25})({2}, rng), {0.25, 0.25}, 0);
  CHECK(rng.bits() == Rng(1).bits());  // nothing was drawn
}

TEST_CASE("the plain distributions have Keras's defaults and the moments that are asked for") {
  const Moments normal = moments(RandomNormal{}, {300, 200});
  CHECK(std::abs(normal.mean) < 0.001);
  CHECK(std::abs(normal.variance / (0.05 * 0.05) - 1) < 0.02);
  CHECK(normal.largest > 3 * 0.05);
  const Moments shifted = moments(RandomNormal{.mean = 2, .stddev = 0.5}, {300, 200});
  CHECK(shifted.mean == doctest::Approx(2).epsilon(0.01));
  CHECK(std::abs(shifted.variance / 0.25 - 1) < 0.02);
  check_uniform(RandomUniform{}, {300, 200}, 0.05);
  check_uniform(RandomUniform{.minval = -3, .maxval = 3}, {300, 200}, 3);
  // Here stddev is that before the cut: the variance is 0.7737 stddev^2.
  check_truncated(TruncatedNormal{}, {300, 200}, 0.7737412 * 0.05 * 0.05);
  check_truncated(TruncatedNormal{.stddev = 2}, {300, 200}, 0.7737412 * 4);
}

TEST_CASE("a kernel's limit or variance follows from its fans") {
  const Shape shape{400, 200};
  check_uniform(GlorotUniform{}, shape, std::sqrt(6 / 600.0));
  check_uniform(HeUniform{}, shape, std::sqrt(6 / 400.0));
  check_uniform(LecunUniform{}, shape, std::sqrt(3 / 400.0));
  check_truncated(GlorotNormal{}, shape, 2 / 600.0);
  check_truncated(HeNormal{}, shape, 2 / 400.0);
  check_truncated(LecunNormal{}, shape, 1 / 400.0);
}

TEST_CASE("axes before a kernel's last two multiply both fans, and a vector is its own") {
  check_uniform(GlorotUniform{}, {3, 3, 40, 60}, std::sqrt(6 / (9 * 40 + 9 * 60.0)));
  check_uniform(HeUniform{}, {3, 3, 40, 60}, std::sqrt(6 / (9 * 40.0)));
  check_uniform(GlorotUniform{}, {50'000}, std::sqrt(6 / 100'000.0));
  CHECK(std::abs(moments(GlorotUniform{}, {}).mean) <= std::sqrt(3));
  CHECK(moments(GlorotUniform{}, {1, 1}).largest == doctest::Approx(std::sqrt(3) * (2 * Rng(1).uniform() - 1)));
}

TEST_CASE("the columns of an orthogonal matrix, or the rows if they are fewer, are orthonormal") {
  Rng rng(1);
  for (const Shape& shape : {Shape{5, 5}, Shape{40, 7}, Shape{7, 40}, Shape{1, 1}, Shape{1, 6}, Shape{150, 150}}) {
    const Tensor w = Initializer(Orthogonal{})(shape, rng);
    const Tensor product = gram(w);
    check_close(product, identity(product.shape(0), 1), either(1e-6, 1e-14));
  }
  const Tensor doubled = gram(Initializer(Orthogonal{.gain = 2})({9, 4}, rng));
  check_close(doubled, identity(4, 4), either(1e-6, 1e-14));
  Tensor deep = Initializer("orthogonal")({2, 3, 4}, rng);  // as the matrix (6, 4)
  deep.reshape({6, 4});
  check_close(gram(deep), identity(4, 1), either(1e-6, 1e-14));
}

TEST_CASE("an orthogonal matrix prefers no direction") {
  // Each element of a uniformly random n by n orthogonal matrix has mean 0 and variance 1 / n.
  Rng rng(1);
  double sum = 0, corner = 0;
  for (int k = 0; k < 2000; ++k) {
    const Tensor w = Orthogonal{}({3, 3}, rng);
    sum += w(0, 0) / 2000;
    corner += w(2, 2) * w(2, 2) / 2000;
  }
  CHECK(std::abs(sum) < 0.04);
  CHECK(corner == doctest::Approx(1 / 3.0).epsilon(0.05));
}

TEST_CASE("an initializer is a name, a struct, a function or a lambda") {
  const auto draw = [](const Initializer& initializer) {
    Rng rng(1);
    return initializer({4, 3}, rng);
  };
  check_close(draw("he_normal"), draw(he_normal), 0);
  check_close(draw("he_normal"), draw(HeNormal{}), 0);
  check_close(draw("ones"), draw(static_cast<Tensor (*)(const Shape&, Rng&)>(ones)), 0);
  check_close(draw([](const Shape& shape, Rng&) { return filled(shape, 7); }), filled({4, 3}, 7), 0);
  CHECK(draw("lecun_uniform") != draw("he_uniform"));
  CHECK(draw("glorot_uniform") != draw("glorot_normal"));
}

TEST_CASE("an initializer that does not exist or cannot be is refused") {
  CHECK(thrown_by<ValueError>([] { Initializer("xavier"); }) ==
        "initializer: there is no \"xavier\"; the names are " + listed(initializers()));
  CHECK(thrown_by<ValueError>([] { Initializer(RandomNormal{.stddev = -1}); }) ==
        "RandomNormal: mean 0, stddev -1; it takes finite ones, stddev from 0 up");
  CHECK(thrown_by<ValueError>([] { Initializer(TruncatedNormal{.mean = NAN}); }) ==
        "TruncatedNormal: mean nan, stddev 0.05; it takes finite ones, stddev from 0 up");
  CHECK(thrown_by<ValueError>([] { Initializer(RandomUniform{.minval = 1, .maxval = 0}); }) ==
        "RandomUniform: minval 1, maxval 0; it takes finite ones, minval <= maxval");
  CHECK(thrown_by<ValueError>([] { Initializer(Constant{.value = INFINITY}); }) ==
        "Constant: the value is inf; it takes a finite one");
  CHECK(thrown_by<ValueError>([] { Initializer(Orthogonal{.gain = NAN}); }) ==
        "Orthogonal: the gain is nan; it takes a finite one");
  CHECK(thrown_by<ValueError>([] { Initializer(VarianceScaling{.scale = 0}); }) ==
        "VarianceScaling: the scale is 0; it takes a finite one above 0");
  CHECK(thrown_by<ValueError>([] { Initializer(VarianceScaling{.mode = "fan"}); }) ==
        "VarianceScaling: the mode is \"fan\"; it takes fan_in, fan_out or fan_avg");
  CHECK(thrown_by<ValueError>([] { Initializer(VarianceScaling{.distribution = "gauss"}); }) ==
        "VarianceScaling: the distribution is \"gauss\"; it takes truncated_normal, untruncated_normal or uniform");
  Rng rng(1);
  CHECK(thrown_by<ShapeError>([&] { Initializer("identity")({3}, rng); }) ==
        "IdentityInitializer: the shape is (3,); it takes a matrix, (in, out)");
  CHECK(thrown_by<ShapeError>([&] { Initializer(Orthogonal{})({3}, rng); }) ==
        "Orthogonal: the shape is (3,); it takes a matrix, (..., in, out)");
  const Initializer wrong = [](const Shape&, Rng&) { return ones({2}); };
  CHECK(thrown_by<ShapeError>([&] { wrong({3}, rng); }) ==
        "initializer: its tensor has shape (2,); the weight takes (3,)");
}

TEST_CASE("VarianceScaling is the initializers that follow from fans, by other options") {
  const auto draw = [](const Initializer& initializer, const Shape& shape) {
    Rng rng(1);
    return initializer(shape, rng);
  };
  const auto scaling = [](double scale, const char* mode, const char* distribution) {
    return VarianceScaling{.scale = scale, .mode = mode, .distribution = distribution};
  };
  const Shape shape{4, 6};
  CHECK(draw(scaling(1, "fan_avg", "uniform"), shape) == draw(glorot_uniform, shape));
  CHECK(draw(scaling(1, "fan_avg", "normal"), shape) == draw(glorot_normal, shape));
  CHECK(draw(scaling(2, "fan_in", "truncated_normal"), shape) == draw(he_normal, shape));
  CHECK(draw(VarianceScaling{}, shape) == draw(lecun_normal, shape));
  const Moments wide = moments(scaling(3, "fan_out", "untruncated_normal"), {200, 300});
  CHECK(std::abs(wide.variance / (3 / 300.0) - 1) < 0.02);
  CHECK(wide.largest > 3.5 * std::sqrt(3 / 300.0));  // no tails are cut
}

TEST_CASE("the identity is a matrix, square or not") {
  Rng rng(1);
  check_close(Initializer("identity")({2, 3}, rng), {{1, 0, 0}, {0, 1, 0}}, 0);
  check_close(Initializer(IdentityInitializer{.gain = 2})({3, 2}, rng), {{2, 0}, {0, 2}, {0, 0}}, 0);
}

TEST_CASE("an initializer is saved and loaded; one's own leaves what is there") {
  CHECK(options_of(Initializer(zeros)) == Json{{"name", "zeros"}});
  CHECK(options_of(Initializer("uniform")) == Json{{"name", "random_uniform"}, {"minval", -0.05}, {"maxval", 0.05}});
  const auto draw = [](const Initializer& initializer) {
    Rng rng(1);
    return initializer({3, 2}, rng);
  };
  for (const std::string& name : names_of(initializers())) {
    CAPTURE(name);
    Initializer loaded = Constant{7};
    set_options(loaded, options_of(Initializer(name)));
    CHECK(draw(loaded) == draw(Initializer(name)));
  }
  Initializer loaded = glorot_uniform;
  set_options(loaded,
              options_of(Initializer(VarianceScaling{.scale = 3, .mode = "fan_out", .distribution = "uniform"})));
  CHECK(draw(loaded) == draw(VarianceScaling{.scale = 3, .mode = "fan_out", .distribution = "uniform"}));
  set_options(loaded, options_of(Initializer([](const Shape& shape, Rng&) { return ones(shape); })));
  CHECK(draw(loaded) == draw(VarianceScaling{.scale = 3, .mode = "fan_out", .distribution = "uniform"}));
  CHECK(thrown_by<ValueError>([&] {
          set_options(loaded, {{"name", "constant"}, {"value", "inf"}});
        }) == "Constant: the value is inf; it takes a finite one");
}

TEST_CASE("a weight without elements is drawn like any other") {
  Rng rng(1);
  for (const std::string& name : names_of(initializers()))
    for (const Shape& shape : {Shape{0, 3}, Shape{3, 0}, Shape{0, 0}})
      CHECK(Initializer(name)(shape, rng).shape() == shape);
}
