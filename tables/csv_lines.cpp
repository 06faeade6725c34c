#include <xgrad/tables/detail/csv_lines.hpp>

#include <algorithm>

#include <xgrad/data/file.hpp>

namespace xgrad::inline XGRAD_PRECISION {

CsvLines::CsvLines(std::string_view text, const ReadCsvOptions& options, std::string_view name)
    : text_(text),
      name_(name),
      quote_(options.quotechar),
      escape_(options.escapechar),
      comment_(options.comment),
      any_blanks_(options.sep == "\\s+"),
      skip_initial_(options.skipinitialspace) {
  require<ValueError>(any_blanks_ || options.sep.size() == 1, "read_csv: sep = ", excerpt(options.sep),
                      "; it is one character, or \"\\\\s+\" for any blanks");
  sep_ = any_blanks_ ? ' ' : options.sep[0];
  for (const char c : {sep_, quote_, escape_, comment_})
    require<ValueError>(c != '\n' && c != '\r', "read_csv: sep, quotechar, escapechar and comment are no line ends");
  require<ValueError>(sep_ != quote_ && sep_ != comment_, "read_csv: sep, quotechar and comment are to differ");
  for (const char c : {'\n', '\r', sep_}) ends_field_[static_cast<unsigned char>(c)] = true;
  if (any_blanks_) ends_field_['\t'] = true;
  if (comment_ != 0) ends_field_[static_cast<unsigned char>(comment_)] = true;
  for (std::size_t k = 0; k < options.skiprows && at_ < text_.size(); ++k) skip_line();
}

bool CsvLines::take_line_end() {
  const char c = at_ < text_.size() ? text_[at_] : '\0';
  if (c != '\n' && c != '\r') return false;
  ++at_;
  if (c == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
  ++line_;
  return true;
}

void CsvLines::skip_line() {
  at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
  take_line_end();
}

bool CsvLines::take_separator() {
  if (any_blanks_) {
    const std::size_t before = at_;
    skip_blanks();
    return at_ > before && !at_line_end() && (comment_ == 0 || text_[at_] != comment_);
  }
  if (at_ == text_.size() || text_[at_] != sep_) return false;
  ++at_;
  return true;
}

bool CsvLines::next(std::vector<CsvField>& fields) {
  fields.clear();
  for (;;) {
    const std::size_t begin = at_;
    first_ = line_;
    skip_blanks();
    if (at_ == text_.size()) return false;
    if (take_line_end()) continue;
    if (comment_ != 0 && text_[at_] == comment_) {
      const std::size_t after = at_ + 1;
      skip_line();
      commented_ = text_.substr(after, at_ - after);
      continue;
    }
    if (!any_blanks_) at_ = begin;
    break;
  }
  do fields.push_back(field());
  while (take_separator());
  if (comment_ != 0 && at_ < text_.size() && text_[at_] == comment_) skip_line();
  take_line_end();
  return true;
}

CsvField CsvLines::field() {
  if (skip_initial_) skip_blanks();
  if (quote_ != 0 && at_ < text_.size() && text_[at_] == quote_) return quoted_field();
  const char* const text = text_.data();
  const std::size_t begin = at_, size = text_.size();
  std::size_t end = begin;
  while (end < size && !ends_field_[static_cast<unsigned char>(text[end])]) ++end;
  at_ = end;
  return {text_.substr(begin, end - begin)};
}

CsvField CsvLines::quoted_field() {
  CsvField field{.raw = {}, .quoted = true};
  const std::size_t begin = ++at_;
  for (;; ++at_) {
    while (at_ < text_.size() && text_[at_] != quote_ && (escape_ == 0 || text_[at_] != escape_)) ++at_;
    if (at_ >= text_.size())
      check(false, "a quote is never closed: ", excerpt(text_.substr(begin - 1, 80)),
            "; quotechar = 0 reads quotes as letters");
    const bool escaped = text_[at_] != quote_;
    if (!escaped && (at_ + 1 == text_.size() || text_[at_ + 1] != quote_)) break;
    field.escaped = true;
    ++at_;
  }
  field.raw = text_.substr(begin, at_ - begin);
  line_ += static_cast<std::size_t>(std::count(field.raw.begin(), field.raw.end(), '\n'));
  ++at_;
  if (!any_blanks_) skip_blanks();
  const auto shown = [&] { return excerpt(text_.substr(begin - 1, text_.find_first_of("\r\n", at_) + 1 - begin)); };
  const bool ended = at_ == text_.size() || ends_field_[static_cast<unsigned char>(text_[at_])];
  check(ended, "a field goes on after its closing quote: ", ended ? "" : shown(),
        "; a quote within is written twice, or after escapechar = '\\\\'");
  return field;
}

std::string_view CsvLines::plain(const CsvField& field, std::string& scratch) const {
  if (!field.escaped) return field.raw;
  scratch.clear();
  for (std::size_t k = 0; k < field.raw.size(); ++k) {
    const char c = field.raw[k];
    if ((c == quote_ || (escape_ != 0 && c == escape_)) && k + 1 < field.raw.size()) ++k;
    scratch += field.raw[k];
  }
  return scratch;
}

}  // namespace xgrad::inline XGRAD_PRECISION
