// What read_csv() reads of a file, as compare_with_pandas.py takes it: numbers by the bits of the double, a missing
// value as null, or the error. Arguments: the file; no_header and sep=... if asked for.

#include <bit>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include <xgrad/tables/read_csv.hpp>

namespace {

void write_json(std::string_view text) {
  std::putchar('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\' || byte < 0x20)
      std::printf("\\u%04x", byte);
    else
      std::putchar(c);
  }
  std::putchar('"');
}

void dump(const xgrad::Table& table) {
  std::printf("{\"columns\":[");
  for (std::size_t k = 0; k < table.columns().size(); ++k) {
    const xgrad::Column& column = table.column(k);
    std::printf("%s\n[", k == 0 ? "" : ",");
    write_json(table.columns()[k]);
    std::printf(",\"%s\",[", column.is_text() ? "text" : column.words()[0].empty() ? "number" : "truth");
    for (std::size_t row = 0; row < column.size(); ++row) {
      if (row > 0) std::putchar(',');
      if (column.is_missing(row))
        std::printf("null");
      else if (column.is_text())
        write_json(column.text(row));
      else
        std::printf("\"%016llx\"", static_cast<unsigned long long>(std::bit_cast<std::uint64_t>(column.number(row))));
    }
    std::printf("]]");
  }
  std::printf("]}");
}

}  // namespace

int main(int count, char** arguments) {
  try {
    xgrad::ReadCsvOptions options;
    for (int k = 2; k < count; ++k) {
      const std::string option = arguments[k];
      if (option == "no_header") options.header = xgrad::no_header;
      if (option.starts_with("sep=")) options.sep = option.substr(4);
    }
    dump(xgrad::read_csv(arguments[1], options));
  } catch (const std::exception& error) {
    std::printf("{\"error\":");
    write_json(error.what());
    std::printf("}");
  }
}
