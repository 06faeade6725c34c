#include <xgrad/data/detail/npy_header.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>

#include <xgrad/core/error.hpp>
#include <xgrad/data/file.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

constexpr std::size_t longest_header = 10'000;  // as NumPy

// Reads the header, a literal of a Python dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
class NpyHeaderReader {
 public:
  NpyHeaderReader(std::string_view text, std::string name) : text_(text), name_(std::move(name)) {}

  NpyHeader read() {
    NpyHeader header;
    bool descr = false, order = false, shape = false;
    expect('{');
    while (!next('}')) {
      const std::string key = string();
      expect(':');
      if (key == "descr" && !std::exchange(descr, true)) {
        header.descr = peek() == '[' ? list() : string();
      } else if (key == "fortran_order" && !std::exchange(order, true)) {
        header.fortran_order = boolean();
      } else {
        check(key == "shape" && !std::exchange(shape, true), unreadable);
        header.shape = extents();
      }
      if (!next(',')) check(peek() == '}', unreadable);
    }
    peek();
    check(at_ == text_.size() && descr && order && shape, unreadable);
    return header;
  }

 private:
  static constexpr const char* unreadable =
      "is not {'descr': a text, 'fortran_order': True or False, 'shape': (up to 64 whole numbers)}";

  void check(bool condition, const char* what) const {
    require<DataError>(condition, name_, ": its header, ", excerpt(text_), ", ", what);
  }
  // The next character that is not white, without taking it; 0 at the end.
  char peek() {
    at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool next(char c) {
    if (peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  void expect(char c) { check(next(c), unreadable); }
  std::string string() {
    const char quote = peek();
    check(quote == '\'' || quote == '"', unreadable);
    const std::size_t end = text_.find(quote, at_ + 1);
    check(end != text_.npos, unreadable);
    std::string value(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return value;
  }
  // A list of fields, as it is written: what a tensor cannot take.
  std::string list() {
    const std::size_t begin = at_;
    do {
      const char c = peek();
      check(c != '\0', unreadable);
      if (c == '\'' || c == '"')
        string();
      else
        depth_ += c == '[' ? 1 : c == ']' ? -1 : 0, ++at_;
    } while (depth_ > 0);
    return std::string(text_.substr(begin, at_ - begin));
  }
  bool boolean() {
    const bool value = peek() == 'T';
    const std::string_view word = value ? "True" : "False";
    check(text_.substr(at_, word.size()) == word, unreadable);
    at_ += word.size();
    return value;
  }
  Shape extents() {
    Shape shape;
    expect('(');
    while (!next(')')) {
      peek();
      std::size_t extent = 0;
      const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), extent);
      check(error == std::errc{} && shape.size() < largest_npy_rank, unreadable);
      at_ = static_cast<std::size_t>(end - text_.data());
      if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // as Python 2 wrote a long
      shape.push_back(extent);
      if (!next(',')) check(peek() == ')' && shape.size() > 1, unreadable);  // (3) is no tuple
    }
    return shape;
  }

  std::string_view text_;
  std::string name_;
  std::size_t at_ = 0;
  int depth_ = 0;  // of lists
};

std::optional<NumberType> type_named(std::string_view kind_and_size) {
  using enum NumberType;
  constexpr std::pair<std::string_view, NumberType> types[] = {{"f2", f16}, {"f4", f32}, {"f8", f64}, {"b1", b8},
                                                               {"i1", i8},  {"i2", i16}, {"i4", i32}, {"i8", i64},
                                                               {"u1", u8},  {"u2", u16}, {"u4", u32}, {"u8", u64}};
  const auto found =
      std::find_if(std::begin(types), std::end(types), [&](const auto& t) { return t.first == kind_and_size; });
  return found == std::end(types) ? std::nullopt : std::optional(found->second);
}

}  // namespace

// Where the header begins and ends, from the first bytes of a file.
std::pair<std::size_t, std::size_t> npy_header_place(std::string_view start, const std::string& name) {
  require<DataError>(start.substr(0, npy_magic.size()) == npy_magic, name, ": is not .npy (starts with ",
                     excerpt(start.substr(0, npy_magic.size())), ")");
  const unsigned version = start.size() > npy_magic.size() ? static_cast<unsigned char>(start[npy_magic.size()]) : 0;
  const std::size_t at = npy_magic.size() + 2, size = version == 1 ? 2 : 4;
  require<DataError>(start.size() >= at + size, name, ": ends at byte ", start.size(), ", before its header");
  require<DataError>(version >= 1 && version <= 3, name, ": .npy version ", version, "; it takes 1, 2 and 3");
  std::uint32_t length = 0;
  std::memcpy(&length, start.data() + at, size);
  require<DataError>(length <= longest_header, name, ": a header of ", length, " bytes; it takes up to ",
                     longest_header);
  return {at + size, at + size + length};
}

NpyHeader read_npy_header(std::string_view start, const std::string& name) {
  const auto [begin, end] = npy_header_place(start, name);
  require<DataError>(end <= start.size(), name, ": ends at byte ", start.size(), ", within its header of ", end);
  NpyHeader header = NpyHeaderReader(start.substr(begin, end - begin), name).read();
  const std::string& descr = header.descr;
  const auto type = descr.size() == 3 ? type_named(std::string_view(descr).substr(1)) : std::nullopt;
  if (type && (descr[0] == '<' || descr[0] == '>' || (descr[0] == '|' && size_of(*type) == 1))) header.type = type;
  header.begin = end;
  return header;
}

void NpyHeader::check(std::uint64_t file_size, const std::string& name) const {
  require<DataError>(type.has_value(), name, ": dtype ", excerpt(descr),
                     "; it takes f2, f4, f8, whole numbers and bools, with < or > before");
  const auto size = bytes_of(*type, shape);
  require<DataError>(size.has_value(), name, ": its header says ", shape, ", more bytes than 63 bits can count");
  require<DataError>(begin + *size == file_size, name, ": its header says ", shape, " of dtype ", excerpt(descr),
                     ", so expected ", begin + *size, " bytes, found ", file_size);
}

}  // namespace xgrad::inline XGRAD_PRECISION
