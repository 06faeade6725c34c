#pragma once

// Reading CSV files into tables, with pandas' options.

#include <concepts>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <xgrad/data/part.hpp>
#include <xgrad/tables/table.hpp>

namespace xgrad::inline XGRAD_PRECISION {

inline constexpr int infer_header = -2;  ///< the first line, or none where ReadCsvOptions has names
inline constexpr int no_header = -1;     ///< the columns are "0", "1", ... or have the names of ReadCsvOptions

/// A column of a CSV file: its name, or its place from 0.
struct ColumnId {
  std::string name = {};
  std::optional<long long> place = {};  ///< if it is not given by name

  /// A column by its name.
  ColumnId(std::string name) : name(std::move(name)) {}
  ColumnId(const char* name) : name(name) {}
  /// A column by its place, counted from 0.
  template <std::integral I>
  requires(!std::same_as<I, bool>) ColumnId(I place) : place(static_cast<long long>(place)) {}
  auto operator<=>(const ColumnId&) const = default;
};

/// What fields are if each line has more of them than the header: infer_index takes the first for rows' names, no_index
/// leaves the last out.
inline constexpr int infer_index = -2, no_index = -3;

/// Options with pandas' names and defaults.
struct ReadCsvOptions {
  std::string sep = ",";                      ///< one character; or "\\s+": any blanks and tabs
  int header = infer_header;                  ///< which line, from 0, names the columns; lines before it are not read
  std::vector<std::string> names = {};        ///< the columns' names, instead of the header's
  ColumnId index_col = infer_index;           ///< a column that names or counts the rows: it is left out; or no_index
  std::vector<ColumnId> usecols = {};         ///< only these columns, in the file's order
  std::map<ColumnId, ColumnKind> dtype = {};  ///< what these columns hold, whatever their values look like
  std::size_t skiprows = 0;                   ///< how many lines to leave out before all else
  std::size_t nrows = std::numeric_limits<std::size_t>::max();  ///< the most rows to read
  std::vector<std::string> na_values = {};  ///< what else stands for a missing value; a number such as -999 in any form
  bool keep_default_na = true;              ///< "", NA, N/A, NaN, nan, None, null, NULL and pandas' others are missing
  char comment = 0;                         ///< the rest of a line from here on is left out; 0: no character
  char decimal = '.';                       ///< before the fraction of a number
  char thousands = 0;                       ///< left out within a number; 0: no character
  char quotechar = '"';                     ///< around a field; two within it stand for one; 0: no character
  char escapechar = 0;                      ///< the character after it stands for itself, in quotes; 0: no character
  bool skipinitialspace = false;            ///< blanks after a separator are left out
  Part part = {};                           ///< only the rows that begin in this part of the file; see read_csv()
};

/// Reads a CSV file, plain or gzip, into named columns. A column whose values are all numbers or missing is of numbers,
/// each the double that is nearest to what is written; so integers from 2^53 on are rounded, unless dtype says text.
/// One of True and False, in capitals or not, is of numbers 0 and 1 that remembers its words. All others are of texts,
/// kept letter by letter; dates are texts. Lines end in LF, CRLF or CR; blank lines, a UTF-8 byte order mark and an end
/// mark of DOS are passed over. Names that are there twice get ".1", ".2", empty ones are "Unnamed: 0" by their place.
/// A line with fewer fields ends in missing values. If the first row has more fields than the header, each line begins
/// with its row's name, which is left out. A first line of numbers names the columns. notes() of the table says what
/// was decided so. The file is read a part at a time, and once more for columns that turn out to be of texts.
///
/// Parts, such as .part = {.index = rank, .count = ranks}: the bytes after the names are cut into as many equal pieces,
/// and a row is in the part in whose piece it begins, also where quotes around a field hold the place of the cut. So
/// all parts together are the table, with the same names and kinds of columns; their numbers of rows differ, and a part
/// may have none. Unless dtype gives the kind of each column, the whole file is read once to know them, and not kept.
/// What is before a part is looked through for quotes and line ends.
///
/// Throws DataError with path, line, column, value and what would fit: for a file that cannot be read, is not UTF-8 or
/// has no columns, for lines that another separator would cut, a first line of fractions and texts, a line with more
/// fields, a quote that is never closed, a value that is not what dtype says. Throws ValueError for options that are no
/// such, for columns in them that are not there, for a part of no such count, with nrows, or of gzip.
Table read_csv(const std::string& path, const ReadCsvOptions& options = {});

/// Reads a table from text in memory, as read_csv() does from a file. The messages of its errors begin with `name`.
Table read_csv_text(std::string_view text, const ReadCsvOptions& options = {}, const std::string& name = "text");

}  // namespace xgrad::inline XGRAD_PRECISION
