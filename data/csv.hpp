#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

struct CsvOptions {
  bool header = true;      // the first line names the columns; else their names are "0", "1", ...
  std::string label = {};  // the column that becomes y; the last one if empty
  char separator = ',';
};

/// A table of n lines as features and labels. Up to 0.2 its name was Table, which <xgrad/tables/table.hpp> has now.
struct CsvData {
  Tensor x;                          // (n, columns)
  Tensor y;                          // (n,): the numbers of the label column, or of its classes
  std::vector<std::string> columns;  // the names of the columns of x
  std::vector<std::string> classes;  // the texts of the label column in sorted order, y counting them from 0; none
                                     // where it holds numbers
};

/// Reads a table: lines of equally many fields, numbers with a decimal point whatever the locale says. A field may be
/// in double quotes, with "" for one of them. Lines may end in CRLF, empty ones are passed over, and so is a UTF-8 byte
/// order mark. The label column holds numbers if its first field is one. Throws DataError with path, line and column
/// for a field that is missing, is no finite number or stands in a line of another length, and for a table without
/// lines; ValueError for a label that is not one column's name.
CsvData load_csv(const std::string& path, const CsvOptions& options = {});

/// Reads a table from text in memory, as load_csv() does from a file. The messages of its errors begin with `name`.
CsvData parse_csv(std::string_view text, const CsvOptions& options, const std::string& name);

}  // namespace xgrad::inline XGRAD_PRECISION
