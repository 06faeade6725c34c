#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/xgrad.hpp>

int main() {
  xgrad::Tape tape;
  const xgrad::Var x = tape.variable(xgrad::Tensor{1, 2, 3});
  return xgrad::gradient(xgrad::sum(xgrad::square(x)), {x})[0].value()(2) == 6 ? 0 : 1;
}
