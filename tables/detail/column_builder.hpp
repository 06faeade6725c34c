#pragma once

// Finds out, cell by cell, what a column of a CSV file holds.

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <xgrad/tables/read_csv.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Which cells are numbers, and which are missing.
class CellRules {
 public:
  explicit CellRules(const ReadCsvOptions& options);

  /// The number that a cell is, blanks around it left out: the nearest double, infinity beyond. Not NaN.
  bool is_number(std::string_view cell, double& value) const;
  bool is_missing(std::string_view cell) const;
  bool is_missing(double value) const;

 private:
  std::unordered_set<std::string_view> missing_;  // views of the options and of literals
  std::size_t longest_ = 0;
  std::vector<double> missing_numbers_;
  char decimal_, thousands_;
};

/// Takes a column's cells in turn. Where a cell shows that the column is of texts after numbers have been read, it
/// takes no more: again() then says that all cells are to be given once more.
class ColumnBuilder {
 public:
  ColumnBuilder(const CellRules& rules, std::optional<ColumnKind> forced);

  /// False if the column must hold numbers and the cell is none.
  bool add(std::string_view cell, std::size_t line);
  void add_missing();

  bool again() const { return again_; }
  void start_again();  ///< for texts
  void reserve(std::size_t more_rows);

  /// While it learns, what take() gives is of no use, and no cell is asked for again. What has been learnt is fixed:
  /// all columns after it are of one kind.
  void learn(bool learns);
  bool is_forced() const { return forced_.has_value(); }

  /// A sentence on a column of texts that nearly holds numbers; empty if there is nothing to say.
  std::string note() const;
  Column take();  ///< the values so far

 private:
  enum class Kind { open, number, truth, text };
  void turn_to_texts(std::string_view cell, std::size_t line);
  bool add_truth(std::string_view cell);

  const CellRules* rules_;
  std::optional<ColumnKind> forced_;
  Kind kind_ = Kind::open;
  bool again_ = false, learns_ = false, is_fixed_;
  Column column_;
  std::size_t numbers_ = 0, others_ = 0;  // how many cells are numbers, and how many texts
  std::string misfit_;                    // the first cell that is no number, and its line
  std::size_t misfit_line_ = 0;
};

}  // namespace xgrad::inline XGRAD_PRECISION
