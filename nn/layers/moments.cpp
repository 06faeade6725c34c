#include <xgrad/nn/layers/detail/moments.hpp>

#include <algorithm>

#include <xgrad/autograd/ops/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Moments moments(Var x, const Shape& shape) {
  const std::size_t count = x.value().size() / std::max<std::size_t>(element_count(shape), 1);
  const Var mean = sum_to(x, shape) / count, centred = x - mean;
  return {mean, centred, sum_to(square(centred), shape) / count};
}

Var unit(Var x, const Shape& shape, double least) {
  return x * rsqrt(maximum(sum_to(square(x), shape), least * least));
}

}  // namespace xgrad::inline XGRAD_PRECISION
