#include <xgrad/core/error.hpp>

#include <charconv>
#include <locale>

namespace xgrad::inline XGRAD_PRECISION {

std::ostream& operator<<(std::ostream& out, const Shape& shape) {
  out << '(';
  for (std::size_t k = 0; k < shape.size(); ++k) out << (k == 0 ? "" : ", ") << std::to_string(shape[k]);
  return out << (shape.size() == 1 ? ",)" : ")");
}

std::string printable(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string result;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '\n')
      result += "\\n";
    else if (code < 0x20 || code == 0x7f)
      result += {'\\', 'x', digits[code / 16], digits[code % 16]};
    else
      result.push_back(c);
  }
  return result;
}

std::string shortest(double number) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, number).ptr};
}

std::string formatted(double number, char form, int places) {
  const auto format = form == 'f'   ? std::chars_format::fixed
                      : form == 'e' ? std::chars_format::scientific
                                    : std::chars_format::general;
  char digits[512];
  return {digits, std::to_chars(digits, digits + sizeof digits, number, format, places).ptr};
}

std::ostringstream classic_stream() {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  return out;
}

}  // namespace xgrad::inline XGRAD_PRECISION
