// An operation of one's own: a function, its rule, and one constant that holds both. It is checked against differences
// of the function itself, at order 1 and 2, and used like any other.

#include <cmath>
#include <cstdio>
#include <xgrad/xgrad.hpp>

using namespace xgrad;

/// y = x / (1 + |x|), elementwise: softsign. Its slope is 1 / (1 + |x|)^2 = (1 - |y|)^2.
Var softsign(Var x) {
  static constexpr Op op{
      .name = "softsign",
      .rule = "x' += y' (1 - |y|)^2",
      .forward = [](Tensor& y, In x) { map(y, x, [](Real x) { return x / (1 + std::abs(x)); }); },
      .pull_a = [](Var g, Var y, Var) { return g * square(1 - abs(y)); },
  };
  return record_elementwise(op, x);
}

int main() {
  const GradientCheck check = check_gradient(softsign, {Tensor{{-2, 0.5, 1}, {3, -0.1, 0.7}}}, 1e-2);
  std::printf("%s: %s\n", check.ok ? "right" : "wrong", check.message.c_str());

  Tape tape;
  const Var x = tape.variable(Tensor{-2, 1, 3});
  gradient(sum(softsign(x)), {x});
  std::printf("\n%s", explain(tape).c_str());
  return check.ok ? 0 : 1;
}
