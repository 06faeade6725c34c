#include <xgrad/tables/detail/column_builder.hpp>

#include <algorithm>
#include <array>
#include <cfloat>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include <xgrad/core/error.hpp>
#include <xgrad/data/csv.hpp>
#include <xgrad/data/file.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

constexpr std::array<std::array<std::string_view, 2>, 3> truth_words{
    {{"False", "True"}, {"FALSE", "TRUE"}, {"false", "true"}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whether a number with so many digits before its point, or zeros after it, is beyond the largest double, or else below
// the smallest: where from_chars says that it is one of the two.
bool is_huge(std::string_view number) {
  const std::size_t e = std::min(number.find_first_of("eE"), number.size());
  const std::string_view digits = number.substr(0, e);
  const std::size_t point = std::min(digits.find('.'), digits.size()), first = digits.find_first_of("123456789");
  long exponent = 0;
  std::string_view power = number.substr(std::min(e + 1, number.size()));
  if (power.starts_with('+')) power.remove_prefix(1);
  if (std::from_chars(power.data(), power.data() + power.size(), exponent).ec == std::errc::result_out_of_range)
    return !power.starts_with('-');
  return exponent + static_cast<long>(point) - static_cast<long>(first) > 0;
}

bool parse(std::string_view s, double& value) {
  if (s.starts_with('+')) {
    s.remove_prefix(1);
    if (s.starts_with('-')) return false;
  }
  const char* const end = s.data() + s.size();
  const char* p = s.data() + s.starts_with('-');
  if (p == end || !(is_digit(*p) || *p == '.' || *p == 'i' || *p == 'I')) return false;
  // With at most 15 digits, both of a quotient by a power of 10 are exact; so their quotient is the nearest double.
  static constexpr std::array<double, 16> powers{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  std::int64_t digits = 0;
  std::size_t n = 0, places = 0;
  for (; p != end && is_digit(*p) && n < 16; ++p, ++n) digits = 10 * digits + (*p - '0');
  if (p != end && *p == '.')
    for (++p; p != end && is_digit(*p) && n < 16; ++p, ++n, ++places) digits = 10 * digits + (*p - '0');
  if (FLT_EVAL_METHOD == 0 && p == end && n > 0 && n < 16) {
    value = static_cast<double>(digits) / powers[places];
    if (s[0] == '-') value = -value;
    return true;
  }
  const auto [last, error] = std::from_chars(s.data(), end, value);
  if (last != end || error == std::errc::invalid_argument) return false;
  if (error == std::errc::result_out_of_range)
    value = std::copysign(is_huge(s.substr(s[0] == '-')) ? std::numeric_limits<double>::infinity() : 0.0,
                          s[0] == '-' ? -1.0 : 1.0);
  return true;
}

}  // namespace

CellRules::CellRules(const ReadCsvOptions& options) : decimal_(options.decimal), thousands_(options.thousands) {
  require<ValueError>(decimal_ != thousands_ && !is_digit(decimal_) && !is_digit(thousands_),
                      "read_csv: decimal and thousands are to differ, and are no digits");
  if (options.keep_default_na) missing_.insert(missing_values.begin(), missing_values.end());
  for (const std::string& value : options.na_values) {
    missing_.insert(value);
    double number = 0;
    if (is_number(value, number)) missing_numbers_.push_back(number);
  }
  for (const std::string_view value : missing_) longest_ = std::max(longest_, value.size());
}

bool CellRules::is_missing(std::string_view cell) const { return cell.size() <= longest_ && missing_.contains(cell); }

bool CellRules::is_missing(double value) const {
  return std::find(missing_numbers_.begin(), missing_numbers_.end(), value) != missing_numbers_.end();
}

bool CellRules::is_number(std::string_view cell, double& value) const {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!cell.empty() && is_blank(cell.front())) cell.remove_prefix(1);
  while (!cell.empty() && is_blank(cell.back())) cell.remove_suffix(1);
  if (cell.empty()) return false;
  if (decimal_ == '.' && (thousands_ == 0 || cell.find(thousands_) == cell.npos)) return parse(cell, value);
  std::array<char, 400> plain;
  if (cell.size() > plain.size()) return false;
  std::size_t n = 0;
  bool in_fraction = false;
  for (std::size_t k = 0; k < cell.size(); ++k) {
    const char c = cell[k];
    in_fraction = in_fraction || c == decimal_;
    if (thousands_ != 0 && c == thousands_ && !in_fraction && n > 0) continue;
    if (c == '.' && decimal_ != '.') return false;
    plain[n++] = c == decimal_ ? '.' : c;
  }
  return parse({plain.data(), n}, value);
}

ColumnBuilder::ColumnBuilder(const CellRules& rules, std::optional<ColumnKind> forced)
    : rules_(&rules), forced_(forced), is_fixed_(forced.has_value()) {
  if (forced == ColumnKind::text) start_again();
  if (forced == ColumnKind::number) kind_ = Kind::number;
}

void ColumnBuilder::start_again() {
  column_ = Column();
  column_.become_texts();
  kind_ = Kind::text;
  again_ = false;
  numbers_ = others_ = 0;
}

void ColumnBuilder::learn(bool learns) {
  learns_ = learns;
  is_fixed_ = forced_ || !learns;
  if (!learns && kind_ == Kind::open) kind_ = Kind::number;
}

void ColumnBuilder::reserve(std::size_t more_rows) {
  const std::size_t rows = std::max<std::size_t>(column_.size(), 1);
  column_.reserve(more_rows, (column_.letters_.size() / rows + 1) * more_rows);
}

void ColumnBuilder::add_missing() {
  if (!again_) column_.add_missing();
}

bool ColumnBuilder::add(std::string_view cell, std::size_t line) {
  if (again_) return true;
  double value = 0;
  if (kind_ == Kind::text) {
    if (rules_->is_missing(cell)) {
      column_.add_missing();
      return true;
    }
    if (!is_fixed_) ++(rules_->is_number(cell, value) ? numbers_ : others_);
    column_.add(cell);
    return true;
  }
  const bool is_number = rules_->is_number(cell, value), is_gone = is_number && rules_->is_missing(value);
  if ((is_gone || !is_number) && rules_->is_missing(cell)) {
    column_.add_missing();
  } else if (is_number && kind_ != Kind::truth) {
    kind_ = Kind::number;
    ++numbers_;
    if (is_gone)  // in another form than na_values has it: among texts it would be one
      column_.add_missing();
    else
      column_.add(value);
  } else if (is_number || kind_ == Kind::number || !add_truth(cell)) {
    if (is_fixed_) return false;
    turn_to_texts(cell, line);
  }
  return true;
}

bool ColumnBuilder::add_truth(std::string_view cell) {
  for (const auto& words : truth_words)
    for (std::size_t value = 0; value < 2; ++value)
      if (cell == words[value]) {
        if (kind_ == Kind::open) column_.words_ = {std::string(words[0]), std::string(words[1])};
        kind_ = Kind::truth;
        ++others_;
        column_.add(static_cast<double>(value));
        return true;
      }
  return false;
}

void ColumnBuilder::turn_to_texts(std::string_view cell, std::size_t line) {
  misfit_ = cell;
  misfit_line_ = line;
  if (kind_ != Kind::open && !learns_) {
    again_ = true;
    column_ = Column();
    return;
  }
  const std::size_t missing = column_.size(), numbers = numbers_, others = others_;
  start_again();
  numbers_ = numbers;
  others_ = others;
  for (std::size_t k = 0; k < missing; ++k) column_.add_missing();
  add(cell, line);
}

std::string ColumnBuilder::note() const {
  if (kind_ != Kind::text || misfit_line_ == 0) return {};
  std::string fewer = misfit_;
  std::erase(fewer, ',');
  double value = 0;
  const bool has_commas = fewer.size() < misfit_.size() && rules_->is_number(fewer, value);
  if (numbers_ <= others_ && !has_commas) return {};
  return text("of texts, for ", others_, " of ", numbers_ + others_, " values are no numbers, the first ",
              excerpt(misfit_), " in line ", misfit_line_,
              has_commas ? "; thousands = ',' makes it one" : "; na_values makes such values missing");
}

Column ColumnBuilder::take() {
  Column out = std::exchange(column_, Column());
  if (kind_ == Kind::text) column_.become_texts();
  column_.words_ = out.words_;
  return out;
}

}  // namespace xgrad::inline XGRAD_PRECISION
