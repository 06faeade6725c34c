#pragma once

// A table of named columns, as a CSV file has it. See read_csv.hpp, and csv_text() and to_csv() below.

#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <xgrad/tables/column.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Named columns of equally many rows. Functions such as drop() leave the table as it is and return another; columns
/// that stay the same are shared, not copied.
class Table {
 public:
  /// Names of columns, or notes.
  using Names = std::vector<std::string>;

  Table() = default;
  /// Throws ValueError for a name that is there twice, and for columns of different sizes.
  explicit Table(std::vector<std::pair<std::string, Column>> columns);
  /// The columns of x, (n, columns), under these names. Throws ShapeError for another rank or number of names,
  /// ValueError for a name that is there twice.
  Table(const Tensor& x, const Names& names);

  std::size_t size() const { return rows_; }  ///< how many rows
  /// The names of the columns, in their order.
  const Names& columns() const { return names_; }
  /// Whether there is a column of this name.
  bool has(std::string_view name) const;
  /// Throws ValueError, with the names that there are, for a name that is not there.
  const Column& column(std::string_view name) const;
  /// A column by its place, counted from 0. Throws std::out_of_range for one that is not there.
  const Column& column(std::size_t k) const { return *columns_.at(k); }

  /// Adds a column at the end, or replaces the one of this name. Throws ValueError for another number of rows.
  void add(const std::string& name, Column column);

  /// All columns but these. Throws ValueError for a name that is not there.
  Table drop(const Names& names) const;
  /// These columns, in this order. Throws ValueError for a name that is not there, or given twice.
  Table keep(const Names& names) const;
  /// Renames columns: {{"old", "new"}}. Throws ValueError for an old name that is not there, a new one that is.
  Table rename(const std::vector<std::pair<std::string, std::string>>& names) const;

  /// The rows from `begin` up to, without, `end`. Throws ValueError unless begin <= end <= size().
  Table rows(std::size_t begin, std::size_t end) const;
  /// These rows, in this order; one may be taken twice. Throws ValueError for a row that is not there.
  Table take(const std::vector<std::size_t>& rows) const;
  /// The rows for which f(row) is true.
  Table filter(const std::function<bool(std::size_t row)>& f) const;
  /// The first n rows, or all if there are fewer.
  Table head(std::size_t n = 5) const;
  /// The rows in the order of a column's values, equal ones as they stood; texts by their bytes; missing ones last.
  Table sort(const std::string& name, bool ascending = true) const;

  /// A row for each column: column, kind, count, missing, distinct, mean, std, min, max. std is that of a sample.
  Table describe() const;

  /// Columns of numbers as a tensor (n, names), all columns if none is named. Throws ValueError that names the column
  /// if it holds texts, if a value is missing, and if Real has no room for a number.
  Tensor to_tensor(const Names& names = {}) const;

  /// What a reader may want to know of how the table was read: a column of texts that nearly holds numbers, short
  /// lines, columns without a name. Empty if nothing was to be decided.
  const Names& notes() const { return notes_; }
  /// Adds a note, a sentence on how the table was read.
  void add_note(std::string note) { notes_.push_back(std::move(note)); }

  /// The memory that all values take, the sum of Column::bytes(); a column that tables share is counted in each. While
  /// read_csv() reads a large file, plain or gzip, it takes hardly more.
  std::size_t bytes() const;

 private:
  std::size_t find(std::string_view name) const;                    // names_.size() if it is not there
  std::size_t index(std::string_view name, const char* who) const;  // refuses then

  Names names_, notes_;
  std::vector<std::shared_ptr<const Column>> columns_;
  std::size_t rows_ = 0;
};

/// Writes a table in columns, numbers with 6 digits. Of more than 20 rows it writes the first and last 5, of more than
/// 12 columns the first and last 6, of a text 24 bytes.
std::ostream& operator<<(std::ostream& out, const Table& table);

/// A table as the text of a CSV file, with the names in the first line. Numbers have the fewest digits from which the
/// same are read; a missing value is empty. read_csv() reads the same table, but for texts that read_csv() takes for
/// numbers or for missing where no option says otherwise. Throws ValueError for a separator that cannot be one.
std::string csv_text(const Table& table, char sep = ',');

/// Writes csv_text() to a file, all or nothing. Throws ValueError as csv_text() does, and DataError naming the path and
/// what the system says.
void to_csv(const Table& table, const std::string& path, char sep = ',');

}  // namespace xgrad::inline XGRAD_PRECISION
