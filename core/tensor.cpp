#include <xgrad/core/tensor.hpp>

#include <algorithm>
#include <functional>
#include <numeric>

namespace xgrad::inline XGRAD_PRECISION {

std::size_t element_count(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>{});
}

Shape stacked(std::size_t n, const Shape& shape) {
  Shape result(shape.size() + 1, n);
  std::copy(shape.begin(), shape.end(), result.begin() + 1);
  return result;
}

Tensor filled(const Shape& shape, Real value) { return Tensor(shape, value); }
Tensor zeros(const Shape& shape) { return filled(shape, 0); }
Tensor ones(const Shape& shape) { return filled(shape, 1); }

Tensor column(std::initializer_list<Real> numbers) {
  Tensor x(Shape{numbers.size(), 1});
  std::copy(numbers.begin(), numbers.end(), x.data());
  return x;
}

}  // namespace xgrad::inline XGRAD_PRECISION
