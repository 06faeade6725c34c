#include <xgrad/nn/parts/initializers.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

struct Fans {
  double in = 1, out = 1;
  double mean() const { return (in + out) / 2; }
};

Fans fans(const Shape& shape) {
  const auto extent = [&](std::size_t from_last) { return static_cast<double>(shape[shape.size() - from_last]); };
  if (shape.empty()) return {};
  if (shape.size() == 1) return {extent(1), extent(1)};
  const double before = static_cast<double>(element_count(Shape(shape.begin(), shape.end() - 2)));
  return {extent(2) * before, extent(1) * before};
}

// Both draw with variance scale / n. A uniform distribution on [-L, L) has variance L^2 / 3.

Tensor uniform(const Shape& shape, Rng& rng, double scale, double n) {
  const double limit = std::sqrt(3 * scale / std::max(1.0, n));
  return random_uniform(rng, shape, -limit, limit);
}

Tensor truncated_normal(const Shape& shape, Rng& rng, double scale, double n) {
  constexpr double kept = 0.87962566103423978;  // the deviation that is left of 1 when the tails beyond 2 are cut
  return random_truncated_normal(rng, shape, 0, std::sqrt(scale / std::max(1.0, n)) / kept);
}

void check_gain(const char* who, double gain) {
  require<ValueError>(std::isfinite(gain), who, ": the gain is ", gain, "; it takes a finite one");
}

void check_normal(const char* who, double mean, double stddev) {
  require<ValueError>(std::isfinite(mean) && std::isfinite(stddev) && stddev >= 0, who, ": mean ", mean, ", stddev ",
                      stddev, "; it takes finite ones, stddev from 0 up");
}

}  // namespace

void Constant::check() const {
  require<ValueError>(std::isfinite(value), "Constant: the value is ", value, "; it takes a finite one");
}

void RandomNormal::check() const { check_normal("RandomNormal", mean, stddev); }

void RandomUniform::check() const {
  require<ValueError>(std::isfinite(minval) && std::isfinite(maxval) && minval <= maxval, "RandomUniform: minval ",
                      minval, ", maxval ", maxval, "; it takes finite ones, minval <= maxval");
}

void TruncatedNormal::check() const { check_normal("TruncatedNormal", mean, stddev); }

void Orthogonal::check() const { check_gain("Orthogonal", gain); }
void IdentityInitializer::check() const { check_gain("IdentityInitializer", gain); }

void VarianceScaling::check() const {
  require<ValueError>(std::isfinite(scale) && scale > 0, "VarianceScaling: the scale is ", scale,
                      "; it takes a finite one above 0");
  require<ValueError>(mode == "fan_in" || mode == "fan_out" || mode == "fan_avg", "VarianceScaling: the mode is \"",
                      mode, "\"; it takes fan_in, fan_out or fan_avg");
  require<ValueError>(distribution == "normal" || distribution == "truncated_normal" ||
                          distribution == "untruncated_normal" || distribution == "uniform",
                      "VarianceScaling: the distribution is \"", distribution,
                      "\"; it takes truncated_normal, untruncated_normal or uniform");
}

Tensor VarianceScaling::operator()(const Shape& shape, Rng& rng) const {
  const Fans all = fans(shape);
  const double n = mode == "fan_in" ? all.in : mode == "fan_out" ? all.out : all.mean();
  if (distribution == "uniform") return uniform(shape, rng, scale, n);
  if (distribution == "untruncated_normal") return random_normal(rng, shape, 0, std::sqrt(scale / std::max(1.0, n)));
  return truncated_normal(shape, rng, scale, n);
}

Tensor GlorotUniform::operator()(const Shape& shape, Rng& rng) const {
  return uniform(shape, rng, 1, fans(shape).mean());
}

Tensor GlorotNormal::operator()(const Shape& shape, Rng& rng) const {
  return truncated_normal(shape, rng, 1, fans(shape).mean());
}

Tensor HeNormal::operator()(const Shape& shape, Rng& rng) const {
  return truncated_normal(shape, rng, 2, fans(shape).in);
}

Tensor HeUniform::operator()(const Shape& shape, Rng& rng) const { return uniform(shape, rng, 2, fans(shape).in); }

Tensor LecunNormal::operator()(const Shape& shape, Rng& rng) const {
  return truncated_normal(shape, rng, 1, fans(shape).in);
}

Tensor LecunUniform::operator()(const Shape& shape, Rng& rng) const { return uniform(shape, rng, 1, fans(shape).in); }

