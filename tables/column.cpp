#include <xgrad/tables/column.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>
#include <utility>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

void check_row(std::size_t row, std::size_t rows) {
  require<ValueError>(row < rows, "Column: there is no row ", row, "; the column has ", rows);
}

}  // namespace

Column::Column(std::vector<double> numbers) : numbers_(std::move(numbers)) {}

Column::Column(std::vector<double> numbers, std::array<std::string, 2> words)
    : numbers_(std::move(numbers)), words_(std::move(words)) {
  for (const double x : numbers_)
    require<ValueError>(x == 0 || x == 1 || std::isnan(x), "Column: ", shortest(x), " has no word; 0 and 1 have");
}

Column::Column(std::span<const std::string> texts) {
  become_texts();
  for (const std::string& text : texts) add(std::string_view(text));
}

void Column::become_texts() { kind_ = ColumnKind::text; }

bool Column::is_missing(std::size_t row) const {
  check_row(row, size());
  return is_text() ? is_missing_[row] : std::isnan(numbers_[row]);
}

std::size_t Column::missing() const {
  const auto count = is_text()
                         ? std::count(is_missing_.begin(), is_missing_.end(), true)
                         : std::count_if(numbers_.begin(), numbers_.end(), [](double x) { return std::isnan(x); });
  return static_cast<std::size_t>(count);
}

double Column::number(std::size_t row) const {
  check_row(row, numbers().size());
  return numbers_[row];
}

std::string_view Column::text(std::size_t row) const {
  require<ValueError>(is_text(), "Column: text() of a column of numbers; number() and written() fit");
  check_row(row, size());
  const std::uint64_t begin = row == 0 ? 0 : ends_[row - 1];
  return std::string_view(letters_).substr(begin, ends_[row] - begin);
}

const std::vector<double>& Column::numbers() const {
  require<ValueError>(!is_text(), "Column: numbers of a column of texts; text() fits");
  return numbers_;
}

void Column::add(double number) {
  require<ValueError>(!is_text(), "Column: cannot add the number ", number, " to texts");
  numbers_.push_back(number);
}

void Column::add(std::string_view text) {
  if (size() == 0) become_texts();
  require<ValueError>(is_text(), "Column: cannot add a text to numbers");
  letters_ += text;
  ends_.push_back(letters_.size());
  is_missing_.push_back(false);
}

void Column::add_missing() {
  if (!is_text()) return numbers_.push_back(none);
  ends_.push_back(letters_.size());
  is_missing_.push_back(true);
}

Column Column::take(std::span<const std::size_t> rows) const {
  Column out;
  out.kind_ = kind_;
  out.words_ = words_;
  out.reserve(rows.size(), 0);
  for (const std::size_t row : rows) {
    if (is_missing(row))
      out.add_missing();
    else if (is_text())
      out.add(text(row));
    else
      out.add(numbers_[row]);
  }
  return out;
}

std::string Column::written(std::size_t row) const {
  if (is_missing(row)) return {};
  if (is_text()) return std::string(text(row));
  return words_[0].empty() ? shortest(numbers_[row]) : words_[numbers_[row] == 1];
}

ColumnSummary Column::summary() const {
  ColumnSummary s{.missing = missing(), .mean = none, .std = none, .min = none, .max = none};
  s.count = size() - s.missing;
  if (is_text()) {
    std::unordered_set<std::string_view> seen;
    for (std::size_t row = 0; row < size(); ++row)
      if (!is_missing_[row]) seen.insert(text(row));
    s.distinct = seen.size();
    return s;
  }
  std::vector<double> there;
  there.reserve(s.count);
  std::copy_if(numbers_.begin(), numbers_.end(), std::back_inserter(there), [](double x) { return !std::isnan(x); });
  if (there.empty()) return s;
  double sum = 0, squares = 0;
  for (const double x : there) sum += x;
  s.mean = sum / static_cast<double>(s.count);
  for (const double x : there) squares += (x - s.mean) * (x - s.mean);
  if (s.count > 1) s.std = std::sqrt(squares / static_cast<double>(s.count - 1));
  std::sort(there.begin(), there.end());
  s.min = there.front();
  s.max = there.back();
  s.distinct = static_cast<std::size_t>(std::unique(there.begin(), there.end()) - there.begin());
  return s;
}

std::size_t Column::bytes() const {
  return is_text() ? letters_.size() + ends_.size() * sizeof(std::uint64_t) + (is_missing_.size() + 7) / 8
                   : numbers_.size() * sizeof(double);
}

void Column::reserve(std::size_t values, std::size_t letters) {
  if (!is_text()) return numbers_.reserve(size() + values);
  ends_.reserve(size() + values);
  is_missing_.reserve(size() + values);
  letters_.reserve(letters_.size() + letters);
}

}  // namespace xgrad::inline XGRAD_PRECISION
