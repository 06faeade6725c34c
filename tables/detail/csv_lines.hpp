#pragma once

// Cuts the text of a CSV file into lines, and lines into fields.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <xgrad/core/error.hpp>
#include <xgrad/tables/detail/plain_text.hpp>
#include <xgrad/tables/read_csv.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A field as it stands in the text, without the quotes around it.
struct CsvField {
  std::string_view raw = {};
  bool quoted = false;
  bool escaped = false;  ///< raw has doubled quotes or escapes: see CsvLines::plain()
};

/// Text in memory, or a file, of which a part is in memory: as much as the line at hand needs. Throws DataError, which
/// begins with the name and says what to do, for what is no UTF-8: where it is met in a file, at once in memory.
class CsvLines {
 public:
  /// Reads `file`, or `text` if there is none. All arguments outlive the object.
  CsvLines(std::string_view text, PlainFile* file, const ReadCsvOptions& options, std::string_view name);
  CsvLines(const CsvLines&) = delete;
  CsvLines& operator=(const CsvLines&) = delete;

  /// Reads the fields of the next line that is not blank and no comment; false at the end. They are of use up to the
  /// next call.
  bool next(std::vector<CsvField>& fields);

  /// What the field says. `scratch` may hold it.
  std::string_view plain(const CsvField& field, std::string& scratch) const;

  /// The line, from 1, in which the last fields begin.
  std::size_t line() const { return first_line_; }
  /// The last line that was a comment, without its first character.
  const std::string& commented() const { return commented_; }

  /// Where a line begins.
  struct Place {
    std::uint64_t offset = 0;
    std::size_t line = 1;
  };
  Place place() const { return {offset_ + at_, line_}; }              ///< of the next line
  Place begin() const { return {offset_ + first_at_, first_line_}; }  ///< of the line that was read last
  void go_to(const Place& place);
  /// From the beginning of a line on, goes to the first that begins at this byte or after it.
  void skip_to(std::uint64_t offset);
  std::uint64_t size() const { return file_ ? file_->size() : text_.size(); }  ///< about how many bytes there are

  /// Throws a DataError that names the line unless the condition holds.
  template <class... Parts>
  void check(bool condition, const Parts&... what) const {
    if (!condition) [[unlikely]]
      require<DataError>(false, name_, ": line ", first_line_, ": ", what...);
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
  bool scan(std::vector<CsvField>& fields);
  CsvField field();
  CsvField quoted_field();

  bool is_cut() const { return at_ == text_.size() && !is_last_; }  // what was scanned may go on
  void read_on();                                                   // from the line at hand
  void skip_plain_lines(std::size_t end);                           // that begin before this byte of text_
  void check_text(std::size_t begin, std::size_t size);

  std::string_view text_, name_;
  PlainFile* file_;
  std::vector<char> buffer_;
  std::size_t filled_ = 0;  // of the buffer; text_ ends before a character that is cut off
  bool is_last_;            // the text at hand is the last
  std::string commented_;
  char sep_, quote_, escape_, comment_;
  bool any_blanks_, skip_initial_;
  std::array<bool, 256> ends_field_{};
  std::uint64_t offset_ = 0;                   // of text_
  std::size_t at_ = 0, line_ = 1;              // where the next field begins
  std::size_t first_at_ = 0, first_line_ = 1;  // where the line at hand begins
};

}  // namespace xgrad::inline XGRAD_PRECISION
