#include <limits>

#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>

#include "support.hpp"

// The slope that ops.hpp states for each kink.

using namespace xgrad;

namespace {

constexpr Real infinity = std::numeric_limits<Real>::infinity();

template <class F>
Tensor slope(F f, const Tensor& x) {
  Tape tape;
  const Var v = tape.variable(x);
  return gradient(sum(f(v)), {v})[0].value();
}

template <class F>
std::vector<Tensor> slopes(F f, const Tensor& x, const Tensor& y) {
  Tape tape;
  const Var a = tape.variable(x), b = tape.variable(y);
  const std::vector<Var> g = gradient(sum(f(a, b)), {a, b});
  return {g[0].value(), g[1].value()};
}

}  // namespace

TEST_CASE("relu and abs are flat at 0, also at -0") {
  check_close(slope([](Var x) { return relu(x); }, {-1, -0.0, 0, 2}), {0, 0, 0, 1}, 0);
  check_close(slope([](Var x) { return abs(x); }, {-1, -0.0, 0, 2}), {-1, 0, 0, 1}, 0);
}

TEST_CASE("leaky_relu and elu have the slope from below at 0") {
  check_close(slope([](Var x) { return leaky_relu(x, Real(0.25)); }, {-1, 0, 1}), {0.25, 0.25, 1}, 0);
  check_close(slope([](Var x) { return elu(x, 3); }, {0, 1}), {3, 1}, 0);
}

TEST_CASE("sign and the comparisons are flat, and leave their inputs zeros") {
  check_close(slope([](Var x) { return sign(x); }, {-1, 0, 1}), {0, 0, 0}, 0);
  for (Var (*f)(Var, Var) :
       {static_cast<Var (*)(Var, Var)>(by_argument::greater), static_cast<Var (*)(Var, Var)>(equal)})
    for (const Tensor& g : slopes(f, {1, 2}, {1, 1})) check_close(g, {0, 0}, 0);
}

TEST_CASE("maximum and minimum share the slope evenly where their arguments are equal") {
  const auto larger = slopes([](Var a, Var b) { return maximum(a, b); }, {1, 2, 3}, {2, 2, 2});
  check_close(larger[0], {0, 0.5, 1}, 0);
  check_close(larger[1], {1, 0.5, 0}, 0);
  const auto smaller = slopes([](Var a, Var b) { return minimum(a, b); }, {1, 2, 3}, {2, 2, 2});
  check_close(smaller[0], {1, 0.5, 0}, 0);
  check_close(smaller[1], {0, 0.5, 1}, 0);
  check_close(slope([](Var x) { return maximum(x, x); }, {5}), {1}, 0);  // half and half
}

TEST_CASE("max and min share the slope evenly among equals") {
  check_close(slope([](Var x) { return max(x); }, {{2, 1}, {2, 2}}), {{1 / Real(3), 0}, {1 / Real(3), 1 / Real(3)}}, 0);
  check_close(slope([](Var x) { return max(x, {1}); }, {{3, 3}, {1, 4}}), {{0.5, 0.5}, {0, 1}}, 0);
  check_close(slope([](Var x) { return min(x); }, {1, 2, 1, 1, 1}), {0.25, 0, 0.25, 0.25, 0.25}, 0);
}

TEST_CASE("clip lets the whole slope through at its bounds, and none beyond") {
  check_close(slope([](Var x) { return clip(x, -1, 1); }, {-2, -1, 0, 1, 2}), {0, 1, 1, 1, 0}, 0);
}

TEST_CASE("the slope of sqrt at 0 is infinite, and that of norm is 0") {
  check_close(slope([](Var x) { return sqrt(x); }, {0.25}), {1}, 0);
  CHECK(slope([](Var x) { return sqrt(x); }, {0})(0) == infinity);
  check_close(slope([](Var x) { return norm(x); }, {0, 0}), {0, 0}, 0);
  check_close(slope([](Var x) { return norm(x); }, {3, 4}), {Real(0.6), Real(0.8)}, either(1e-6, 1e-15));
}

TEST_CASE("0^0 is 1 and flat, 0^1 has slope 1, and 0^(1/2) an infinite one") {
  Tape tape;
  CHECK(pow(tape.constant(Tensor{0}), 0).item() == 1);
  const auto g = slopes([](Var a, Var b) { return pow(a, b); }, {0, 0, 0, 2}, {0, 1, 2, 0});
  check_close(g[0], {0, 1, 0, 0}, 0);
  check_close(g[1], {0, 0, 0, std::log(Real(2))}, either(1e-6, 1e-15));
  CHECK(slope([](Var x) { return pow(x, 0.5); }, {0})(0) == infinity);
}

