#include <algorithm>
#include <cmath>

#include <xgrad/core/detail/words.hpp>
#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

std::string range_of(const Tensor& x) {
  if (x.size() == 0) return "nothing";
  Real least = NAN, greatest = NAN;
  bool has_nan = false;
  for (const Real a : x) {
    has_nan |= std::isnan(a);
    least = std::fmin(least, a), greatest = std::fmax(greatest, a);  // which pass over NaN
  }
  const std::string range = least < greatest ? text(least, " .. ", greatest) : text(least);
  return has_nan && !std::isnan(least) ? range + ", nan" : range;
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string quoted(const std::string& label) {
  std::string result;
  for (const char c : label) {
    if (c == '"' || c == '\\') result.push_back('\\');
    result.push_back(c);
  }
  return text('"', result, '"');
}

}  // namespace xgrad::inline XGRAD_PRECISION
