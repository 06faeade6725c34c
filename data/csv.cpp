#include <xgrad/data/csv.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include <xgrad/core/error.hpp>
#include <xgrad/data/file.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// Cuts text into lines, and lines into fields (RFC 4180).
class Lines {
 public:
  Lines(std::string_view text, char separator, std::string name)
      : text_(text), separator_(separator), name_(std::move(name)) {}

  // Reads the fields of the next line that is not empty; false at the end.
  bool next(std::vector<std::string>& fields) {
    fields.clear();
    while (take_line_end()) {
    }
    if (at_ == text_.size()) return false;
    first_ = line_;
    do fields.push_back(field());
    while (take(separator_));
    check(at_ == text_.size() || take_line_end(), "field ", fields.size(), " goes on after its closing quote");
    return true;
  }

  // Throws a DataError that names the line unless the condition holds.
  template <class... Parts>
  void check(bool condition, const Parts&... what) const {
    require<DataError>(condition, name_, ": line ", first_, ", ", what...);
  }

 private:
  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::size_t line_end_at(std::size_t at) const {  // its length, 0 if there is none
    return text_.substr(at, 1) == "\n" ? 1 : text_.substr(at, 2) == "\r\n" ? 2 : 0;
  }
  bool take_line_end() {
    const std::size_t length = line_end_at(at_);
    at_ += length;
    line_ += length > 0;
    return length > 0;
  }
  bool blank_at(std::size_t at) const {
    return at < text_.size() && text_[at] != separator_ && (text_[at] == ' ' || text_[at] == '\t');
  }

  std::string field() {
    while (blank_at(at_)) ++at_;
    std::string value;
    if (take('"')) {
      do {
        const std::size_t quote = text_.find('"', at_);
        check(quote != text_.npos, "a quote is never closed");
        value += text_.substr(at_, quote + 1 - at_);
        at_ = quote + 1;
      } while (take('"'));  // two stand for one
      value.pop_back();
      line_ += static_cast<std::size_t>(std::count(value.begin(), value.end(), '\n'));
      while (blank_at(at_)) ++at_;
    } else {
      std::size_t end = at_;
      while (end < text_.size() && text_[end] != separator_ && line_end_at(end) == 0) ++end;
      const std::size_t next = end;
      while (end > at_ && blank_at(end - 1)) --end;
      value = text_.substr(at_, end - at_);
      at_ = next;
    }
    return value;
  }

  std::string_view text_;
  char separator_;
  std::string name_;
  std::size_t at_ = 0, line_ = 1, first_ = 1;  // first_: where the fields at hand begin
};

// The number that is all of the field; infinity where Real has no room for it.
std::optional<Real> number_in(std::string_view field) {
  if (field.starts_with('+') && !field.starts_with("+-")) field.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error == std::errc::invalid_argument || end != field.data() + field.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    const bool nearly_0 = field.find("e-") != field.npos || field.find("E-") != field.npos;
    return nearly_0 ? Real{0} : std::numeric_limits<Real>::infinity();
  }
  return static_cast<Real>(value);
}

std::size_t label_column(const std::vector<std::string>& names, const std::string& label) {
  if (label.empty()) return names.size() - 1;
  const auto found = std::count(names.begin(), names.end(), label);
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + excerpt(name);
  require<ValueError>(found == 1, "load_csv: ", found, " columns have the label's name ", excerpt(label),
                      "; the columns are ", all);
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), label) - names.begin());
}

// Replaces texts by the numbers of their classes.
void classify(const std::vector<std::string>& labels, std::vector<std::string>& classes, Tensor& y) {
  classes = labels;
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  for (std::size_t i = 0; i < labels.size(); ++i)
    y.data()[i] = static_cast<Real>(std::lower_bound(classes.begin(), classes.end(), labels[i]) - classes.begin());
}

}  // namespace

CsvData parse_csv(std::string_view text, const CsvOptions& options, const std::string& name) {
  require<ValueError>(std::string_view("\"\r\n").find(options.separator) == std::string_view::npos,
                      "load_csv: a separator is neither a quote nor the end of a line");
  require<DataError>(!text.starts_with("\xff\xfe") && !text.starts_with("\xfe\xff"), name,
                     ": is UTF-16; save it as UTF-8");
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // the byte order mark

  Lines lines(text, options.separator, name);
  std::vector<std::string> names, fields;
  bool more = lines.next(fields);
  if (options.header) {
    names = fields;
    more = more && lines.next(fields);
  } else {
    for (std::size_t k = 0; k < fields.size(); ++k) names.push_back(std::to_string(k));
  }
  require<DataError>(more, name, ": has no line of numbers");
  lines.check(names.size() > 1, "only one column; is '", options.separator, "' the separator?");
  const std::size_t label = label_column(names, options.label);

  std::vector<Real> x, y;
  std::vector<std::string> labels;
  for (std::size_t rows = 0; more; more = lines.next(fields), ++rows) {
    lines.check(fields.size() == names.size(), fields.size(), " fields, where there are ", names.size(), " columns");
    for (std::size_t k = 0; k < fields.size(); ++k) {
      lines.check(!fields[k].empty(), "column ", excerpt(names[k]), ": a value is missing");
      const auto value = number_in(fields[k]);
      const bool is_text = k == label && (rows == 0 ? !value : !labels.empty());
      lines.check(is_text || (value && std::isfinite(*value)), "column ", excerpt(names[k]), ": ", excerpt(fields[k]),
                  " is not a finite number");
      if (is_text)
        labels.push_back(fields[k]);
      else
        (k == label ? y : x).push_back(*value);
    }
  }

  const std::size_t n = std::max(y.size(), labels.size());
  CsvData table{.x = Tensor(Shape{n, names.size() - 1}), .y = Tensor(Shape{n}), .columns = names, .classes = {}};
  table.columns.erase(table.columns.begin() + static_cast<std::ptrdiff_t>(label));
  std::copy(x.begin(), x.end(), table.x.data());
  std::copy(y.begin(), y.end(), table.y.data());
  classify(labels, table.classes, table.y);
  return table;
}

CsvData load_csv(const std::string& path, const CsvOptions& options) {
  return parse_csv(read_file(path), options, path);
}

}  // namespace xgrad::inline XGRAD_PRECISION
