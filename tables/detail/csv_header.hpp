#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <xgrad/tables/detail/csv_lines.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What the first lines of a CSV file say of the others.
struct CsvHeader {
  std::vector<std::string> names;  ///< different from each other
  std::size_t skips = 0;           ///< how many fields each row begins with that have no column
  std::size_t drops = 0;           ///< how many a row may end with that have none,
  bool drops_texts = false;        ///< and whether they may hold anything
  std::vector<std::string> notes;
};

/// Reads the lines up to the first row. Throws what read_csv() does.
CsvHeader read_header(CsvLines& lines, const ReadCsvOptions& options, const std::string& name);

}  // namespace xgrad::inline XGRAD_PRECISION
