#include <cmath>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/elementwise.hpp>

// Pullbacks speak of shapes as if nothing were broadcast; the sweep sums what was stretched.

namespace xgrad::inline XGRAD_PRECISION {

Var record_elementwise(const Op& op, Var x) { return x.tape().record(op, x.shape(), x); }

Var record_elementwise(const Op& op, Var a, Var b) {
  if (a.shape() == b.shape()) return a.tape().record(op, a.shape(), a, b);
  return a.tape().record(op, broadcast_shape(op.name, a.shape(), b.shape()), a, b);
}

Var record_elementwise(const Op& op, Var a, Var b, Var c) {
  const Shape shape = broadcast_shape(op.name, broadcast_shape(op.name, a.shape(), b.shape()), c.shape());
  return a.tape().record(op, shape, a, b, c);
}

Var add(Var a, Var b) {
  static constexpr Op op{
      .name = "add",
      .rule = "a' += y',  b' += y'",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return a + b; }); },
      .pull_a = [](const Pull& p) { return p.g; },
      .pull_b = [](const Pull& p) { return p.g; },
  };
  return record_elementwise(op, a, b);
}

Var subtract(Var a, Var b) {
  static constexpr Op op{
      .name = "subtract",
      .rule = "a' += y',  b' -= y'",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return a - b; }); },
      .pull_a = [](const Pull& p) { return p.g; },
      .pull_b = [](const Pull& p) { return -p.g; },
  };
  return record_elementwise(op, a, b);
}

Var multiply(Var a, Var b) {
  static constexpr Op op{
      .name = "multiply",
      .rule = "a' += y' b,  b' += y' a",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return a * b; }); },
      .pull_a = [](const Pull& p) { return p.g * p.b; },
      .pull_b = [](const Pull& p) { return p.g * p.a; },
  };
  return record_elementwise(op, a, b);
}

Var divide(Var a, Var b) {
  static constexpr Op op{
      .name = "divide",
      .rule = "a' += y' / b,  b' -= y' y / b",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return a / b; }); },
      .pull_a = [](const Pull& p) { return p.g / p.b; },
      .pull_b = [](const Pull& p) { return -(p.g * p.y / p.b); },
  };
  return record_elementwise(op, a, b);
}

Var pow(Var a, Var b) {
  static constexpr Op op{
      .name = "pow",
      .rule = "a' += y' b a^(b-1), 0 where a = b = 0,  b' += y' y log(a), 0 where a = 0",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return std::pow(a, b); }); },
      .pull_a =
          [](const Pull& p) {
            const Var a_is_0 = equal(p.a, 0), both_are_0 = a_is_0 * equal(p.b, 0);
            const Var slope = p.g * p.b;
            return slope * pow(p.a, where(both_are_0, 1, p.b - 1));
          },
      .pull_b =
          [](const Pull& p) {
            const Var is_0 = equal(p.a, 0), logarithm = log(where(is_0, 1, p.a));
            return where(is_0, 0, p.g * p.y * logarithm);
          },
  };
  return record_elementwise(op, a, b);
}

namespace {

// What of y = max(a, b) is a's: all of it, half where they are equal, or nothing. Flat, so without a gradient.
Var share(Var a, Var b) {
  const Var more = greater(a, b);
  return more + equal(a, b) / 2;
}

}  // namespace

Var maximum(Var a, Var b) {
  static constexpr Op op{
      .name = "maximum",
      .rule = "a' += y' where a > b, y'/2 where a = b,  b' likewise",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return a > b || a != a ? a : b; }); },
      .pull_a = [](const Pull& p) { return p.g * share(p.a, p.b); },
      .pull_b = [](const Pull& p) { return p.g * share(p.b, p.a); },
  };
  return record_elementwise(op, a, b);
}

Var minimum(Var a, Var b) {
  static constexpr Op op{
      .name = "minimum",
      .rule = "a' += y' where a < b, y'/2 where a = b,  b' likewise",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return a < b || a != a ? a : b; }); },
      .pull_a = [](const Pull& p) { return p.g * share(p.b, p.a); },
      .pull_b = [](const Pull& p) { return p.g * share(p.a, p.b); },
  };
  return record_elementwise(op, a, b);
}

Var clip(Var x, Var low, Var high) {
  static constexpr Op op{
      .name = "clip",
      .rule = "x' += y' where low <= x <= high",
      .forward =
          [](Tensor& y, In x, In low, In high) {
            map(y, x, low, high, [](Real x, Real low, Real high) {
              const Real raised = x < low ? low : x;
              return raised > high ? high : raised;
            });
          },
      .pull_a =
          [](const Pull& p) {
            const Var not_above = where(greater(p.a, p.c), 0, p.g);
            return where(greater(p.b, p.a), 0, not_above);
          },
  };
  return record_elementwise(op, x, low, high);
}

Var where(Var mask, Var a, Var b) {
  static constexpr Op op{
      .name = "where",
      .rule = "a' += y' where the mask is set,  b' += y' elsewhere",
      .forward = [](Tensor& y, In mask, In a,
                    In b) { map(y, mask, a, b, [](Real mask, Real a, Real b) { return mask != 0 ? a : b; }); },
      .pull_b = [](const Pull& p) { return where(p.a, p.g, 0); },
      .pull_c = [](const Pull& p) { return where(p.a, 0, p.g); },
  };
  return record_elementwise(op, mask, a, b);
}

Var greater(Var a, Var b) {
  static constexpr Op op{
      .name = "greater",
      .rule = "no gradient: flat",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return Real(a > b); }); },
  };
  return record_elementwise(op, a, b);
}

Var equal(Var a, Var b) {
  static constexpr Op op{
      .name = "equal",
      .rule = "no gradient: flat",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return Real(a == b); }); },
  };
  return record_elementwise(op, a, b);
}

}  // namespace xgrad::inline XGRAD_PRECISION
