#include <xgrad/tables/detail/csv_header.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <xgrad/core/error.hpp>
#include <xgrad/data/file.hpp>
#include <xgrad/tables/detail/column_builder.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

using CsvFields = std::vector<CsvField>;

std::vector<std::string> texts_of(const CsvFields& fields, const CsvLines& lines) {
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

bool is_missing(std::string_view text) {
  static const CellRules rules{ReadCsvOptions{}};
  return rules.is_missing(text);
}

// What a line that should name the columns looks like: a row of numbers if it has one with a fraction, or only numbers
// that do not count up.
enum class Looks { like_names, like_numbers, mixed };

Looks look(const CsvFields& fields) {
  bool all = true, rising = true, fraction = false;
  std::size_t numbers = 0;
  double last = -std::numeric_limits<double>::infinity();
  for (const CsvField& field : fields) {
    const auto value = field.quoted ? std::nullopt : number_in(field.raw);
    if (!value) {
      all = all && !field.quoted && is_missing(field.raw);
      continue;
    }
    ++numbers;
    fraction = fraction || field.raw.find_first_of(".eE") != field.raw.npos;
    rising = rising && *value > last;
    last = *value;
  }
  if (!all) return fraction ? Looks::mixed : Looks::like_names;
  return numbers > 0 && (fraction || !rising || fields.size() == 1) ? Looks::like_numbers : Looks::like_names;
}

// The fields of the comment before the header, if they are as many as the header has.
std::vector<std::string> names_in_comment(std::string_view comment, const ReadCsvOptions& options,
                                          std::size_t columns) {
  ReadCsvOptions plain = options;
  plain.comment = 0;
  plain.skiprows = 0;
  comment.remove_prefix(std::min(comment.find_first_not_of(" \t"), comment.size()));
  CsvLines cut(comment, nullptr, plain, "comment");
  CsvFields fields;
  return cut.next(fields) && fields.size() == columns ? texts_of(fields, cut) : std::vector<std::string>{};
}

// The pieces of a line that blanks cut, and whether several blanks do, or one before all, as where columns are aligned.
std::pair<std::vector<std::string_view>, bool> cut_at_blanks(std::string_view line) {
  std::vector<std::string_view> pieces;
  bool aligned = line.starts_with(' ') || line.find("  ") != line.npos;
  for (std::size_t at = 0; (at = line.find_first_not_of(" \t", at)) != line.npos;) {
    const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
    pieces.push_back(line.substr(at, end - at));
    at = end;
  }
  return {pieces, aligned};
}

// What would cut a header and a row of one field each, as a program writes it: empty if nothing would. Numbers with
// single blanks between them may be texts, such as those of telephones: that is not certain.
struct Separator {
  std::string sep = {};
  bool certain = true;
};

Separator other_separator(std::string_view header, std::string_view row) {
  for (const char c : {';', '\t', '|', ','}) {
    const auto count = std::count(header.begin(), header.end(), c);
    if (count > 0 && std::count(row.begin(), row.end(), c) == count) return {c == '\t' ? "\\t" : std::string(1, c)};
  }
  header.remove_prefix(header.starts_with('#') ? 1 : 0);
  const auto [names, names_aligned] = cut_at_blanks(header);
  const auto [values, values_aligned] = cut_at_blanks(row);
  const auto is_number = [](std::string_view piece) { return number_in(piece).has_value(); };
  if (names.size() < 2 || names.size() != values.size() || !std::all_of(values.begin(), values.end(), is_number))
    return {};
  return {"\\\\s+", names_aligned || values_aligned || std::none_of(names.begin(), names.end(), is_number)};
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

// Compares the first row with the names.
void compare(CsvHeader& header, const CsvLines& lines, const ReadCsvOptions& options, const CsvFields& row,
             std::string_view only_name, std::size_t header_line) {
  const std::size_t columns = header.names.size(), n = row.size(), more = n - std::min(n, columns);
  if (n == 1 && !only_name.empty() && !row[0].quoted) {
    const auto [sep, certain] = other_separator(only_name, row[0].raw);
    lines.check(sep.empty() || !certain || options.header != infer_header, "only one column; sep = \"", sep,
                "\" would give more", only_name.starts_with('#') ? ", and comment = '#' leaves the first line out" : "",
                "; header = 0 reads each line as one text");
    if (!sep.empty()) header.notes.push_back(text("only one column; sep = \"", sep, "\" would give more"));
  }
  if (more > 0 && options.index_col == no_index) {
    header.drops = more;
    header.drops_texts = true;
    header.notes.push_back(text("lines have ", more, " fields more than the header; the last are left out"));
  } else if (more == 1 && columns > 1 && row.back().raw.empty() && !row.back().quoted) {
    header.drops = 1;
    header.notes.push_back("lines end with a separator, the header does not; it is left out");
  } else if (more > 0 && columns > 1) {
    header.skips = more;
    header.notes.push_back(more == 1 ? "the first field of each line has no name in the header; it is left out"
                                     : text("the first ", more, " fields of each line have no names in the header, ",
                                            "they are left out; index_col = no_index leaves the last out"));
  }
  const std::size_t other = columns == 1 ? only_name.find_first_of(";\t|") : only_name.npos;
  lines.check(n <= columns + header.drops || other == only_name.npos, n, " fields, where the header in line ",
              header_line, " has 1; is '", other == only_name.npos ? "" : only_name.substr(other, 1),
              "' the separator, and is decimal ','?");
  lines.check(n <= columns + header.skips + header.drops, n, " fields, where the header in line ", header_line, " has ",
              columns, "; see header, skiprows and comment, such as comment = '#'");
}

}  // namespace

CsvHeader read_header(CsvLines& lines, const ReadCsvOptions& options, const std::string& name) {
  require<ValueError>(options.header >= infer_header, "read_csv: header = ", options.header,
                      "; it is a line's number from 0, no_header or infer_header");
  CsvHeader header;
  CsvFields fields;
  const int wanted = options.header == infer_header ? (options.names.empty() ? 0 : no_header) : options.header;
  CsvLines::Place first_row;
  for (int k = 0; k <= std::max(wanted, 0); ++k) {
    first_row = lines.place();
    require<DataError>(lines.next(fields), name,
                       k == 0 ? ": has no columns; it is empty, or blank lines and comments"
                              : ": ends before the line of the names; see header");
  }
  const std::string only_name(fields.size() == 1 && !fields[0].quoted ? fields[0].raw : std::string_view{});
  const std::size_t header_line = lines.line();
  const Looks looks = wanted == 0 && options.header == infer_header ? look(fields) : Looks::like_names;
  bool has_row = wanted == no_header;
  if (wanted == no_header) {
    for (std::size_t k = 0; k < fields.size(); ++k) header.names.push_back(std::to_string(k));
  } else if (looks != Looks::like_names) {
    header.names = names_in_comment(lines.commented(), options, fields.size());
    has_row = !header.names.empty();
    if (has_row) header.notes.push_back("the names are those of the comment before the first row");
  }
  if (!has_row) {
    header.names = texts_of(fields, lines);
    if (looks != Looks::like_names) {
      const auto number = std::find_if(fields.begin(), fields.end(),
                                       [](const CsvField& field) { return number_in(field.raw).has_value(); });
      const std::string said = text("the first line holds numbers, such as ", excerpt(number->raw), ", and ");
      lines.check(looks != Looks::mixed, said, "should name the columns; header = no_header reads it as a row, ",
                  "header = 0 as names");
      header.notes.push_back(said + "names the columns; header = no_header reads it as a row");
    }
    first_row = lines.place();
    has_row = lines.next(fields);
  }
  if (has_row) compare(header, lines, options, fields, only_name, header_line);
  lines.go_to(first_row);
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
