#include <cmath>
#include <numbers>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/kernels/elementwise.hpp>
#include <xgrad/core/kernels/math.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Var negative(Var a) {
  static constexpr Op op{
      .name = "negative",
      .rule = "ā -= ȳ",
      .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return -a; }); },
      .pull_a = [](const Pull& p) { return -p.g; },
  };
  return record_elementwise(op, a);
}

Var square(Var a) {
  static constexpr Op op{
      .name = "square",
      .rule = "ā += 2 a ȳ",
      .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return a * a; }); },
      .pull_a = [](const Pull& p) { return 2 * p.a * p.g; },
  };
  return record_elementwise(op, a);
}

Var sqrt(Var a) {
  static constexpr Op op{
      .name = "sqrt",
      .rule = "ā += ȳ / (2 y)",
      .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return std::sqrt(a); }); },
      .pull_a = [](const Pull& p) { return p.g / (2 * p.y); },
  };
  return record_elementwise(op, a);
}

Var rsqrt(Var a) {
  static constexpr Op op{
      .name = "rsqrt",
      .rule = "ā -= ȳ y^3 / 2",
      .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return 1 / std::sqrt(a); }); },
      .pull_a = [](const Pull& p) { return p.g * square(p.y) * p.y / -2; },
  };
  return record_elementwise(op, a);
}

Var exp(Var a) {
  static constexpr Op op{
      .name = "exp",
      .rule = "ā += ȳ y",
      .forward = [](Tensor& y, In a) { exponential(y, a); },
      .pull_a = [](const Pull& p) { return p.g * p.y; },
  };
  return record_elementwise(op, a);
}

Var expm1(Var a) {
  static constexpr Op op{
      .name = "expm1",
      .rule = "ā += ȳ (y + 1)",
      .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return std::expm1(a); }); },
      .pull_a = [](const Pull& p) { return p.g * (p.y + 1); },
  };
  return record_elementwise(op, a);
}

Var log(Var a) {
  static constexpr Op op{
      .name = "log",
      .rule = "ā += ȳ / a",
      .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return std::log(a); }); },
      .pull_a = [](const Pull& p) { return p.g / p.a; },
  };
  return record_elementwise(op, a);
}

Var log1p(Var a) {
  static constexpr Op op{
      .name = "log1p",
      .rule = "ā += ȳ / (1 + a)",
      .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return std::log1p(a); }); },
      .pull_a = [](const Pull& p) { return p.g / (1 + p.a); },
  };
  return record_elementwise(op, a);
}

Var abs(Var a) {
  static constexpr Op op{
      .name = "abs",
      .rule = "ā += ȳ sign(a)",
      .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return std::abs(a); }); },
      .pull_a = [](const Pull& p) { return p.g * sign(p.a); },
  };
  return record_elementwise(op, a);
}

Var sign(Var a) {
  static constexpr Op op{
      .name = "sign",
      .rule = "no gradient: piecewise constant",
      .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return a != a ? a : Real((a > 0) - (a < 0)); }); },
  };
  return record_elementwise(op, a);
}

Var sin(Var a) {
  static constexpr Op op{
      .name = "sin",
      .rule = "ā += ȳ cos(a)",
      .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return std::sin(a); }); },
      .pull_a = [](const Pull& p) { return p.g * cos(p.a); },
  };
  return record_elementwise(op, a);
}

Var cos(Var a) {
  static constexpr Op op{
      .name = "cos",
      .rule = "ā -= ȳ sin(a)",
      .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return std::cos(a); }); },
      .pull_a = [](const Pull& p) { return -(p.g * sin(p.a)); },
  };
  return record_elementwise(op, a);
}

Var erf(Var a) {
  static constexpr Op op{
      .name = "erf",
      .rule = "ā += ȳ (2 / sqrt(pi)) e^(-a^2)",
      .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return std::erf(a); }); },
      .pull_a =
          [](const Pull& p) {
            const Var inner = clip(p.a, -30, 30);  // beyond, the slope is 0, and 2 a, the square's, may overflow
            return p.g * exp(-square(inner)) * (2 * std::numbers::inv_sqrtpi);
          },
  };
  return record_elementwise(op, a);
}

Var stop_gradient(Var a) {
  static constexpr Op op{
      .name = "stop_gradient",
      .rule = "no gradient: stopped",
      .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return a; }); },
  };
  return record_elementwise(op, a);
}

}  // namespace xgrad::inline XGRAD_PRECISION
