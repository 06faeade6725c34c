#include <xgrad/tables/guess.hpp>

#include <algorithm>
#include <cmath>
#include <set>

#include <xgrad/tables/detail/encoding.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// Whether the numbers are 0, 1, 2, ... or 1, 2, 3, ... in the order of the rows, as those of an index are.
bool counts_rows(const Column& column) {
  const std::vector<double>& x = column.numbers();
  if (x.size() < 10 || (x[0] != 0 && x[0] != 1)) return false;
  for (std::size_t row = 1; row < x.size(); ++row)
    if (x[row] != x[row - 1] + 1) return false;
  return true;
}

bool names_rows(const std::string& name, const Column& column, std::size_t distinct) {
  const std::vector<double>& x = column.numbers();
  return name.starts_with("Unnamed: ") && distinct == x.size() &&
         std::all_of(x.begin(), x.end(), [](double value) { return value == std::trunc(value); });
}

bool holds_dates(const Column& column) {
  for (std::size_t row = 0; row < column.size(); ++row)
    if (!column.is_missing(row) && !detail::is_date(column.text(row))) return false;
  return true;
}

std::string missing_words(std::size_t missing, const char* filled) {
  return missing ? text(", ", missing, " missing ", filled) : "";
}

}  // namespace

GuessedFeatures guess_features(const Table& train, const std::vector<std::string>& leave_out) {
  for (const std::string& name : leave_out) train.column(name);  // refuses a name that is not there
  GuessedFeatures guessed;
  std::string counting;  // a column that numbers the rows
  for (const std::string& name : train.columns()) {
    if (std::find(leave_out.begin(), leave_out.end(), name) != leave_out.end()) continue;
    const Column& column = train.column(name);
    const ColumnSummary s = column.summary();
    const auto say = [&](const std::string& what) { guessed.said.emplace_back(name, what); };
    if (s.count == 0) {
      say("left out: it has no values");
    } else if (s.distinct == 1) {
      const auto values = [&] {
        std::size_t row = 0;
        while (column.is_missing(row)) ++row;
        return column.written(row);
      };
      say(text("left out: it is ", values().substr(0, 40), s.missing ? " or missing" : "", " in all rows"));
    } else if (!column.is_text()) {
      if (counts_rows(column)) {
        say("left out: it counts the rows");
        counting = name;
      } else if (names_rows(name, column, s.distinct)) {
        say("left out: it has no name, and another whole number in each row");
        counting = name;
      } else if (!std::isfinite(s.mean) || !std::isfinite(s.std)) {
        say("left out: it has numbers that are infinite, or near to it");
      } else {
        say("float_normalized" + missing_words(s.missing, "take the median"));
        guessed.features.emplace_back(name, FeatureSpace::float_normalized(Fill::median()));
      }
    } else if (holds_dates(column)) {
      say("left out: it holds dates; numbers of them, such as year and month, could be learnt from");
    } else if (s.distinct > 1000 || 2 * s.distinct > train.size()) {
      say(text("left out: it has ", s.distinct, " different texts in ", s.count, " rows"));
    } else {
      say(text("string_categorical, ", s.distinct, " categories", missing_words(s.missing, "are one more")));
      guessed.features.emplace_back(name, FeatureSpace::string_categorical({.missing = Fill::value("")}));
    }
  }
  if (guessed.features.empty() && !counting.empty()) {
    guessed.features.emplace_back(counting, "float_normalized");
    for (auto& [name, what] : guessed.said)
      if (name == counting) what = "float_normalized: it numbers the rows, but nothing else is there";
  }
  return guessed;
}

Target guess_target(const Table& train, const std::string& name) {
  const Column& column = train.column(name);
  if (column.is_text() || !column.words()[0].empty()) return Target::classes(name);
  std::set<double> values;
  for (const double x : column.numbers()) {
    if (std::isnan(x)) continue;
    if (x < 0 || x != std::trunc(x) || values.size() > 20) return Target::numbers(name, true);
    values.insert(x);
  }
  return values.size() <= 20 && values.size() > 1 && 10 * values.size() <= column.size() ? Target::classes(name)
                                                                                         : Target::numbers(name, true);
}

}  // namespace xgrad::inline XGRAD_PRECISION
