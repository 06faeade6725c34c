#include <xgrad/tables/detail/csv_lines.hpp>

#include <algorithm>
#include <cstring>
#include <span>

#include <xgrad/data/file.hpp>

namespace xgrad::inline XGRAD_PRECISION {

CsvLines::CsvLines(std::string_view text, PlainFile* file, const ReadCsvOptions& options, std::string_view name)
    : text_(file ? std::string_view{} : text),
      name_(name),
      file_(file),
      is_last_(file == nullptr),
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

  if (file_)
    read_on();
  else
    check_text(0, text_.size());
  for (std::size_t k = 0; k < options.skiprows && (at_ < text_.size() || !is_last_); ++k) {
    first_at_ = at_;
    first_line_ = line_;
    for (skip_line(); is_cut(); skip_line()) read_on();
  }
}

void CsvLines::go_to(const Place& place) {
  line_ = place.line;
  const bool is_there = offset_ <= place.offset && place.offset <= offset_ + text_.size();
  at_ = is_there ? static_cast<std::size_t>(place.offset - offset_) : 0;
  if (is_there) return;
  file_->go_to(place.offset);
  offset_ = place.offset;
  text_ = {};
  filled_ = 0;
  is_last_ = false;
}

void CsvLines::skip_to(std::uint64_t offset) {
  std::vector<CsvField> fields;
  while (offset_ + at_ < offset) {
    const bool is_there = offset_ + text_.size() >= offset;
    const std::size_t end = is_there ? static_cast<std::size_t>(offset - offset_) : text_.size();
    const std::size_t quote = quote_ == 0 ? text_.npos : text_.substr(0, end).find(quote_, at_);
    skip_plain_lines(std::min(quote, end));
    if (!is_there && quote == text_.npos && !is_last_) {
      first_at_ = at_;
      first_line_ = line_;
      read_on();
    } else if (!next(fields)) {
      break;
    } else if (begin().offset >= offset) {
      go_to(begin());
    }
  }
}

// Goes to the last line that begins before this byte, where no quote is on the way.
void CsvLines::skip_plain_lines(std::size_t end) {
  end = std::min(end, text_.size() - 1);  // of the last byte, what follows is not known
  const std::size_t last = at_ < end ? text_.substr(at_, end - at_).find_last_of("\r\n") : text_.npos;
  if (text_.empty() || last == text_.npos) return;
  const std::string_view before = text_.substr(at_, last + 1);
  line_ += static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  for (std::size_t k = before.find('\r'); k != before.npos; k = before.find('\r', k + 1))
    if (text_[at_ + k + 1] != '\n') ++line_;
  at_ += last + 1;
}

void CsvLines::read_on() {
  at_ = first_at_;
  line_ = first_line_;
  const std::size_t begin = text_.size() - at_, kept = filled_ - at_;
  text_ = {};  // if reading fails, all that is kept has to be looked at
  if (kept > 0) std::memmove(buffer_.data(), buffer_.data() + at_, kept);
  if (2 * kept >= buffer_.size()) buffer_.resize(std::max(2 * kept, file_->part()));
  offset_ += at_;
  at_ = first_at_ = 0;
  filled_ = kept;
  do {
    const std::size_t n = file_->read(std::span(buffer_).subspan(filled_));
    filled_ += n;
    is_last_ = n == 0;
  } while (!is_last_ && filled_ < 4);  // enough for a byte order mark
  check_text(begin, filled_);
}

// Takes the bytes up to `size` for text, the first `begin` of which have been looked at.
void CsvLines::check_text(std::size_t begin, std::size_t size) {
  const std::string_view all = file_ ? std::string_view(buffer_.data(), size) : text_;
  if (offset_ == 0 && begin == 0) {
    require<DataError>(!all.starts_with("\xff\xfe") && !all.starts_with("\xfe\xff"), name_,
                       ": is UTF-16; save it as UTF-8, such as by: iconv -f UTF-16 -t UTF-8");
    if (all.starts_with("\xef\xbb\xbf")) at_ = first_at_ = 3;
  }
  const std::size_t end = plain_end(all, begin);
  text_ = all.substr(0, end);
  if (end < all.size() && (is_last_ || all.size() - end >= 4 || all[end] == 0)) {
    require<DataError>(all[end] != 0, name_, ": byte ", offset_ + end,
                       " is 0: no text, or UTF-16 without its mark; save it as UTF-8");
    const std::string_view before = text_.substr(at_);
    line_ += static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    require<DataError>(false, name_, ": line ", line_, ": byte ", static_cast<int>(static_cast<std::uint8_t>(all[end])),
                       " after ", excerpt(before.substr(before.find_last_of("\r\n") + 1)),
                       " is not UTF-8; if the file is Latin-1: iconv -f LATIN1 -t UTF-8");
  }
  while (is_last_ && text_.ends_with('\x1a')) text_.remove_suffix(1);
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
  for (;;) {
    const bool is_there = scan(fields);
    if (!is_cut()) return is_there;
    read_on();
  }
}

bool CsvLines::scan(std::vector<CsvField>& fields) {
  fields.clear();
  for (;;) {
    first_at_ = at_;
    first_line_ = line_;
    skip_blanks();
    if (at_ == text_.size()) return false;
    const bool is_comment = comment_ != 0 && text_[at_] == comment_;
    if (is_comment) {
      const std::size_t after = at_ + 1;
      skip_line();
      commented_ = text_.substr(after, at_ - after);
    }
    if (is_comment || take_line_end()) {
      if (is_cut()) return false;
      continue;
    }
    if (!any_blanks_) at_ = first_at_;
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
    if (at_ >= text_.size() && is_last_)
      check(false, "a quote is never closed: ", excerpt(text_.substr(begin - 1, 80)),
            "; quotechar = 0 reads quotes as letters");
    if (at_ >= text_.size()) {
      at_ = text_.size();
      return field;
    }
    const bool escaped = text_[at_] != quote_;
    if (!escaped && (at_ + 1 == text_.size() || text_[at_ + 1] != quote_)) break;
    field.escaped = true;
    ++at_;
  }
  field.raw = text_.substr(begin, at_ - begin);
  line_ += static_cast<std::size_t>(std::count(field.raw.begin(), field.raw.end(), '\n'));
  ++at_;
  const std::size_t closed = at_;
  if (!any_blanks_) skip_blanks();
  if (at_ < text_.size() && !ends_field_[static_cast<unsigned char>(text_[at_])]) {
    const std::size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
    check(end == text_.size() && !is_last_,
          "a field goes on after its closing quote: ", excerpt(text_.substr(begin - 1, end + 1 - begin)),
          at_ > closed ? "; sep = \"\\\\s+\" would cut it there"
                       : "; a quote within is written twice, or after escapechar = '\\\\'");
    at_ = end;  // for the message
  }
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
