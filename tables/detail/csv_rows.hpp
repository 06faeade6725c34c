#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <xgrad/tables/detail/column_builder.hpp>
#include <xgrad/tables/detail/csv_header.hpp>
#include <xgrad/tables/detail/csv_lines.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The rows of a CSV file, read into columns: what read_csv() and CsvReader share.
class CsvRows {
 public:
  /// Reads the header of `file`, or of `text` if there is none. All arguments outlive the object. Throws what
  /// read_csv() does.
  CsvRows(std::string_view text, PlainFile* file, const ReadCsvOptions& options, const std::string& name);

  /// All rows of the part that options ask for.
  Table all();

  /// Reads all rows of the file, and keeps none, to know what the columns hold, unless dtype says so of each. Goes to
  /// the part's first row.
  void learn();
  /// At most so many rows, from the one on that was not read. Only after learn(), by which the columns' kinds are
  /// fixed.
  Table take(std::size_t rows);
  void rewind();  ///< to the part's first row

  const std::vector<std::string>& names() const { return names_; }  ///< of the columns that are read
  std::vector<std::string> notes() const;

 private:
  void choose();
  void go_to_part();
  std::size_t read(std::size_t rows);  // how many there were
  void add_row(const std::vector<CsvField>& fields);
  Table table();

  const ReadCsvOptions& options_;
  CsvLines lines_;
  CellRules rules_;
  CsvHeader header_;
  CsvLines::Place first_row_;
  std::uint64_t end_ = ~std::uint64_t{0};  // the part's rows begin before it
  std::vector<bool> wanted_;               // whether a column's cells are taken
  std::vector<ColumnBuilder> builders_;
  std::vector<std::string> names_;
  std::size_t row_ = 0;  // how many are read
  std::vector<CsvField> fields_;
  std::string scratch_;
  std::size_t short_lines_ = 0, first_short_ = 0;
};

}  // namespace xgrad::inline XGRAD_PRECISION
