#include <cmath>
#include <numbers>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/elementwise.hpp>
#include <xgrad/core/math.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Var negative(Var x) {
  static constexpr Op op{
      .name = "negative",
      .rule = "x' -= y'",
      .forward = [](Tensor& y, In x) { map(y, x, [](Real x) { return -x; }); },
      .pull_a = [](const Pull& p) { return -p.g; },
  };
  return record_elementwise(op, x);
}

Var square(Var x) {
  static constexpr Op op{
      .name = "square",
      .rule = "x' += 2 x y'",
      .forward = [](Tensor& y, In x) { map(y, x, [](Real x) { return x * x; }); },
      .pull_a = [](const Pull& p) { return 2 * p.a * p.g; },
  };
  return record_elementwise(op, x);
}

Var sqrt(Var x) {
  static constexpr Op op{
      .name = "sqrt",
      .rule = "x' += y' / (2 y)",
      .forward = [](Tensor& y, In x) { map(y, x, [](Real x) { return std::sqrt(x); }); },
      .pull_a = [](const Pull& p) { return p.g / (2 * p.y); },
  };
  return record_elementwise(op, x);
}

Var rsqrt(Var x) {
  static constexpr Op op{
      .name = "rsqrt",
      .rule = "x' -= y' y^3 / 2",
      .forward = [](Tensor& y, In x) { map(y, x, [](Real x) { return 1 / std::sqrt(x); }); },
      .pull_a = [](const Pull& p) { return p.g * square(p.y) * p.y / -2; },
  };
  return record_elementwise(op, x);
}

Var exp(Var x) {
  static constexpr Op op{
      .name = "exp",
      .rule = "x' += y' y",
      .forward = [](Tensor& y, In x) { exponential(y, x); },
      .pull_a = [](const Pull& p) { return p.g * p.y; },
  };
  return record_elementwise(op, x);
}

Var expm1(Var x) {
  static constexpr Op op{
      .name = "expm1",
      .rule = "x' += y' (y + 1)",
      .forward = [](Tensor& y, In x) { map(y, x, [](Real x) { return std::expm1(x); }); },
      .pull_a = [](const Pull& p) { return p.g * (p.y + 1); },
  };
  return record_elementwise(op, x);
}

Var log(Var x) {
  static constexpr Op op{
      .name = "log",
      .rule = "x' += y' / x",
      .forward = [](Tensor& y, In x) { map(y, x, [](Real x) { return std::log(x); }); },
      .pull_a = [](const Pull& p) { return p.g / p.a; },
  };
  return record_elementwise(op, x);
}

Var log1p(Var x) {
  static constexpr Op op{
      .name = "log1p",
      .rule = "x' += y' / (1 + x)",
      .forward = [](Tensor& y, In x) { map(y, x, [](Real x) { return std::log1p(x); }); },
      .pull_a = [](const Pull& p) { return p.g / (1 + p.a); },
  };
  return record_elementwise(op, x);
}

Var abs(Var x) {
  static constexpr Op op{
      .name = "abs",
      .rule = "x' += y' sign(x)",
      .forward = [](Tensor& y, In x) { map(y, x, [](Real x) { return std::abs(x); }); },
      .pull_a = [](const Pull& p) { return p.g * sign(p.a); },
  };
  return record_elementwise(op, x);
}

Var sign(Var x) {
  static constexpr Op op{
      .name = "sign",
      .rule = "no gradient: flat",
      .forward = [](Tensor& y, In x) { map(y, x, [](Real x) { return x != x ? x : Real((x > 0) - (x < 0)); }); },
  };
  return record_elementwise(op, x);
}

Var sin(Var x) {
  static constexpr Op op{
      .name = "sin",
      .rule = "x' += y' cos(x)",
      .forward = [](Tensor& y, In x) { map(y, x, [](Real x) { return std::sin(x); }); },
      .pull_a = [](const Pull& p) { return p.g * cos(p.a); },
  };
  return record_elementwise(op, x);
}

Var cos(Var x) {
  static constexpr Op op{
      .name = "cos",
      .rule = "x' -= y' sin(x)",
      .forward = [](Tensor& y, In x) { map(y, x, [](Real x) { return std::cos(x); }); },
      .pull_a = [](const Pull& p) { return -(p.g * sin(p.a)); },
  };
  return record_elementwise(op, x);
}

Var erf(Var x) {
  static constexpr Op op{
      .name = "erf",
      .rule = "x' += y' 2 / sqrt(pi) e^(-x^2)",
      .forward = [](Tensor& y, In x) { map(y, x, [](Real x) { return std::erf(x); }); },
      .pull_a = [](const Pull& p) { return p.g * exp(-square(p.a)) * (2 * std::numbers::inv_sqrtpi); },
  };
  return record_elementwise(op, x);
}

Var stop_gradient(Var x) {
  static constexpr Op op{
      .name = "stop_gradient",
      .rule = "no gradient: stopped",
      .forward = [](Tensor& y, In x) { map(y, x, [](Real x) { return x; }); },
  };
  return record_elementwise(op, x);
}

}  // namespace xgrad::inline XGRAD_PRECISION
