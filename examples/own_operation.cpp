// An operation of one's own: a function, its rule, and one constant that holds both. It is checked against differences
// of the function itself, at order 1 and 2, and used like any other.

#include <cmath>
#include <cstdio>
#include <xgrad/xgrad.hpp>

using namespace xgrad;

/// y = arctan a, elementwise. Its slope is 1 / (1 + a^2).
Var arctan(Var a) {
  static constexpr Op op{
      .name = "arctan",
      .rule = "ā += ȳ / (1 + a^2)",
      .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return std::atan(a); }); },
      .pull_a = [](const Pull& p) { return p.g / (1 + square(p.a)); },
  };
  return record_elementwise(op, a);
}

int main() {
  const GradientCheck check = check_gradient(arctan, {Tensor{{-2, 0.5, 1}, {3, -0.1, 0.7}}}, 1e-2);
  std::printf("%s: %s\n", check.ok ? "right" : "wrong", check.message.c_str());

  Tape tape;
  const Var x = tape.variable(Tensor{-2, 1, 3});
  gradient(sum(arctan(x)), {x});
  std::printf("\n%s", explain(tape).c_str());
  return check.ok ? 0 : 1;
}
