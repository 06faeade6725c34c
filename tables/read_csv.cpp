#include <xgrad/tables/read_csv.hpp>

#include <xgrad/tables/detail/csv_rows.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Table read_csv_text(std::string_view text, const ReadCsvOptions& options, const std::string& name) {
  return CsvRows(text, nullptr, options, name).all();
}

Table read_csv(const std::string& path, const ReadCsvOptions& options) {
  PlainFile file(path);
  return CsvRows({}, &file, options, path).all();
}

}  // namespace xgrad::inline XGRAD_PRECISION
