#include <xgrad/core/kernels/elementwise.hpp>

#include <algorithm>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Shape broadcast_shape(const char* who, const Shape& a, const Shape& b) {
  const Shape& longer = a.size() >= b.size() ? a : b;
  const Shape& shorter = a.size() >= b.size() ? b : a;
  Shape result = longer;
  for (std::size_t k = 0; k < shorter.size(); ++k) {
    std::size_t& extent = result[longer.size() - 1 - k];
    const std::size_t other = shorter[shorter.size() - 1 - k];
    require(extent == other || extent == 1 || other == 1, who, ": shapes ", a, " and ", b,
            " do not broadcast: counted from the last, extents must be equal, or one of them 1");
    if (extent == 1) extent = other;
  }
  return result;
}

bool broadcasts_to(const Shape& small, const Shape& large) {
  if (small.size() > large.size()) return false;
  return std::equal(small.begin(), small.end(), large.end() - static_cast<std::ptrdiff_t>(small.size()),
                    [](std::size_t s, std::size_t l) { return s == l || s == 1; });
}

}  // namespace xgrad::inline XGRAD_PRECISION
