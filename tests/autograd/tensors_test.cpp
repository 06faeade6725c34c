// Operations on plain tensors, beside what is recorded.

#include <sstream>

#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/tensors.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/core/xtensor.hpp>

#include "support.hpp"

using namespace xgrad;

TEST_CASE("operations on plain tensors give the numbers of the recorded ones, bit for bit") {
  Rng rng(7);
  Tensor x = random_uniform(rng, {3, 4}, 0.1, 2);  // not const: xtensor's functions of anything would like it, too
  const Tensor y = random_uniform(rng, {4, 3}, 0.1, 2), z = random_uniform(rng, {3, 4}, 0.1, 2);
  Tape tape;
  const Var a = tape.constant(x), b = tape.constant(y), c = tape.constant(z);
  const auto same = [](const Tensor& plain, Var recorded) { check_close(plain, recorded.value(), 0); };
  same(square(x), square(a)), same(sqrt(x), sqrt(a)), same(rsqrt(x), rsqrt(a)), same(exp(x), exp(a));
  same(expm1(x), expm1(a)), same(log(x), log(a)), same(log1p(x), log1p(a)), same(abs(x), abs(a));
  same(sign(x), sign(a)), same(sin(x), sin(a)), same(cos(x), cos(a)), same(erf(x), erf(a));
  same(tanh(x), tanh(a)), same(sigmoid(x), sigmoid(a)), same(softplus(x), softplus(a)), same(relu(x), relu(a));
  same(leaky_relu(x), leaky_relu(a)), same(elu(x), elu(a)), same(selu(x), selu(a)), same(silu(x), silu(a));
  same(gelu(x), gelu(a)), same(gelu_tanh(x), gelu_tanh(a));
  same(softmax(x), softmax(a)), same(softmax(x, 0), softmax(a, 0)), same(softmax(x, {0}), softmax(a, {0}));
  same(log_softmax(x), log_softmax(a)), same(log_softmax(x, -2), log_softmax(a, 0));
  same(maximum(x, z), maximum(a, c)), same(minimum(x, 1), minimum(a, 1)), same(pow(x, z), pow(a, c));
  same(clip(x, 0.5, 1), clip(a, 0.5, 1)), same(where(x > 1, x, z), where(a > 1, a, c));
  same(matmul(x, y), matmul(a, b)), same(matmul_nt(x, z), matmul_nt(a, c)), same(matmul_tn(x, z), matmul_tn(a, c));
  same(dot(Tensor{1, 2}, Tensor{3, 4}), dot(tape.constant(Tensor{1, 2}), Tensor{3, 4}));
  same(outer(Tensor{1, 2}, Tensor{3, 4}), outer(tape.constant(Tensor{1, 2}), Tensor{3, 4}));
  same(linear(x, y, Tensor{1, 2, 3}), linear(a, b, tape.constant(Tensor{1, 2, 3})));

  same(sum(x), sum(a)), same(sum(x, 1), sum(a, {1})), same(sum(x, {-2}, true), sum(a, {0}, true));
  same(mean(x), mean(a)), same(mean(x, 1), mean(a, {1})), same(mean(x, {0, 1}), mean(a, {0, 1}));
  same(variance(x), variance(a)), same(variance(x, 0), variance(a, {0})), same(variance(x, {1}), variance(a, {1}));
  same(max(x), max(a)), same(max(x, -1), max(a, {1})), same(max(x, {0}), max(a, {0}));
  same(min(x), min(a)), same(min(x, -1), min(a, {1})), same(min(x, {0}), min(a, {0}));
  same(logsumexp(x), logsumexp(a)), same(logsumexp(x, 1), logsumexp(a, {1})), same(norm(x, {1}), norm(a, {1}));
  const Axes axes{1};
  same(sum(z, axes), sum(c, axes)), same(sum(z), sum(c)), same(mean(z, 1, true), mean(c, 1, true));
  same(exp(x - 1), exp(a - 1)), same(relu(x - 1), relu(a - 1)), same(softmax(x * 2), softmax(a * 2));
  same(exp(z), exp(c)), same(exp(Tensor{1, 2}), exp(tape.constant(Tensor{1, 2})));
  CHECK(thrown_by<ShapeError>([&] { matmul(x, z); }) ==
        "matmul: cannot multiply (3, 4) by (3, 4); it takes (m, k) by (k, n), after leading axes that broadcast");
}

