#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <xgrad/tables/detail/csv_lines.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What the first lines of a CSV file say of the others.
struct CsvHeader {
  std::vector<std::string> names;  ///< different from each other
  std::vector<CsvField> first;     ///< the first row, which has been read; empty if there is none
  bool skips_first = false;        ///< each row begins with its name, which has no column
  bool drops_last = false;         ///< each row ends with a separator
  std::vector<std::string> notes;
};

/// Reads the lines up to the first row. Throws what read_csv() does.
CsvHeader read_header(CsvLines& lines, const ReadCsvOptions& options, const std::string& name);

}  // namespace xgrad::inline XGRAD_PRECISION
