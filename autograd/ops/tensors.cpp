#include <xgrad/autograd/ops/detail/axes.hpp>
#include <xgrad/autograd/ops/tensors.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Tensor argmax(const Tensor& x) {
  require(x.size() > 0, "argmax: the shape is ", x.shape(), "; it takes at least one element");
  Tensor row = x;
  row.reshape({x.size()});
  return argmax(row, 0);
}

Tensor argmax(const Tensor& x, int axis) {
  const std::size_t at = axis_of("argmax", x.shape(), axis), extent = x.shape(at);
  require(extent > 0, "argmax: the shape is ", x.shape(), "; it takes at least one element along axis ", axis);
  Shape shape;
  std::size_t after = 1;  // how many elements a step along the axis is
  for (std::size_t k = 0; k < x.dimension(); ++k) {
    if (k != at) shape.push_back(x.shape(k));
    if (k > at) after *= x.shape(k);
  }
  Tensor y(shape);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const Real* const first = x.data() + i / after * extent * after + i % after;
    std::size_t largest = 0;
    for (std::size_t k = 1; k < extent; ++k) {
      const Real a = first[k * after], most = first[largest * after];
      if (a > most || (a != a && most == most)) largest = k;
    }
    y.data()[i] = static_cast<Real>(largest);
  }
  return y;
}

}  // namespace xgrad::inline XGRAD_PRECISION
