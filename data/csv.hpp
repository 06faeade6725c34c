#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// How a CSV file of numbers is read.
struct CsvOptions {
  bool header = true;      // the first line names the columns; else their names are "0", "1", ...
  std::string label = {};  // the column that becomes y; the last one if empty
  char separator = ',';
  std::vector<std::string> classes = {};  // the label's classes, such as those of the training file; measured if none
};

/// A table of n lines as features and labels. Up to 0.2 its name was Table, which <xgrad/tables/table.hpp> has now.
struct CsvData {
  Tensor x;                          // (n, columns)
  Tensor y;                          // (n,): the numbers of the label column, or of its classes
  std::vector<std::string> columns;  // the names of the columns of x
  std::vector<std::string> classes;  // what y counts from 0: those of the options, or the texts of the label column in
                                     // sorted order; none where it holds numbers
};

/// What stands for a missing value, as in pandas.
inline constexpr std::array<std::string_view, 19> missing_values{
    "",     "#N/A", "#N/A N/A", "#NA",  "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A",  "NA",       "NULL", "NaN",     "None",     "n/a",  "nan",  "null"};

/// Reads a table: lines of equally many fields, numbers with a decimal point whatever the locale says. A field may be
/// in double quotes, with "" for one of them. Lines may end in CRLF, empty ones are passed over, and so is a UTF-8 byte
/// order mark. The label column holds numbers, or else texts, none of which is a number: their classes. So that a class
/// has the same number in every file, give those of the training file to the others:
///   const CsvData train = load_csv("train.csv"), test = load_csv("test.csv", {.classes = train.classes});
/// Throws DataError with path, line and column for a field that is missing, as missing_values in the label, too, is no
/// finite number or stands in a line of another length; for labels some of which are numbers, or which all look like
/// numbers, such as "$24.0k" or "24,000", unless the options have classes; for a label that is none of these; and for a
/// table without lines. Throws ValueError for a label that is not one column's name, and a class that is given twice.
CsvData load_csv(const std::string& path, const CsvOptions& options = {});

/// Reads a table from text in memory, as load_csv() does from a file. The messages of its errors begin with `name`.
CsvData parse_csv(std::string_view text, const CsvOptions& options, const std::string& name);

}  // namespace xgrad::inline XGRAD_PRECISION
