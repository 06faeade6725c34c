#include <cmath>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/kernels/elementwise.hpp>

// Read multiply first, the first operation below: all the others are written in the same way.
//
// Let L be the last result of a program, one number, such as a loss. The adjoint of a tensor x is x̄ = dL/dx: how much L
// changes with each element of x. It has x's shape. Take an operation y = f(a, b, c) of which ȳ is known. By the chain
// rule,
//
//   ā_j += sum_i ȳ_i dy_i/da_j
//
// that is, a vector ȳ times the Jacobian matrix dy/da. The function from ȳ to this term is the operation's pullback to
// a, also called its vector-Jacobian product. It says += because other operations may read a, too, and each of them
// adds its own term. The Jacobian is never made. That of multiply is diagonal: y_i = a_i b_i gives dy_i/da_i = b_i, so
// ā_i += ȳ_i b_i.
//
// In the code, p.y, p.a, p.b and p.c are the result and the inputs, and p.g is ȳ. Pullbacks take no notice of
// broadcasting: where a was broadcast, the sweep sums the term to a's shape (sweep.cpp).

namespace xgrad::inline XGRAD_PRECISION {

Var multiply(Var a, Var b) {
  static constexpr Op op{
      .name = "multiply",
      .rule = "ā += ȳ b,  b̄ += ȳ a",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return a * b; }); },
      .pull_a = [](const Pull& p) { return p.g * p.b; },
      .pull_b = [](const Pull& p) { return p.g * p.a; },
  };
  return record_elementwise(op, a, b);
}

Var add(Var a, Var b) {
  static constexpr Op op{
      .name = "add",
      .rule = "ā += ȳ,  b̄ += ȳ",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return a + b; }); },
      .pull_a = [](const Pull& p) { return p.g; },
      .pull_b = [](const Pull& p) { return p.g; },
  };
  return record_elementwise(op, a, b);
}

Var subtract(Var a, Var b) {
  static constexpr Op op{
      .name = "subtract",
      .rule = "ā += ȳ,  b̄ -= ȳ",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return a - b; }); },
      .pull_a = [](const Pull& p) { return p.g; },
      .pull_b = [](const Pull& p) { return -p.g; },
  };
  return record_elementwise(op, a, b);
}

Var divide(Var a, Var b) {
  static constexpr Op op{
      .name = "divide",
      .rule = "ā += ȳ / b,  b̄ -= ȳ y / b",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return a / b; }); },
      .pull_a = [](const Pull& p) { return p.g / p.b; },
      .pull_b = [](const Pull& p) { return -(p.g * p.y / p.b); },
  };
  return record_elementwise(op, a, b);
}

Var pow(Var a, Var b) {
  static constexpr Op op{
      .name = "pow",
      .rule = "ā += ȳ b a^(b-1), 0 where a = b = 0,  b̄ += ȳ y log(a), 0 where a = 0",
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
      .rule = "ā += ȳ where a > b, ȳ/2 where a = b,  b̄ += ȳ where a < b, ȳ/2 where a = b",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return a > b || a != a ? a : b; }); },
      .pull_a = [](const Pull& p) { return p.g * share(p.a, p.b); },
      .pull_b = [](const Pull& p) { return p.g * share(p.b, p.a); },
  };
  return record_elementwise(op, a, b);
}

Var minimum(Var a, Var b) {
  static constexpr Op op{
      .name = "minimum",
      .rule = "ā += ȳ where a < b, ȳ/2 where a = b,  b̄ += ȳ where a > b, ȳ/2 where a = b",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return a < b || a != a ? a : b; }); },
      .pull_a = [](const Pull& p) { return p.g * share(p.b, p.a); },
      .pull_b = [](const Pull& p) { return p.g * share(p.a, p.b); },
  };
  return record_elementwise(op, a, b);
}

// a between the bounds b and c
Var clip(Var a, Var b, Var c) {
  static constexpr Op op{
      .name = "clip",
      .rule = "ā += ȳ where b <= a <= c",
      .forward =
          [](Tensor& y, In a, In b, In c) {
            map(y, a, b, c, [](Real a, Real b, Real c) {
              const Real raised = a < b || b != b ? b : a;
              return raised > c || c != c ? c : raised;
            });
          },
      .pull_a = [](const Pull& p) { return where(equal(p.y, p.a), p.g, 0); },
  };
  return record_elementwise(op, a, b, c);
}

// b where the condition a is not 0, else c
Var where(Var a, Var b, Var c) {
  static constexpr Op op{
      .name = "where",
      .rule = "b̄ += ȳ where a is not 0,  c̄ += ȳ elsewhere",
      .forward = [](Tensor& y, In a, In b,
                    In c) { map(y, a, b, c, [](Real a, Real b, Real c) { return a != 0 ? b : c; }); },
      .pull_b = [](const Pull& p) { return where(p.a, p.g, 0); },
      .pull_c = [](const Pull& p) { return where(p.a, 0, p.g); },
  };
  return record_elementwise(op, a, b, c);
}

Var by_argument::greater(Var a, Var b) {
  static constexpr Op op{
      .name = "greater",
      .rule = "no gradient: piecewise constant",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return Real(a > b); }); },
  };
  return record_elementwise(op, a, b);
}

Var equal(Var a, Var b) {
  static constexpr Op op{
      .name = "equal",
      .rule = "no gradient: piecewise constant",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return Real(a == b); }); },
  };
  return record_elementwise(op, a, b);
}

Tensor detail::compared(Comparison comparison, const Tensor& a, const Tensor& b) {
  Tensor y(broadcast_shape("comparison", a.shape(), b.shape()));
  switch (comparison) {
    case Comparison::less:
      map(y, a, b, [](Real a, Real b) { return Real(a < b); });
      break;
    case Comparison::less_equal:
      map(y, a, b, [](Real a, Real b) { return Real(a <= b); });
      break;
    case Comparison::equal:
      map(y, a, b, [](Real a, Real b) { return Real(a == b); });
      break;
  }
  return y;
}

Var record_elementwise(const Op& op, Var a) { return a.tape().record(op, a.shape(), a); }

Var record_elementwise(const Op& op, Var a, Var b) {
  if (a.shape() == b.shape()) return a.tape().record(op, a.shape(), a, b);
  return a.tape().record(op, broadcast_shape(op.name, a.shape(), b.shape()), a, b);
}

Var record_elementwise(const Op& op, Var a, Var b, Var c) {
  const Shape shape = broadcast_shape(op.name, broadcast_shape(op.name, a.shape(), b.shape()), c.shape());
  return a.tape().record(op, shape, a, b, c);
}

}  // namespace xgrad::inline XGRAD_PRECISION
