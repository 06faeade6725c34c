#include <algorithm>

#include <xgrad/autograd/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Var reshape(Var x, const Shape& shape) {
  static constexpr Op op{.name = "reshape",
                         .rule = "x' += y', in x's shape",
                         .forward = [](Tensor& y, In x) { std::copy(x.begin(), x.end(), y.begin()); },
                         .pull_a = [](Var g, Var, Var x) { return reshape(g, x.shape()); }};
  require(element_count(shape) == x.value().size(), "reshape: cannot turn ", x.shape(), " into ", shape,
          "; it takes a shape of ", x.value().size(), " elements");
  if (shape == x.shape()) return x;
  return x.tape().record(op, shape, x);
}

}  // namespace xgrad::inline XGRAD_PRECISION
