#include <xgrad/core/tensor.hpp>

#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#include <unistd.h>
#endif

#include <algorithm>
#include <limits>
#include <memory>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

void want_huge_pages([[maybe_unused]] void* first, [[maybe_unused]] std::size_t bytes) {
#ifdef MADV_HUGEPAGE
  const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  if (std::align(page, page, first, bytes)) madvise(first, bytes / page * page, MADV_HUGEPAGE);
#endif
}

std::size_t element_count(const Shape& shape) {
  constexpr std::size_t most = std::numeric_limits<std::ptrdiff_t>::max() / sizeof(Real);
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  std::size_t count = 1;
  bool fits = true;
  for (const std::size_t extent : shape) fits = fits && !__builtin_mul_overflow(count, extent, &count);
  require(fits && count <= most, "tensor: the shape is ", shape, "; it takes one whose elements fit in memory");
  return count;
}

Shape stacked(std::size_t n, const Shape& shape) {
  Shape result(shape.size() + 1, n);
  std::copy(shape.begin(), shape.end(), result.begin() + 1);
  return result;
}

Tensor filled(const Shape& shape, Real value) {
  element_count(shape);  // or an error
  return Tensor(shape, value);
}
Tensor zeros(const Shape& shape) { return filled(shape, 0); }
Tensor ones(const Shape& shape) { return filled(shape, 1); }

Tensor column(std::initializer_list<Real> numbers) {
  Tensor x(Shape{numbers.size(), 1});
  std::copy(numbers.begin(), numbers.end(), x.data());
  return x;
}

}  // namespace xgrad::inline XGRAD_PRECISION
