#include <xgrad/data/csv.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>
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

  std::size_t line() const { return first_; }  // where the fields begin that were read last

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

std::string listed(const std::vector<std::string>& names) {
  std::string all;
  for (std::size_t k = 0; k < std::min<std::size_t>(names.size(), 20); ++k)
    all += (k == 0 ? "" : ", ") + excerpt(names[k]);
  return all + (names.size() > 20 ? ", ..." : "");
}

std::size_t label_column(const std::vector<std::string>& names, const std::string& label) {
  if (label.empty()) return names.size() - 1;
  const auto found = std::count(names.begin(), names.end(), label);
  require<ValueError>(found == 1, "load_csv: ", found, " columns have the label's name ", excerpt(label),
                      "; the columns are ", listed(names));
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), label) - names.begin());
}

struct Label {
  std::string field;
  std::size_t line;
};

// Whether a field becomes a number without signs of money, percents, thousands and what separates them.
bool looks_like_number(std::string field) {
  for (const std::string_view sign : {"$", "\u20ac", "\u00a3", "\u00a5", ",", " ", "'"})
    for (std::size_t at; (at = field.find(sign)) != field.npos;) field.erase(at, sign.size());
  if (!field.empty() && std::string_view("%kKmM").find(field.back()) != std::string_view::npos) field.pop_back();
  return number_in(field).has_value();
}

// Writes what the labels are, numbers or those of their classes, to y, and returns the classes. place(line) is where a
// label stands, for a message.
template <class Place>
std::vector<std::string> read_labels(const std::vector<Label>& labels, const CsvOptions& options, Place place,
                                     Real* y) {
  const auto refuse = [&](const Label& label, const auto&... why) { throw DataError(text(place(label.line), why...)); };
  const auto check_there = [&](const Label& label) {
    if (label.field.empty()) refuse(label, "a value is missing");
    if (std::find(missing_values.begin(), missing_values.end(), label.field) != missing_values.end())
      refuse(label, excerpt(label.field), " stands for a missing value");
  };
  const char* const advice = "; where labels are classes, name these in CsvOptions::classes";

  std::vector<std::string> classes = options.classes;
  if (classes.empty()) {
    const Label *number = nullptr, *name = nullptr;  // the first of each kind
    bool all_look_like_numbers = true;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      check_there(labels[i]);
      const std::string& field = labels[i].field;
      const auto value = number_in(field);
      if (value && !std::isfinite(*value)) refuse(labels[i], excerpt(field), " is not a finite number");
      if (const Label*& first = value ? number : name; !first) first = &labels[i];
      if (number && name)
        refuse(*name, excerpt(name->field), " is not a finite number, but ", excerpt(number->field), " in line ",
               number->line, " is", advice);
      all_look_like_numbers = all_look_like_numbers && looks_like_number(field);
      y[i] = value.value_or(0);
    }
    if (!name) return {};
    if (all_look_like_numbers)
      refuse(*name, excerpt(name->field), " is not a finite number; write it in digits with a decimal point", advice);
    for (const Label& label : labels) classes.push_back(label.field);
    std::sort(classes.begin(), classes.end());
    classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  }

  std::unordered_map<std::string_view, std::size_t> numbers;
  for (std::size_t k = 0; k < classes.size(); ++k)
    require<ValueError>(numbers.emplace(classes[k], k).second, "load_csv: the class ", excerpt(classes[k]),
                        " is given twice");
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto found = numbers.find(labels[i].field);
    if (found == numbers.end()) {
      check_there(labels[i]);
      refuse(labels[i], excerpt(labels[i].field), " is no class; the classes are ", listed(classes));
    }
    y[i] = static_cast<Real>(found->second);
  }
  return classes;
}

}  // namespace

CsvData parse_csv(std::string_view csv, const CsvOptions& options, const std::string& name) {
  require<ValueError>(std::string_view("\"\r\n").find(options.separator) == std::string_view::npos,
                      "load_csv: a separator is neither a quote nor the end of a line");
  require<DataError>(!csv.starts_with("\xff\xfe") && !csv.starts_with("\xfe\xff"), name,
                     ": is UTF-16; save it as UTF-8");
  if (csv.starts_with("\xef\xbb\xbf")) csv.remove_prefix(3);  // the byte order mark

  Lines lines(csv, options.separator, name);
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

  const auto place = [&](std::size_t line, std::size_t k) {
    return text(name, ": line ", line, ", column ", excerpt(names[k]), ": ");
  };
  std::vector<Real> x;
  std::vector<Label> labels;
  for (; more; more = lines.next(fields)) {
    lines.check(fields.size() == names.size(), fields.size(), " fields, where there are ", names.size(), " columns");
    for (std::size_t k = 0; k < fields.size(); ++k) {
      if (k == label) {
        labels.push_back({fields[k], lines.line()});
        continue;
      }
      const auto value = number_in(fields[k]);
      if (!value || !std::isfinite(*value))
        throw DataError(place(lines.line(), k) +
                        (fields[k].empty() ? "a value is missing" : excerpt(fields[k]) + " is not a finite number"));
      x.push_back(*value);
    }
  }

  const std::size_t n = labels.size();
  CsvData table{.x = Tensor(Shape{n, names.size() - 1}), .y = Tensor(Shape{n}), .columns = names, .classes = {}};
  table.columns.erase(table.columns.begin() + static_cast<std::ptrdiff_t>(label));
  std::copy(x.begin(), x.end(), table.x.data());
  table.classes = read_labels(
      labels, options, [&](std::size_t line) { return place(line, label); }, table.y.data());
  return table;
}

CsvData load_csv(const std::string& path, const CsvOptions& options) {
  return parse_csv(read_file(path), options, path);
}

}  // namespace xgrad::inline XGRAD_PRECISION
