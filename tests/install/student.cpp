#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/teach/trace.hpp>

int main() {
  xgrad::Tape tape;
  const xgrad::Var x = tape.variable(xgrad::Tensor{1, 2, 3});
  return xgrad::trace(xgrad::sum(xgrad::square(x))).size() == 2 ? 0 : 1;
}