TEST_CASE("a reduction takes one axis as a number") {
  Tape tape;
  const Var x = tape.variable(Tensor{{1, 2, 4}, {3, 5, 9}});
  check_close(sum(x, 1).value(), {7, 17}, 0);
  check_close(sum(x, -2).value(), {4, 7, 13}, 0);
  check_close(mean(x, 0, true).value(), {{2, 3.5, 6.5}}, 0);
  check_close(variance(x, 0).value(), {1, 2.25, 6.25}, 0);
  check_close(max(x, 1).value(), {4, 9}, 0);
  check_close(min(x, std::size_t{1}).value(), {1, 3}, 0);
  check_close(norm(x, 0).value(), norm(x, {0}).value(), 0);
  check_close(logsumexp(x, 0).value(), logsumexp(x, {0}).value(), 0);
  check_close(softmax(x, {1}).value(), softmax(x, 1).value(), 0);
  check_close(sum(x, {}).value(), x.value(), 0);  // no axis
}

TEST_CASE("argmax is the first of equals, and NaN is larger than all, as in NumPy") {
  const Tensor x{{3, 7, 7}, {NAN, 8, NAN}, {-1, -5, 0}};
  check_close(argmax(x, 1), {1, 0, 2}, 0);
  check_close(argmax(x, -2), {1, 1, 1}, 0);
  CHECK(argmax(x)() == 3);
  Tape tape;
  check_close(argmax(tape.constant(x), 1), {1, 0, 2}, 0);
  check_close(argmax(tape.constant(Tensor{1, 4, 2})), filled({}, 1), 0);
  CHECK(argmax(Tensor{{{1, 2}, {5, 3}}, {{9, 0}, {0, 1}}}, 1) == Tensor{{1, 1}, {0, 1}});
  CHECK(thrown_by<ShapeError>([&] {
          argmax(zeros({2, 0}), 1);
        }) == "argmax: the shape is (2, 0); it takes at least one element along axis 1");
  CHECK(thrown_by<ShapeError>([&] { argmax(x, 2); }) == "argmax: no axis 2 in (3, 3); it takes -2 to 1");
}

TEST_CASE("comparisons of a Var are masks that are not recorded") {
  Tape tape;
  const Var x = tape.variable(Tensor{{1, 2, 3}, {NAN, 2, 0}});
  const std::size_t lines = tape.size();
  const Tensor row{2, 2, 2};
  check_close(x > 2, {{0, 0, 1}, {0, 0, 0}}, 0);
  check_close(2 > x, {{1, 0, 0}, {0, 0, 1}}, 0);
  check_close(x >= row, {{0, 1, 1}, {0, 1, 0}}, 0);
  check_close(x < row, {{1, 0, 0}, {0, 0, 1}}, 0);
  check_close(row * 1 <= x, {{0, 1, 1}, {0, 1, 0}}, 0);
  check_close(x == x, {{1, 1, 1}, {0, 1, 1}}, 0);
  check_close(x != 2, {{1, 0, 1}, {1, 0, 1}}, 0);
  CHECK(tape.size() == lines);
  check_close(where(x > 2, x, 0).value(), {{0, 0, 3}, {0, 0, 0}}, 0);
}

TEST_CASE("+= and its kin are a = a + b, with the gradient of all that was added") {
  Tape tape;
  const Var x = tape.variable(Tensor{1, 2});
  Var y = x;
  y += x * x;
  y -= 1;
  y *= Tensor{2, 3};
  y /= x;
  check_close(y.value(), {2, 7.5}, 0);                                        // 2 (x + x^2 - 1) / x and 3 of it
  check_close(gradient(sum(y), {x})[0].value(), {4, 3.75}, either(1e-6, 0));  // 2 (1 + 1 / x^2)
}

TEST_CASE("the shape of a Var is asked for axis by axis") {
  Tape tape;
  const Var x = tape.constant(zeros({2, 3}));
  CHECK(x.shape(0) == 2);
  CHECK(x.shape(-1) == 3);
  CHECK(x.shape()[1] == 3);
  CHECK(thrown_by<ShapeError>([&] { x.shape(2); }) == "shape: no axis 2 in (2, 3)");
}

TEST_CASE("a Var is printed as its value, and one that is not current without an error") {
  const auto printed = [](Var x) {
    std::ostringstream out;
    out << x;
    return out.str();
  };
  Tape tape;
  const Var x = tape.constant(Tensor{{1, 2}, {3, 4}});
  CHECK(printed(x) == "[[1 2]\n [3 4]]");
  tape.rewind();
  CHECK(printed(x) == "(a Var of no recording)");
  CHECK(printed(Var()) == "(a Var of no recording)");
}
