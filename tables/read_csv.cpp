#include <xgrad/tables/read_csv.hpp>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include <xgrad/core/error.hpp>
#include <xgrad/data/file.hpp>
#include <xgrad/tables/detail/column_builder.hpp>
#include <xgrad/tables/detail/csv_header.hpp>
#include <xgrad/tables/detail/csv_lines.hpp>
#include <xgrad/tables/detail/plain_text.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// Which of the columns are read, and what they are forced to hold.
struct Choice {
  std::vector<bool> read;
  std::vector<std::optional<ColumnKind>> forced;
};

Choice choose(const std::vector<std::string>& names, const ReadCsvOptions& options) {
  std::unordered_map<std::string_view, std::size_t> place;
  for (std::size_t k = 0; k < names.size(); ++k) place.emplace(names[k], k);
  const auto find = [&](const std::string& name, const char* option) {
    const auto found = place.find(name);
    if (found != place.end()) return found->second;
    std::string all;
    for (std::size_t k = 0; k < std::min<std::size_t>(names.size(), 20); ++k)
      all += (k == 0 ? "" : ", ") + excerpt(names[k]);
    throw ValueError(text("read_csv: ", option, ": there is no column ", excerpt(name), "; there are ", all,
                          names.size() > 20 ? ", ..." : ""));
  };
  Choice choice{std::vector<bool>(names.size(), options.usecols.empty()),
                std::vector<std::optional<ColumnKind>>(names.size())};
  for (const std::string& name : options.usecols) choice.read[find(name, "usecols")] = true;
  if (!options.index_col.empty()) choice.read[find(options.index_col, "index_col")] = false;
  for (const auto& [name, kind] : options.dtype) choice.forced[find(name, "dtype")] = kind;
  return choice;
}

class Reader {
 public:
  Reader(std::string_view text, const ReadCsvOptions& options, const std::string& name)
      : text_(text),
        options_(options),
        lines_(text, options, name),
        rules_(options),
        header_(read_header(lines_, options, name)),
        choice_(choose(header_.names, options)) {
    for (std::size_t k = 0; k < header_.names.size(); ++k) builders_.emplace_back(rules_, choice_.forced[k]);
  }

  Table table() {
    CsvLines from_the_start = lines_;
    read(choice_.read);
    std::vector<bool> again(builders_.size());
    for (std::size_t k = 0; k < again.size(); ++k) {
      again[k] = builders_[k].again();
      if (again[k]) builders_[k].start_again();
    }
    if (std::find(again.begin(), again.end(), true) != again.end()) {
      lines_ = from_the_start;
      read(again);
    }
    std::vector<std::string> notes = header_.notes;
    if (short_lines_ > 0)
      notes.push_back(text(short_lines_, " lines, the first ", first_short_, ", have fewer than ", builders_.size(),
                           " fields; the rest is missing"));
    std::vector<std::pair<std::string, Column>> columns;
    for (std::size_t k = 0; k < builders_.size(); ++k) {
      if (!choice_.read[k]) continue;
      if (const std::string note = builders_[k].note(); !note.empty())
        notes.push_back(text("column ", excerpt(header_.names[k]), " is ", note));
      columns.emplace_back(header_.names[k], builders_[k].take());
    }
    Table out(std::move(columns));
    for (std::string& note : notes) out.add_note(std::move(note));
    return out;
  }

 private:
  // Gives the cells of these columns to their builders.
  void read(const std::vector<bool>& wanted) {
    std::vector<CsvField> fields = header_.first;
    const std::size_t begin = lines_.at();
    short_lines_ = 0;
    bool more = !fields.empty() || lines_.next(fields);
    for (std::size_t row = 0; more && row < options_.nrows; ++row, more = lines_.next(fields)) {
      if (row == 1000) {
        const std::size_t per_row = (lines_.at() - begin) / row + 1;
        const std::size_t rows = std::min((text_.size() - lines_.at()) / per_row * 33 / 32, options_.nrows - row);
        for (std::size_t k = 0; k < wanted.size(); ++k)
          if (wanted[k]) builders_[k].reserve(rows);
      }
      add_row(fields, wanted);
    }
  }

  void add_row(const std::vector<CsvField>& fields, const std::vector<bool>& wanted) {
    const std::size_t columns = builders_.size(), first = header_.skips_first ? 1 : 0;
    std::size_t n = fields.size();
    if (header_.drops_last && n == columns + 1 && fields.back().raw.empty()) --n;
    lines_.check(n <= columns + first, n, " fields, where there are ", columns + first,
                 " columns; quote a field that holds the separator, or see comment, skiprows and sep");
    lines_.check(first == 0 || n == columns + 1, n, " fields, where lines before have a row's name and ", columns,
                 "; see comment, skiprows and header");
    if (n < columns + first && short_lines_++ == 0) first_short_ = lines_.line();
    for (std::size_t k = 0; k < columns; ++k) {
      if (!wanted[k]) continue;
      if (k + first >= n) {
        builders_[k].add_missing();
      } else {
        const std::string_view cell = lines_.plain(fields[k + first], scratch_);
        if (!builders_[k].add(cell, lines_.line()))
          lines_.check(false, "column ", excerpt(header_.names[k]), ": ", excerpt(cell),
                       " is no number, which dtype asks for; see na_values, thousands and decimal");
      }
    }
  }

  std::string_view text_;
  const ReadCsvOptions& options_;
  CsvLines lines_;
  CellRules rules_;
  CsvHeader header_;
  Choice choice_;
  std::vector<ColumnBuilder> builders_;
  std::string scratch_;
  std::size_t short_lines_ = 0, first_short_ = 0;
};

}  // namespace

Table read_csv_text(std::string_view text, const ReadCsvOptions& options, const std::string& name) {
  return Reader(checked_text(text, name), options, name).table();
}

Table read_csv(const std::string& path, const ReadCsvOptions& options) {
  return read_csv_text(read_plain(path), options, path);
}

}  // namespace xgrad::inline XGRAD_PRECISION
