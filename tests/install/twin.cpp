// Compiled twice into one program, over the float library and over its double twin.
#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>

// d x^2 / dx at 1/3, which no two precisions round alike. What the other twin throws is not caught here.
double NAME() {
  xgrad::Tape tape;
  const xgrad::Var x = tape.variable(xgrad::Tensor{static_cast<xgrad::Real>(1.0 / 3)});
  try {
    reshape(x, {2});
  } catch (const xgrad::ShapeError&) {
    return xgrad::gradient(sum(square(x)), {x})[0].value()(0);
  }
  return 0;
}
