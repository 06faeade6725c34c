#include <xgrad/nn/layers/flatten.hpp>

#include <xgrad/autograd/ops/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Var Flatten::operator()(Var x, const Context&) const {
  const Shape& shape = x.shape();
  require(!shape.empty(), "Flatten: the shape is ", shape, "; it takes a batch, (n, ...)");
  return reshape(x, {shape[0], element_count(Shape(shape.begin() + 1, shape.end()))});
}

}  // namespace xgrad::inline XGRAD_PRECISION
