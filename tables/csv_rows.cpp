#include <xgrad/tables/detail/csv_rows.hpp>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include <xgrad/core/error.hpp>
#include <xgrad/data/file.hpp>

namespace xgrad::inline XGRAD_PRECISION {

CsvRows::CsvRows(std::string_view text, PlainFile* file, const ReadCsvOptions& options, const std::string& name)
    : options_(options),
      lines_(text, file, options, name),
      rules_(options),
      header_(read_header(lines_, options, name)),
      first_row_(lines_.place()) {
  choose();
  const Part& part = options.part;
  if (part.is_all()) return;
  require<ValueError>(part.index < part.count, "read_csv: part ", part.index, " of ", part.count,
                      "; parts count from 0");
  require<ValueError>(options.nrows == ReadCsvOptions{}.nrows, "read_csv: nrows = ", options.nrows,
                      " and a part; a part has the rows that begin in it");
  require<ValueError>(file == nullptr || !file->is_gzip(), "read_csv: a part of ", excerpt(name),
                      ", which is gzip and is read from its beginning alone; unpack it: gunzip");
}

// Rows from here on, of which none is read, are those that begin in the part's share of the bytes.
void CsvRows::go_to_part() {
  const auto [index, count, shards] = options_.part;
  const std::uint64_t begin = first_row_.offset, size = std::max(lines_.size(), begin) - begin;
  const auto cut = [&](std::size_t k) { return begin + size / count * k + size % count * k / count; };
  lines_.go_to(first_row_);
  if (index > 0) lines_.skip_to(cut(index));
  if (index + 1 < count) end_ = cut(index + 1);
  first_row_ = lines_.place();
}

// Which of the columns are read, and what they are to hold.
void CsvRows::choose() {
  const std::vector<std::string>& names = header_.names;
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t k = 0; k < names.size(); ++k) places.emplace(names[k], k);
  const auto find = [&](const ColumnId& column, const char* option) {
    const auto found = column.place ? places.end() : places.find(column.name);
    if (found != places.end()) return found->second;
    if (column.place && *column.place >= 0 && static_cast<std::size_t>(*column.place) < names.size())
      return static_cast<std::size_t>(*column.place);
    std::string all;
    for (std::size_t k = 0; k < std::min<std::size_t>(names.size(), 20); ++k)
      all += (k == 0 ? "" : ", ") + excerpt(names[k]);
    throw ValueError(text("read_csv: ", option, ": there is no column ",
                          column.place ? std::to_string(*column.place) : excerpt(column.name), "; there are ",
                          column.place ? text(names.size(), ", from 0: ") : "", all, names.size() > 20 ? ", ..." : ""));
  };
  wanted_.assign(names.size(), options_.usecols.empty());
  std::vector<std::optional<ColumnKind>> kinds(names.size());
  for (const ColumnId& column : options_.usecols) wanted_[find(column, "usecols")] = true;
  if (options_.index_col != infer_index && options_.index_col != no_index)
    wanted_[find(options_.index_col, "index_col")] = false;
  for (const auto& [column, kind] : options_.dtype) kinds[find(column, "dtype")] = kind;
  for (std::size_t k = 0; k < names.size(); ++k) {
    builders_.emplace_back(rules_, kinds[k]);
    if (wanted_[k]) names_.push_back(names[k]);
  }
}

void CsvRows::rewind() {
  lines_.go_to(first_row_);
  row_ = short_lines_ = 0;
}

Table CsvRows::all() {
  if (!options_.part.is_all()) {
    learn();
    const std::vector<std::string> noted = notes();
    rewind();
    Table out = take(options_.nrows);
    for (const std::string& note : noted) out.add_note(note);
    return out;
  }
  read(options_.nrows);
  const std::vector<bool> columns = wanted_;
  bool again = false;
  for (std::size_t k = 0; k < builders_.size(); ++k) {
    wanted_[k] = builders_[k].again();
    again = again || wanted_[k];
    if (wanted_[k]) builders_[k].start_again();
  }
  if (again) {
    rewind();
    read(options_.nrows);
  }
  wanted_ = columns;
  Table out = table();
  for (std::string& note : notes()) out.add_note(std::move(note));
  return out;
}

