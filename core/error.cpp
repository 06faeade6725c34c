#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

std::ostream& operator<<(std::ostream& out, const Shape& shape) {
  out << '(';
  for (std::size_t k = 0; k < shape.size(); ++k) out << (k == 0 ? "" : ", ") << shape[k];
  return out << (shape.size() == 1 ? ",)" : ")");
}

}  // namespace xgrad::inline XGRAD_PRECISION
