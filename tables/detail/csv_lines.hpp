#pragma once

// Cuts the text of a CSV file into lines, and lines into fields. Nothing is copied.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <xgrad/core/error.hpp>
#include <xgrad/tables/read_csv.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A field as it stands in the text, without the quotes around it.
struct CsvField {
  std::string_view raw = {};
  bool quoted = false;
  bool escaped = false;  ///< raw has doubled quotes or escapes: see CsvLines::plain()
};

class CsvLines {
 public:
  CsvLines(std::string_view text, const ReadCsvOptions& options, std::string_view name);

  /// Reads the fields of the next line that is not blank and no comment; false at the end.
  bool next(std::vector<CsvField>& fields);

  /// What the field says. `scratch` may hold it.
  std::string_view plain(const CsvField& field, std::string& scratch) const;

  /// The line, from 1, in which the last fields begin.
  std::size_t line() const { return first_; }
  std::size_t at() const { return at_; }  ///< where the next line begins
  /// The last line that was a comment, without its first character.
  std::string_view commented() const { return commented_; }

  /// Throws a DataError that names the line unless the condition holds.
  template <class... Parts>
  void check(bool condition, const Parts&... what) const {
    if (!condition) [[unlikely]]
      require<DataError>(false, name_, ": line ", first_, ": ", what...);
  }

 private:
  bool at_line_end() const { return at_ == text_.size() || text_[at_] == '\n' || text_[at_] == '\r'; }
  bool blank_at(std::size_t at) const {
    return at < text_.size() && (text_[at] == ' ' || text_[at] == '\t') && (any_blanks_ || text_[at] != sep_);
  }
  void skip_blanks() {
    while (blank_at(at_)) ++at_;
  }
  void skip_line();      // what is left of it, and its end
  bool take_line_end();  // LF, CR or CRLF
  bool take_separator();
  CsvField field();
  CsvField quoted_field();

  std::string_view text_, name_, commented_;
  char sep_, quote_, escape_, comment_;
  bool any_blanks_, skip_initial_;
  std::array<bool, 256> ends_field_{};
  std::size_t at_ = 0, line_ = 1, first_ = 1;
};

}  // namespace xgrad::inline XGRAD_PRECISION
