#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>

#include "support.hpp"

// What a loss takes, and what it makes of the operation that stands before it.

using namespace xgrad;

namespace {

/// 3 x under a name that is taken.
template <const char* const& name>
Var triple(Var x) {
  static constexpr Op op{.name = name,
                         .rule = "ā += 3 ȳ",
                         .forward = [](Tensor& y, In x) { y = 3 * x; },
                         .pull_a = [](const Pull& p) { return 3 * p.g; }};
  return record_elementwise(op, x);
}

constexpr const char *sigmoids_name = "sigmoid", *softmaxs_name = "softmax";

}  // namespace

TEST_CASE("a user's operation named sigmoid is not taken for the sigmoid") {
  Tape tape;
  const Var x = tape.variable(Tensor{0.25}), loss = binary_crossentropy(Tensor{1}, triple<sigmoids_name>(x));
  CHECK(loss.item() == doctest::Approx(-std::log(0.75)));
  CHECK(gradient(loss, {x})[0].item() == doctest::Approx(-3 / 0.75));
}

TEST_CASE("a user's operation named softmax is not taken for the softmax") {
  Tape tape;
  const Var x = tape.variable(Tensor{{0.25, 1.0 / 12}}), p = triple<softmaxs_name>(x);  // p is (3, 1) / 4
  const Var sparse = sparse_categorical_crossentropy(Tensor{0}, p);
  CHECK(gradient(sparse, {x})[0].value()(0, 0) == doctest::Approx(3 * (1 - 1 / 0.75)));
  CHECK(sparse_categorical_crossentropy(Tensor{0}, p, Tensor{2}).item() == doctest::Approx(-2 * std::log(0.75)));
  const Var loss = categorical_crossentropy(Tensor{{1, 0}}, p);
  CHECK(loss.item() == doctest::Approx(-std::log(0.75)));
  CHECK(gradient(loss, {p})[0].value()(0, 0) == doctest::Approx(1 - 1 / 0.75));  // of log(p0 + p1) - log p0
}

TEST_CASE("a softmax along another axis is not taken for one along the last") {
  Tape tape;
  const double p = 1 / (1 + std::exp(-2.0));
  const Var z = tape.variable(Tensor{{2, 0}, {0, 0}});
  const Var down = softmax(z, 0);  // columns (p, 1 - p) and (1/2, 1/2); each row is then divided by its sum
  CHECK(categorical_crossentropy(Tensor{{1, 0}, {1, 0}}, down).item() ==
        doctest::Approx(-(std::log(p / (p + 0.5)) + std::log((1 - p) / (1.5 - p))) / 2));
  CHECK(sparse_categorical_crossentropy(Tensor{0, 0}, down).item() ==
        doctest::Approx(-(std::log(p / (p + 0.5)) + std::log((1 - p) / (1.5 - p))) / 2));
}

TEST_CASE("a softmax and a sigmoid are looked through to their logits") {
  Tape tape;
  const Var z = tape.variable(Tensor{{-300, 0}}), p = softmax(z);
  for (const Var loss : {categorical_crossentropy(Tensor{{1, 0}}, p), sparse_categorical_crossentropy(Tensor{0}, p),
                         sparse_categorical_crossentropy(Tensor{0}, softmax(z, -1)),
                         binary_crossentropy(Tensor{1}, sigmoid(tape.constant(Tensor{-300})))})
    CHECK(loss.item() == doctest::Approx(300));
  const Var loss = categorical_crossentropy(Tensor{{1, 0}}, p);
  check_close(gradient(loss, {z})[0].value(), {{-1, 1}}, 1e-6);
  check_close(gradient(loss, {p})[0].value(), {{0, 0}}, 0);
}

