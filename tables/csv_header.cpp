#include <xgrad/tables/detail/csv_header.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include <xgrad/core/error.hpp>
#include <xgrad/data/file.hpp>
#include <xgrad/tables/detail/column_builder.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

using Fields = std::vector<CsvField>;

std::vector<std::string> texts_of(const Fields& fields, const CsvLines& lines) {
  std::vector<std::string> out;
  std::string scratch;
  for (const CsvField& field : fields) out.emplace_back(lines.plain(field, scratch));
  return out;
}

std::optional<double> number_in(std::string_view text) {
  static const CellRules rules{ReadCsvOptions{}};
  double value = 0;
  return rules.is_number(text, value) ? std::optional(value) : std::nullopt;
}

// Whether a line that should name the columns holds numbers: one with a fraction, or only numbers that do not count up.
bool holds_numbers(const Fields& fields) {
  bool all = true, rising = true;
  double last = -std::numeric_limits<double>::infinity();
  for (const CsvField& field : fields) {
    const auto value = field.quoted ? std::nullopt : number_in(field.raw);
    if (!value) {
      all = false;
      continue;
    }
    if (field.raw.find_first_of(".eE") != field.raw.npos) return true;
    rising = rising && *value > last;
    last = *value;
  }
  return all && (!rising || fields.size() == 1);
}

// The fields of the comment before the header, if they are as many as the header has.
std::vector<std::string> names_in_comment(const CsvLines& lines, const ReadCsvOptions& options, std::size_t columns) {
  ReadCsvOptions plain = options;
  plain.comment = 0;
  plain.skiprows = 0;
  std::string_view comment = lines.commented();
  comment.remove_prefix(std::min(comment.find_first_not_of(" \t"), comment.size()));
  CsvLines cut(comment, plain, "comment");
  Fields fields;
  return cut.next(fields) && fields.size() == columns ? texts_of(fields, cut) : std::vector<std::string>{};
}

// The separator that a header and a row of one field each have in common; empty if there is none.
std::string other_separator(std::string_view header, std::string_view row) {
  for (const char c : {';', '\t', '|', ','}) {
    const auto count = std::count(header.begin(), header.end(), c);
    if (count > 0 && std::count(row.begin(), row.end(), c) == count) return c == '\t' ? "\\t" : std::string(1, c);
  }
  header.remove_prefix(std::min(header.find_first_not_of(" \t"), header.size()));
  if (header.find_first_of(" \t") == header.npos) return {};
  std::size_t numbers = 0;  // of a row that blanks cut into numbers
  while (!row.empty()) {
    const std::size_t begin = std::min(row.find_first_not_of(" \t"), row.size());
    const std::size_t end = std::min(row.find_first_of(" \t", begin), row.size());
    if (begin == row.size()) break;
    if (!number_in(row.substr(begin, end - begin))) return {};
    ++numbers;
    row.remove_prefix(end);
  }
  return numbers > 1 ? "\\\\s+" : "";
}

// Empty names get their place, and names that are there already a number; names of the file go before.
void make_different(CsvHeader& header) {
  const auto note = [&](const auto&... parts) {
    if (header.notes.size() < 20) header.notes.push_back(text(parts...));
  };
  std::unordered_set<std::string> taken(header.names.begin(), header.names.end());
  std::unordered_map<std::string, std::size_t> times;
  const auto number = [&](std::string& name) {
    std::size_t& n = times[name];
    if (n++ == 0) return;
    std::string other;
    do other = text(name, ".", n - 1);
    while (taken.contains(other) && ++n > 0);
    taken.insert(other);
    note("another column ", excerpt(name), " is ", excerpt(other));
    name = other;
  };
  std::vector<std::size_t> unnamed;
  for (std::size_t k = 0; k < header.names.size(); ++k) {
    if (header.names[k].empty())
      unnamed.push_back(k);
    else
      number(header.names[k]);
  }
  for (const std::size_t k : unnamed) {
    header.names[k] = text("Unnamed: ", k);
    note("column ", k, " has no name; it is ", excerpt(header.names[k]));
    number(header.names[k]);
  }
}

}  // namespace

CsvHeader read_header(CsvLines& lines, const ReadCsvOptions& options, const std::string& name) {
  require<ValueError>(options.header >= infer_header, "read_csv: header = ", options.header,
                      "; it is a line's number from 0, no_header or infer_header");
  CsvHeader header;
  Fields fields;
  const int wanted = options.header == infer_header ? (options.names.empty() ? 0 : no_header) : options.header;
  for (int k = 0; k <= std::max(wanted, 0); ++k)
    require<DataError>(lines.next(fields), name,
                       k == 0 ? ": has no columns; it is empty, or blank lines and comments"
                              : ": ends before the line of the names; see header");
  bool has_row = false;
  if (wanted == no_header) {
    for (std::size_t k = 0; k < fields.size(); ++k) header.names.push_back(std::to_string(k));
    has_row = true;
  } else if (options.header == infer_header && holds_numbers(fields)) {
    header.names = names_in_comment(lines, options, fields.size());
    if (header.names.empty()) {
      const std::string sep = fields.size() == 1 ? other_separator(fields[0].raw, fields[0].raw) : "";
      lines.check(sep.empty(), "only one column; sep = \"", sep, "\" would give more");
      lines.check(false, "the first line holds numbers, such as ", excerpt(fields[0].raw), ", and should name the ",
                  "columns; header = no_header reads it as a row, header = 0 as names");
    }
    header.notes.push_back("the names are those of the comment before the first row");
    has_row = true;
  } else {
    header.names = texts_of(fields, lines);
  }
  const std::string_view only = fields.size() == 1 && !fields[0].quoted ? fields[0].raw : std::string_view{};
  const std::size_t header_line = lines.line();
  if (!has_row) has_row = lines.next(fields);
  if (has_row) {
    header.first = fields;
    const std::size_t columns = header.names.size(), n = fields.size();
    if (columns == 1 && !only.empty()) {
      const std::string sep = n == 1 && !fields[0].quoted ? other_separator(only, fields[0].raw) : "";
      lines.check(sep.empty(), "only one column; sep = \"", sep, "\" would give more",
                  only.starts_with('#') && options.comment == 0 ? ", and comment = '#' leaves the first line out" : "");
    }
    if (wanted != no_header && n == columns + 1 && columns > 1) {
      header.drops_last = fields.back().raw.empty() && !fields.back().quoted;
      header.skips_first = !header.drops_last;
      header.notes.push_back(header.drops_last
                                 ? "lines end with a separator, the header does not; it is left out"
                                 : "the first field of each line has no name in the header; it is left out");
    }
    const std::size_t other = columns == 1 ? only.find_first_of(";\t|") : only.npos;
    lines.check(n <= columns || other == only.npos, n, " fields, where the header in line ", header_line,
                " has 1; is '", other == only.npos ? "" : only.substr(other, 1),
                "' the separator, and is decimal ','?");
    lines.check(n <= columns + (header.skips_first || header.drops_last), n, " fields, where the header in line ",
                header_line, " has ", columns, "; see header, skiprows and comment, such as comment = '#'");
  }
  if (!options.names.empty()) {
    require<DataError>(options.names.size() == header.names.size(), name, ": ", options.names.size(), " names for ",
                       header.names.size(), " columns");
    header.names = options.names;
    std::unordered_set<std::string_view> seen;
    for (const std::string& column : header.names)
      require<ValueError>(seen.insert(column).second, "read_csv: names has ", excerpt(column), " twice");
  }
  make_different(header);
  return header;
}

}  // namespace xgrad::inline XGRAD_PRECISION
