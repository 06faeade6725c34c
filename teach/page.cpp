#include <xgrad/teach/detail/page.hpp>
#include <xgrad/teach/detail/page_files.hpp>

namespace xgrad {

std::string page(std::string_view html, const std::string& data) {
  std::string result;
  std::string_view rest = page_files(html);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n') + 1);
    rest.remove_prefix(line.size());
    if (line.front() != '@')
      result += line;
    else if (line != "@data@\n")
      result += page_files(line.substr(1, line.size() - 3));
    else
      for (const char c : data) c == '<' ? result += "\\u003c" : result += c;
  }
  return result;
}

}  // namespace xgrad