TEST_CASE("targets and weights are Vars, tensors or xtensor expressions, in every mix") {
  Tape tape;
  const Tensor t{1, 0}, w{1, 3};
  const Var p = tape.variable(Tensor{0.5, 0.25}), t_var = tape.constant(t), w_var = tape.constant(w);
  const auto is = [](Var loss, double expected) { CHECK(loss.item() == doctest::Approx(expected)); };
  for (const Var loss : {mean_squared_error(t, p), mean_squared_error(t_var, p), mean_squared_error(2 * t - t, p),
                         mean_squared_error(Tensor{1, 0}, p), mean_squared_error(Var(t_var), Var(p))})
    is(loss, (0.25 + 0.0625) / 2);
  for (const Var loss : {mean_absolute_error(t, p, w), mean_absolute_error(t_var, p, w),
                         mean_absolute_error(t, p, w_var), mean_absolute_error(t_var, p, w_var),
                         mean_absolute_error(t, p, 2 * w - w), mean_absolute_error(t * t, p, Tensor{1, 3})})
    is(loss, (0.5 + 3 * 0.25) / 2);
  is(huber(t, p), (0.125 + 0.03125) / 2);
  is(huber(t, p, 0.25), (0.25 * (0.5 - 0.125) + 0.25 * 0.125) / 2);
  is(huber(t, p, 1), (0.125 + 0.03125) / 2);
  is(huber(t, p, w), (0.125 + 3 * 0.03125) / 2);
  is(huber(t, p, w, 1), (0.125 + 3 * 0.03125) / 2);
  is(binary_crossentropy(t, p), -(std::log(0.5) + std::log(0.75)) / 2);
  is(binary_crossentropy(t, p, w), -(std::log(0.5) + 3 * std::log(0.75)) / 2);
  is(binary_crossentropy_from_logits(t, 0 * p, w), 4 * std::log(2.0) / 2);
  const Var z = tape.variable(zeros({2, 4}));
  const Tensor one_hot{{1, 0, 0, 0}, {0, 0, 1, 0}}, labels{0, 2};
  for (const Var loss :
       {categorical_crossentropy(one_hot, softmax(z)), categorical_crossentropy_from_logits(one_hot, z),
        sparse_categorical_crossentropy(labels, softmax(z)), softmax_cross_entropy(labels, z),
        softmax_cross_entropy(labels * 1, z)})
    is(loss, std::log(4.0));
  for (const Var loss : {categorical_crossentropy(one_hot, softmax(z), w), softmax_cross_entropy(labels, z, w),
                         categorical_crossentropy_from_logits(one_hot, z, w_var),
                         sparse_categorical_crossentropy(labels, softmax(z), w_var)})
    is(loss, 2 * std::log(4.0));
}

TEST_CASE("cross-entropy of a thousand samples, of which the largest is beyond e's range") {
  const std::size_t n = 1000;
  Tensor logits = zeros({n, 2}), losses(Shape{n});
  double total = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double margin = static_cast<double>(i) - 100;  // by which the wrong class leads
    logits(i, 1) = static_cast<Real>(margin);
    const double loss = margin > 0 ? margin + std::log1p(std::exp(-margin)) : std::log1p(std::exp(margin));
    losses(i) = static_cast<Real>(loss);
    total += loss;
  }
  Tape tape;
  const Var z = tape.borrow(logits), labels = tape.constant({n}, 0), weights = tape.variable(ones({n}));
  CHECK(softmax_cross_entropy(labels, z).item() == doctest::Approx(total / n).epsilon(either(1e-7, 1e-14)));
  const Var weighted = softmax_cross_entropy(labels, z, weights);
  const Tensor by_sample = n * gradient(weighted, {weights})[0].value();  // a weight's slope is its sample's loss / n
  for (std::size_t i = 0; i < n; ++i)
    CHECK(std::abs(by_sample(i) - losses(i)) <= either(1e-6, 1e-14) * std::max(Real{1}, losses(i)));
}

TEST_CASE("a tensor that a loss is given becomes a constant, and is not read again") {
  Tape tape;
  const Var p = tape.variable(Tensor{3});
  Tensor target{1};
  const Var loss = mean_squared_error(target, p);
  target(0) = 100;
  CHECK(loss.item() == 4);
  CHECK(gradient(loss, {p})[0].item() == 4);
}