TEST_CASE("0^b is flat in b, also where it is infinite") {
  const auto g = slopes([](Var a, Var b) { return pow(a, b); }, {0, 0, 0}, {-1, Real(-0.5), 3});
  check_close(g[1], {0, 0, 0}, 0);
  CHECK(g[0](0) == -infinity);
}

TEST_CASE("selu has the slope from below at 0, as in JAX and PyTorch") {
  check_close(slope([](Var x) { return selu(x); }, {0, 1}), {Real(1.7580993408473766), Real(1.0507009873554805)},
              either(1e-6, 1e-15));
}

TEST_CASE("an odd power of a negative number is differentiated") {
  check_close(slope([](Var x) { return pow(x, 3); }, {-2, 0}), {12, 0}, 0);
}

TEST_CASE("where has no gradient for what it does not choose, be that infinite") {
  const auto g = slopes([](Var a, Var b) { return where(Tensor{1, 0}, a, b); }, {1, infinity}, {infinity, 1});
  check_close(g[0], {1, 0}, 0);
  check_close(g[1], {0, 1}, 0);
}

TEST_CASE("where hands a 0 to the slope it does not choose, and 0 times infinity is NaN, as in PyTorch") {
  CHECK(std::isnan(slope([](Var x) { return where(greater(x, 0), sqrt(x), x); }, {0})(0)));
}

TEST_CASE("an infinite slope is avoided by choosing before and after") {
  const auto safe_sqrt = [](Var x) {
    const Var positive = greater(x, 0);
    return where(positive, sqrt(where(positive, x, 1)), x);
  };
  check_close(slope(safe_sqrt, {0, 4}), {1, 0.25}, 0);
}

TEST_CASE("logits of 10,000 either way give finite losses and gradients") {
  const Tensor extreme{{1e4, -1e4, 0}, {-1e4, 1e4, 1e4}}, labels{1, 1};
  Tape tape;
  const Var z = tape.variable(extreme);
  const Var sparse = softmax_cross_entropy(labels, z);
  CHECK(sparse.item() == doctest::Approx((2e4 + std::log(2.0)) / 2));
  check_close(gradient(sparse, {z})[0].value(), {{0.5, -0.5, 0}, {0, -0.25, 0.25}}, either(1e-6, 1e-15));
  const Var dense = categorical_crossentropy_from_logits(Tensor{{0, 1, 0}, {0, 1, 0}}, z);
  CHECK(dense.item() == sparse.item());
  check_close(gradient(dense, {z})[0].value(), {{0.5, -0.5, 0}, {0, -0.25, 0.25}}, either(1e-6, 1e-15));

  const Var odds = tape.variable(Tensor{1e4, -1e4, 1e4, -1e4});
  const Var binary = binary_crossentropy_from_logits(Tensor{1, 0, 0, 1}, odds);
  CHECK(binary.item() == 5e3);  // 0, 0, 1e4 and 1e4
  check_close(gradient(binary, {odds})[0].value(), {0, 0, 0.25, -0.25}, 0);
}

TEST_CASE("a sigmoid or softmax that saturates still teaches, when its own loss follows") {
  Tape tape;
  const Var z = tape.variable(Tensor{{1e4, -1e4}});
  const Var lost = sparse_categorical_crossentropy(Tensor{1}, softmax(z));
  check_close(gradient(lost, {z})[0].value(), {{1, -1}}, 0);
  const Var odds = tape.variable(Tensor{-1e4});
  check_close(gradient(binary_crossentropy(Tensor{1}, sigmoid(odds)), {odds})[0].value(), {-1}, 0);
}

TEST_CASE("probabilities of 0 and 1 are kept inside, and the loss is finite") {
  Tape tape;
  const Var p = tape.variable(Tensor{0, 1, 0.5});
  const Var loss = binary_crossentropy(Tensor{1, 0, 1}, p);
  CHECK(loss.item() == doctest::Approx((-2 * std::log(1e-7) + std::log(2.0)) / 3).epsilon(either(1e-2, 1e-6)));
  check_close(gradient(loss, {p})[0].value(), {0, 0, -2 / Real(3)}, either(1e-6, 1e-15));
}

TEST_CASE("logsumexp, softplus and their slopes do not overflow") {
  check_close(slope([](Var x) { return logsumexp(x); }, {1e4, 1e4}), {0.5, 0.5}, 0);
  check_close(slope([](Var x) { return softplus(x); }, {-1e4, 0, 1e4}), {0, 0.5, 1}, 0);
  check_close(slope([](Var x) { return tanh(x); }, {-1e4, 1e4}), {0, 0}, 0);
  check_close(slope([](Var x) { return log_softmax(x); }, {1e4, -1e4}), {-1, 1}, 0);
}