void CsvRows::learn() {
  bool known = true;
  for (std::size_t k = 0; k < builders_.size(); ++k) {
    builders_[k].learn(true);
    known = known && (!wanted_[k] || builders_[k].is_forced());
  }
  for (bool more = !known; more;) {
    more = read(4096) > 0;
    table();
  }
  for (ColumnBuilder& builder : builders_) builder.learn(false);
  go_to_part();
}

Table CsvRows::take(std::size_t rows) {
  for (ColumnBuilder& builder : builders_) builder.take();  // what an error left
  read(rows);
  return table();
}

Table CsvRows::table() {
  std::vector<std::pair<std::string, Column>> columns;
  for (std::size_t k = 0; k < builders_.size(); ++k)
    if (wanted_[k]) columns.emplace_back(header_.names[k], builders_[k].take());
  return Table(std::move(columns));
}

std::vector<std::string> CsvRows::notes() const {
  std::vector<std::string> notes = header_.notes;
  if (short_lines_ > 0)
    notes.push_back(text(short_lines_, " lines, the first ", first_short_, ", have fewer than ", builders_.size(),
                         " fields; the rest is missing"));
  for (std::size_t k = 0; k < builders_.size(); ++k)
    if (const std::string note = builders_[k].note(); wanted_[k] && !note.empty())
      notes.push_back(text("column ", excerpt(header_.names[k]), " is ", note));
  return notes;
}

std::size_t CsvRows::read(std::size_t rows) {
  rows = std::min(rows, options_.nrows - row_);
  const std::uint64_t begin = lines_.place().offset;
  std::size_t n = 0;
  for (std::size_t next_look = 1000; n < rows && lines_.next(fields_); ++n) {
    if (lines_.begin().offset >= end_) {
      lines_.go_to(lines_.begin());
      break;
    }
    if (n == next_look) {
      next_look *= 2;
      const std::uint64_t at = lines_.place().offset, size = std::max(std::min(lines_.size(), end_), at);
      const std::uint64_t more = std::min<std::uint64_t>((size - at) / ((at - begin) / n + 1) * 33 / 32, rows - n);
      for (std::size_t k = 0; k < wanted_.size(); ++k)
        if (wanted_[k]) builders_[k].reserve(static_cast<std::size_t>(more));
    }
    add_row(fields_);
  }
  row_ += n;
  return n;
}

void CsvRows::add_row(const std::vector<CsvField>& fields) {
  const std::size_t columns = builders_.size(), most = columns + header_.skips;
  std::size_t n = fields.size();
  if (n > most && n - most == header_.drops && (header_.drops_texts || fields.back().raw.empty())) n = most;
  lines_.check(n <= most, n, " fields, where there are ", most,
               " columns; quote a field that holds the separator, or see comment, skiprows and sep");
  lines_.check(header_.skips == 0 || n == most, n, " fields, where lines before have a row's name and ", columns,
               "; see comment, skiprows and header");
  if (n < most && short_lines_++ == 0) first_short_ = lines_.line();
  for (std::size_t k = 0; k < columns; ++k) {
    if (!wanted_[k]) continue;
    if (k + header_.skips >= n) {
      builders_[k].add_missing();
      continue;
    }
    const std::string_view cell = lines_.plain(fields[k + header_.skips], scratch_);
    if (!builders_[k].add(cell, lines_.line()))
      lines_.check(false, "column ", excerpt(header_.names[k]), ": ", excerpt(cell), " is ",
                   builders_[k].is_forced()
                       ? "no number, which dtype asks for; see na_values, thousands and decimal"
                       : "of another kind than when the file was read first; who is writing to it?");
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION
