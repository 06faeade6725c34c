// Tables as text: for people, and for files.

#include <algorithm>
#include <cmath>
#include <ostream>

#include <xgrad/core/error.hpp>
#include <xgrad/data/file.hpp>
#include <xgrad/tables/detail/column_builder.hpp>
#include <xgrad/tables/table.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// The first and last of n, or all; n stands for the gap.
std::vector<std::size_t> shown(std::size_t n, std::size_t most, std::size_t each) {
  std::vector<std::size_t> out;
  for (std::size_t k = 0; k < n; ++k) {
    if (n <= most || k < each || k >= n - each) out.push_back(k);
    if (n > most && k == each) out.push_back(n);
  }
  return out;
}

std::string cell(const Column& column, std::size_t row) {
  if (column.is_missing(row)) return "NaN";
  if (column.is_text() || !column.words()[0].empty()) return cut(printable(column.written(row)), 24);
  return formatted(column.number(row), 'g', 6);
}

std::size_t width(std::string_view utf8) {  // in characters
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

void append_quoted(std::string& out, std::string_view value, bool quotes) {
  if (!quotes) {
    out += value;
    return;
  }
  out += '"';
  for (const char c : value) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Table& table) {
  const auto rows = shown(table.size(), 20, 5), columns = shown(table.columns().size(), 12, 6);
  std::vector<std::string> lines(rows.size() + 1);
  const auto put = [&](const std::vector<std::string>& cells, bool left) {
    std::size_t widest = 0;
    for (const std::string& c : cells) widest = std::max(widest, width(c));
    for (std::size_t k = 0; k < lines.size(); ++k) {
      const std::string blanks(widest - width(cells[k]), ' ');
      lines[k] += (lines[k].empty() ? "" : "  ") + (left ? cells[k] + blanks : blanks + cells[k]);
    }
  };
  std::vector<std::string> cells{""};
  for (const std::size_t row : rows) cells.push_back(row == table.size() ? "..." : text(row));
  put(cells, true);
  for (const std::size_t k : columns) {
    const bool gap = k == table.columns().size();
    cells.assign(1, gap ? "..." : cut(printable(table.columns()[k]), 24));
    for (const std::size_t row : rows) cells.push_back(gap || row == table.size() ? "..." : cell(table.column(k), row));
    put(cells, false);
  }
  for (const std::string& line : lines) out << line << '\n';
  return out << text(table.size(), " rows, ", table.columns().size(), " columns");
}

std::string csv_text(const Table& table, char sep) {
  require<ValueError>(std::string_view("\"\r\n.+-").find(sep) == std::string_view::npos && !std::isalnum(sep),
                      "csv_text: ", excerpt(std::string(1, sep)), " cannot separate; such as ',' ';' '\\t' can");
  const std::string special = std::string("\"\r\n\x1a") + sep;
  const std::size_t columns = table.columns().size();
  std::string out;
  const auto append = [&](std::size_t k, std::string_view value, bool quotes) {
    // A line of one empty or blank field would be none.
    const bool blank = columns == 1 && value.find_first_not_of(" \t") == value.npos;
    append_quoted(out, value, quotes || blank || value.find_first_of(special) != value.npos);
    out += k + 1 < columns ? sep : '\n';
  };
  const CellRules rules{ReadCsvOptions{}};
  for (std::size_t k = 0; k < columns; ++k) {  // quotes tell a name from a number, a byte order mark, a whole line
    const std::string& name = table.columns()[k];
    double value = 0;
    append(k, name,
           rules.is_number(name, value) || name.starts_with("\xef\xbb\xbf") ||
               (columns == 1 && name.find_first_of(" \t,;|") != name.npos));
  }
  for (std::size_t row = 0; row < table.size(); ++row)
    for (std::size_t k = 0; k < columns; ++k) append(k, table.column(k).written(row), false);
  return out;
}

void to_csv(const Table& table, const std::string& path, char sep) { write_file(path, csv_text(table, sep)); }

}  // namespace xgrad::inline XGRAD_PRECISION
