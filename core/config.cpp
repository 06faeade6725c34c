#include <xgrad/core/config.hpp>

#include <algorithm>
#include <charconv>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

template <class T>
std::string number_text(T value) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

template <class T>
void read_number(const std::string& text, T& value) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  require<ValueError>(error == std::errc{} && stop == end, "\"", text, "\" is not a number that fits");
}

template <class List>
std::string list_text(const List& list) {
  std::string all;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) all += ',';
    all += option_text(list[i]);
  }
  return all;
}

template <class List>
void read_list(const std::string& text, List& list) {
  list.clear();
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    typename List::value_type entry{};
    read_option(text.substr(begin, end - begin), entry);
    list.push_back(std::move(entry));
    begin = end + 1;
  }
}

}  // namespace

std::string option_text(bool value) { return value ? "true" : "false"; }
std::string option_text(std::int64_t value) { return number_text(value); }
std::string option_text(std::size_t value) { return number_text(value); }
std::string option_text(double value) { return number_text(value); }
std::string option_text(const std::string& value) { return value; }

std::string option_text(const Shape& value) { return list_text(value); }
std::string option_text(const std::vector<std::int64_t>& value) { return list_text(value); }
std::string option_text(const std::vector<double>& value) { return list_text(value); }
std::string option_text(const std::vector<std::size_t>& value) { return list_text(value); }
std::string option_text(const std::vector<std::string>& value) { return list_text(value); }
std::string option_text(const std::optional<double>& value) { return value ? option_text(*value) : "none"; }

void read_option(const std::string& text, bool& value) {
  require<ValueError>(text == "true" || text == "false", "\"", text, "\" is neither true nor false");
  value = text == "true";
}

void read_option(const std::string& text, std::int64_t& value) { read_number(text, value); }
void read_option(const std::string& text, std::size_t& value) { read_number(text, value); }
void read_option(const std::string& text, double& value) { read_number(text, value); }
void read_option(const std::string& text, std::string& value) { value = text; }

void read_option(const std::string& text, Shape& value) { read_list(text, value); }
void read_option(const std::string& text, std::vector<std::int64_t>& value) { read_list(text, value); }
void read_option(const std::string& text, std::vector<double>& value) { read_list(text, value); }
void read_option(const std::string& text, std::vector<std::size_t>& value) { read_list(text, value); }
void read_option(const std::string& text, std::vector<std::string>& value) { read_list(text, value); }

void read_option(const std::string& text, std::optional<double>& value) {
  value.reset();
  if (text != "none") read_number(text, value.emplace());
}

const std::string& Config::at(const std::string& name) const {
  const auto found = values_.find(name);
  require<ValueError>(found != values_.end(), "there is no option \"", name, "\"");
  return found->second;
}

void Config::write(const std::string& name, std::string text) { values_[name] = std::move(text); }

}  // namespace xgrad::inline XGRAD_PRECISION
