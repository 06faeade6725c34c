// Backpropagation on five lines of a tape: L = (u v + u)^2 at u = 2, v = 3. docs/backprop.md explains what this prints.

#include <iostream>
#include <xgrad/xgrad.hpp>

using namespace xgrad;

int main() {
  Tape tape;
  const Var u = tape.variable(Tensor{2}), v = tape.variable(Tensor{3});
  const Var p = u * v, s = p + u;
  const Var L = square(s);
  gradient(L, {u, v});
  std::cout << explain(tape);
}
