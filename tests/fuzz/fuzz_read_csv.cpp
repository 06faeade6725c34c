// Six bytes choose the options, the rest is the text. It is the same table in memory, in a file that is read in small
// parts, and in pieces; and what csv_text() writes of it is read back.

#include <cstdlib>
#include <vector>

#include <xgrad/tables/csv_reader.hpp>
#include <xgrad/tables/detail/csv_rows.hpp>

#include "fuzz.hpp"
#include "memory_file.hpp"

using namespace xgrad;

namespace {

void expect(bool condition) {
  if (!condition) std::abort();
}

ReadCsvOptions options_of(std::string_view bytes) {
  const auto byte = [&](std::size_t k) { return static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[k])); };
  const auto bit = [&](std::size_t k, int n) { return (byte(k) >> n & 1) != 0; };
  ReadCsvOptions options;
  options.sep = std::vector<std::string>{",", ";", "\t", " ", "\\s+", "|"}[byte(0) % 6];
  options.header = static_cast<int>(byte(1) % 5) - 2;
  options.skiprows = byte(1) / 5 % 4;
  if (byte(1) >= 128) options.nrows = byte(1) % 4;
  options.skipinitialspace = bit(2, 0);
  options.keep_default_na = !bit(2, 1);
  if (bit(2, 2)) options.na_values = {"-", "1"};
  if (bit(2, 3)) options.comment = '#';
  if (bit(2, 4)) options.decimal = ',';
  if (bit(2, 5)) options.thousands = bit(2, 4) ? '.' : ',';
  if (bit(2, 6)) options.escapechar = '\\';
  if (bit(2, 7)) options.quotechar = bit(2, 6) ? '\0' : '\'';
  if (bit(3, 0)) options.index_col = 0;
  if (bit(3, 1)) options.index_col = no_index;
  if (bit(3, 2)) options.usecols = {0, 1};
  if (bit(3, 3)) options.dtype[0] = ColumnKind::text;
  if (bit(3, 4)) options.dtype[1] = ColumnKind::number;
  return options;
}

// From row `begin` of `whole` on, `part` holds the same.
void expect_same(const Table& part, const Table& whole, std::size_t begin) {
  expect(part.columns() == whole.columns());
  for (std::size_t k = 0; k < whole.columns().size(); ++k) {
    const Column &a = part.column(k), &b = whole.column(k);
    expect(a.is_text() == b.is_text() && a.words() == b.words() && begin + a.size() <= b.size());
    for (std::size_t row = 0; row < a.size(); ++row)
      expect(a.is_missing(row) == b.is_missing(begin + row) && a.written(row) == b.written(begin + row));
  }
}

// A file is the table that its text is, in parts of any size and in pieces.
void expect_same_file(const std::string& path, const ReadCsvOptions& options, const Table& whole, std::size_t part,
                      std::size_t chunksize) {
  PlainFile file(path, part);
  const Table in_parts = CsvRows({}, &file, options, path).all();
  expect(in_parts.size() == whole.size() && in_parts.notes() == whole.notes());
  expect_same(in_parts, whole, 0);
  std::size_t row = 0;
  CsvReader reader(path, options, chunksize);
  for (Table piece; reader.next(piece); row += piece.size()) expect_same(piece, whole, row);
  expect(row == whole.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 6) return 0;
  return fuzz(bytes, size, [](std::string_view input) {
    const ReadCsvOptions options = options_of(input);
    const auto number = [&](std::size_t k) { return static_cast<std::size_t>(static_cast<std::uint8_t>(input[k])); };
    const std::size_t part = number(4), chunksize = 1 + number(5) % 8;
    input.remove_prefix(6);
    const MemoryFile memory(input);
    if (input.starts_with("\x1f\x8b")) {
      read_csv(memory.path, options);
      return;
    }
    Table whole;
    try {
      whole = read_csv_text(input, options, memory.path);
    } catch (const Error&) {
      PlainFile file(memory.path, part);
      CsvRows({}, &file, options, memory.path).all();
      expect(options.nrows < 4);  // what is wrong may stand after the rows that are read
      return;
    }
    try {
      expect_same_file(memory.path, options, whole, part, chunksize);
      if (whole.columns().empty()) return;
      const Table again = read_csv_text(csv_text(whole));
      expect(again.columns() == whole.columns() && again.size() == whole.size());
    } catch (const Error&) {
      std::abort();
    }
  });
}