// The Q of a normal matrix's QR decomposition, by Gram and Schmidt's method, each vector made orthogonal twice so that
// rounding leaves nothing. R's diagonal is positive, which makes Q uniform among the orthogonal matrices.
Tensor Orthogonal::operator()(const Shape& shape, Rng& rng) const {
  require(shape.size() >= 2, "Orthogonal: the shape is ", shape, "; it takes a matrix, (..., in, out)");
  const std::size_t rows = element_count(Shape(shape.begin(), shape.end() - 1)), columns = shape.back();
  const std::size_t count = std::min(rows, columns), length = std::max(rows, columns);
  std::vector<std::vector<double>> q(count, std::vector<double>(length));
  const auto dot = [&](std::size_t i, std::size_t j) {
    return std::inner_product(q[i].begin(), q[i].end(), q[j].begin(), 0.0);
  };
  Tensor w(shape);
  for (std::size_t i = 0; i < count; ++i) {
    for (double& x : q[i]) x = rng.normal();
    for (std::size_t j = 0; j < 2 * i; ++j) {
      const double along = dot(i, j % i);
      for (std::size_t k = 0; k < length; ++k) q[i][k] -= along * q[j % i][k];
    }
    const double norm = std::sqrt(dot(i, i));
    for (std::size_t k = 0; k < length; ++k) {
      q[i][k] /= norm;
      w.data()[rows < columns ? i * columns + k : k * columns + i] = static_cast<Real>(gain * q[i][k]);
    }
  }
  return w;
}

Tensor IdentityInitializer::operator()(const Shape& shape, Rng&) const {
  require(shape.size() == 2, "IdentityInitializer: the shape is ", shape, "; it takes a matrix, (in, out)");
  Tensor w = zeros(shape);
  for (std::size_t i = 0; i < std::min(shape[0], shape[1]); ++i) w(i, i) = static_cast<Real>(gain);
  return w;
}

namespace {

template <class I>
Initializer make_initializer() {
  return I{};
}

}  // namespace

std::span<const std::pair<std::string_view, Initializer (*)()>> initializers() {
  static constexpr std::pair<std::string_view, Initializer (*)()> all[] = {
      {"zeros", make_initializer<Zeros>},
      {"ones", make_initializer<Ones>},
      {"constant", make_initializer<Constant>},
      {"random_normal", make_initializer<RandomNormal>},
      {"random_uniform", make_initializer<RandomUniform>},
      {"truncated_normal", make_initializer<TruncatedNormal>},
      {"glorot_uniform", make_initializer<GlorotUniform>},
      {"glorot_normal", make_initializer<GlorotNormal>},
      {"he_normal", make_initializer<HeNormal>},
      {"he_uniform", make_initializer<HeUniform>},
      {"lecun_normal", make_initializer<LecunNormal>},
      {"lecun_uniform", make_initializer<LecunUniform>},
      {"orthogonal", make_initializer<Orthogonal>},
      {"variance_scaling", make_initializer<VarianceScaling>},
      {"identity", make_initializer<IdentityInitializer>},
      {"zero", make_initializer<Zeros>},
      {"one", make_initializer<Ones>},
      {"normal", make_initializer<RandomNormal>},
      {"uniform", make_initializer<RandomUniform>},
      {"identity_initializer", make_initializer<IdentityInitializer>},
      {"orthogonal_initializer", make_initializer<Orthogonal>}};
  return all;
}

Initializer::Initializer(std::string_view name) : Initializer(find_named("initializer", initializers(), name)()) {}

Initializer::Initializer(Tensor (*function)(const Shape&, Rng&)) : draw_(function) {
  if (function == static_cast<Tensor (*)(const Shape&, Rng&)>(zeros)) *this = Zeros{};
  if (function == static_cast<Tensor (*)(const Shape&, Rng&)>(ones)) *this = Ones{};
}

void Initializer::fields(Fields& f) {
  std::string name = draw_.name();
  f("name", name);
  if (f.purpose() == Fields::reading && !name.empty() && name != draw_.name()) *this = Initializer(name);
  draw_.options(f);
}

Tensor Initializer::operator()(const Shape& shape, Rng& rng) const {
  Tensor w = draw_(shape, rng);
  require(w.shape() == shape, "initializer: its tensor has shape ", w.shape(), "; the weight takes ", shape);
  return w;
}

template Initializer::Initializer(GlorotUniform);

}  // namespace xgrad::inline XGRAD_PRECISION
