#include <cmath>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/elementwise.hpp>
#include <xgrad/core/math.hpp>

// Pullbacks speak of shapes as if nothing were broadcast; the sweep sums what was stretched.

namespace xgrad::inline XGRAD_PRECISION {

namespace {

Var record_broadcast(const Op& op, Var a, Var b) {
  if (a.shape() == b.shape()) return a.tape().record(op, a.shape(), a, b);
  return a.tape().record(op, broadcast_shape(op.name, a.shape(), b.shape()), a, b);
}

Var record_same(const Op& op, Var x) { return x.tape().record(op, x.shape(), x); }

}  // namespace

Var add(Var a, Var b) {
  static constexpr Op op{.name = "add",
                         .rule = "a' += y',  b' += y'",
                         .forward =
                             [](Tensor& y, In a, In b) {
                               map(
                                   y, [](Real a, Real b) { return a + b; }, a, b);
                             },
                         .pull_a = [](Var g, Var, Var, Var) { return g; },
                         .pull_b = [](Var g, Var, Var, Var) { return g; }};
  return record_broadcast(op, a, b);
}

Var subtract(Var a, Var b) {
  static constexpr Op op{.name = "subtract",
                         .rule = "a' += y',  b' -= y'",
                         .forward =
                             [](Tensor& y, In a, In b) {
                               map(
                                   y, [](Real a, Real b) { return a - b; }, a, b);
                             },
                         .pull_a = [](Var g, Var, Var, Var) { return g; },
                         .pull_b = [](Var g, Var, Var, Var) { return -g; }};
  return record_broadcast(op, a, b);
}

Var multiply(Var a, Var b) {
  static constexpr Op op{.name = "multiply",
                         .rule = "a' += y' b,  b' += y' a",
                         .forward =
                             [](Tensor& y, In a, In b) {
                               map(
                                   y, [](Real a, Real b) { return a * b; }, a, b);
                             },
                         .pull_a = [](Var g, Var, Var, Var b) { return g * b; },
                         .pull_b = [](Var g, Var, Var a, Var) { return g * a; }};
  return record_broadcast(op, a, b);
}

Var divide(Var a, Var b) {
  static constexpr Op op{.name = "divide",
                         .rule = "a' += y' / b,  b' -= y' y / b",
                         .forward =
                             [](Tensor& y, In a, In b) {
                               map(
                                   y, [](Real a, Real b) { return a / b; }, a, b);
                             },
                         .pull_a = [](Var g, Var, Var, Var b) { return g / b; },
                         .pull_b = [](Var g, Var y, Var, Var b) { return -(g * y / b); }};
  return record_broadcast(op, a, b);
}

Var negative(Var x) {
  static constexpr Op op{.name = "negative",
                         .rule = "x' -= y'",
                         .forward =
                             [](Tensor& y, In x) {
                               map(
                                   y, [](Real x) { return -x; }, x);
                             },
                         .pull_a = [](Var g, Var, Var) { return -g; }};
  return record_same(op, x);
}

Var square(Var x) {
  static constexpr Op op{.name = "square",
                         .rule = "x' += 2 x y'",
                         .forward =
                             [](Tensor& y, In x) {
                               map(
                                   y, [](Real x) { return x * x; }, x);
                             },
                         .pull_a = [](Var g, Var, Var x) { return 2 * x * g; }};
  return record_same(op, x);
}

Var sqrt(Var x) {
  static constexpr Op op{.name = "sqrt",
                         .rule = "x' += y' / (2 y)",
                         .forward =
                             [](Tensor& y, In x) {
                               map(
                                   y, [](Real x) { return std::sqrt(x); }, x);
                             },
                         .pull_a = [](Var g, Var y, Var) { return g / (2 * y); }};
  return record_same(op, x);
}

Var exp(Var x) {
  static constexpr Op op{.name = "exp",
                         .rule = "x' += y' y",
                         .forward = [](Tensor& y, In x) { exponential(y, x); },
                         .pull_a = [](Var g, Var y, Var) { return g * y; }};
  return record_same(op, x);
}

Var log(Var x) {
  static constexpr Op op{.name = "log",
                         .rule = "x' += y' / x",
                         .forward =
                             [](Tensor& y, In x) {
                               map(
                                   y, [](Real x) { return std::log(x); }, x);
                             },
                         .pull_a = [](Var g, Var, Var x) { return g / x; }};
  return record_same(op, x);
}

Var tanh(Var x) {
  static constexpr Op op{.name = "tanh",
                         .rule = "x' += y' (1 - y^2)",
                         .forward =
                             [](Tensor& y, In x) {
                               map(
                                   y, [](Real x) { return std::tanh(x); }, x);
                             },
                         .pull_a = [](Var g, Var y, Var) { return g * (1 - square(y)); }};
  return record_same(op, x);
}

Var sigmoid(Var x) {
  static constexpr Op op{.name = "sigmoid",
                         .rule = "x' += y' y (1 - y)",
                         .forward =
                             [](Tensor& y, In x) {
                               map(
                                   y, [](Real x) { return 1 / (1 + exponential(-x)); }, x);
                             },
                         .pull_a = [](Var g, Var y, Var) { return g * y * (1 - y); }};
  return record_same(op, x);
}

Var relu(Var x) {
  static constexpr Op op{.name = "relu",
                         .rule = "x' += y' where x > 0",
                         .forward =
                             [](Tensor& y, In x) {
                               map(
                                   y, [](Real x) { return x < 0 ? Real{0} : x; }, x);
                             },
                         .pull_a = [](Var g, Var, Var x) { return gate(g, x); }};
  return record_same(op, x);
}

Var gate(Var g, Var x) {
  static constexpr Op op{.name = "gate",
                         .rule = "g' += y' where x > 0",
                         .forward =
                             [](Tensor& y, In g, In x) {
                               map(
                                   y, [](Real g, Real x) { return x > 0 ? g : Real{0}; }, g, x);
                             },
                         .pull_a = [](Var h, Var, Var, Var x) { return gate(h, x); }};
  require(g.shape() == x.shape(), "gate: g has shape ", g.shape(), " and x ", x.shape(), "; it takes equal shapes");
  return g.tape().record(op, g.shape(), g, x);
}

}  // namespace xgrad::inline XGRAD_PRECISION
