#include <xgrad/data/npy.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/numbers.hpp>
#include <xgrad/data/detail/zip.hpp>
#include <xgrad/data/file.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t longest_start = magic.size() + 2 + 4;        // and the version, and the length of the header
constexpr std::size_t largest_rank = 64, longest_header = 10'000;  // as NumPy

struct Header {
  std::string descr;  // the dtype, such as "<f4"
  bool fortran_order = false;
  Shape shape;
};

// Reads the header, a literal of a Python dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
class HeaderReader {
 public:
  HeaderReader(std::string_view text, std::string name) : text_(text), name_(std::move(name)) {}

  Header read() {
    Header header;
    bool descr = false, order = false, shape = false;
    expect('{');
    while (!next('}')) {
      const std::string key = string();
      expect(':');
      if (key == "descr" && !std::exchange(descr, true)) {
        check(peek() != '[', "has fields; it takes one number for each element");
        header.descr = string();
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
      check(error == std::errc{} && shape.size() < largest_rank, unreadable);
      at_ = static_cast<std::size_t>(end - text_.data());
      shape.push_back(extent);
      if (!next(',')) check(peek() == ')' && shape.size() > 1, unreadable);  // (3) is no tuple
    }
    return shape;
  }

  std::string_view text_;
  std::string name_;
  std::size_t at_ = 0;
};

// Where the header begins and ends, from the first bytes of a file.
std::pair<std::size_t, std::size_t> header_place(std::string_view start, const std::string& name) {
  require<DataError>(start.substr(0, magic.size()) == magic, name, ": is not .npy (starts with ",
                     excerpt(start.substr(0, magic.size())), ")");
  const unsigned version = start.size() > magic.size() ? static_cast<unsigned char>(start[magic.size()]) : 0;
  const std::size_t at = magic.size() + 2, size = version == 1 ? 2 : 4;
  require<DataError>(start.size() >= at + size, name, ": ends at byte ", start.size(), ", before its header");
  require<DataError>(version >= 1 && version <= 3, name, ": .npy version ", version, "; it takes 1, 2 and 3");
  std::uint32_t length = 0;
  std::memcpy(&length, start.data() + at, size);
  require<DataError>(length <= longest_header, name, ": a header of ", length, " bytes; it takes up to ",
                     longest_header);
  return {at + size, at + size + length};
}

struct Promise {
  Header header;
  NumberType type;
  bool big_endian;
  std::uint64_t begin, size;  // of the numbers; size in bytes
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

// What a header says will follow; `start` reaches to the end of the header at least.
Promise promise(std::string_view start, const std::string& name) {
  const auto [begin, end] = header_place(start, name);
  require<DataError>(end <= start.size(), name, ": ends at byte ", start.size(), ", within its header of ", end);
  Header header = HeaderReader(start.substr(begin, end - begin), name).read();

  const std::string& descr = header.descr;
  const auto type = descr.size() == 3 ? type_named(std::string_view(descr).substr(1)) : std::nullopt;
  require<DataError>(type && (descr[0] == '<' || descr[0] == '>' || (descr[0] == '|' && size_of(*type) == 1)), name,
                     ": dtype ", excerpt(descr), "; it takes f2, f4, f8, whole numbers and bools, with < or > before");
  const auto size = bytes_of(*type, header.shape);
  require<DataError>(size.has_value(), name, ": its header says ", header.shape, ", more bytes than 63 bits can count");
  const bool big_endian = descr[0] == '>';
  return {std::move(header), *type, big_endian, end, *size};
}

void check_size(const Promise& promise, std::uint64_t found, const std::string& name) {
  require<DataError>(promise.begin + promise.size == found, name, ": its header says ", promise.header.shape,
                     " of dtype ", excerpt(promise.header.descr), ", so expected ", promise.begin + promise.size,
                     " bytes, found ", found);
}

// The axes of a tensor in the other order.
Tensor transposed(const Tensor& tensor) {
  Shape shape(tensor.shape().rbegin(), tensor.shape().rend());
  Tensor result(shape);
  std::vector<std::size_t> stride(shape.size(), 1), index(shape.size(), 0);  // stride of each axis in `tensor`
  for (std::size_t k = 1; k < shape.size(); ++k) stride[k] = stride[k - 1] * shape[k - 1];
  for (std::size_t i = 0, from = 0; i < result.size(); ++i) {
    result.data()[i] = tensor.data()[from];
    for (std::size_t k = shape.size(); k-- > 0;) {  // one further, as an odometer
      from += stride[k];
      if (++index[k] < shape[k]) break;
      from -= stride[k] * shape[k];
      index[k] = 0;
    }
  }
  return result;
}

std::string header_of(const Tensor& tensor) {
  require(tensor.dimension() <= largest_rank, "save: a tensor of ", tensor.dimension(), " axes; NumPy takes up to ",
          largest_rank);
  std::string header =
      text("{'descr': '<f", sizeof(Real), "', 'fortran_order': False, 'shape': ", tensor.shape(), ", }");
  const std::size_t start = magic.size() + 4, unit = 64;  // NumPy aligns the numbers so
  header.append(unit - 1 - (start + header.size()) % unit, ' ') += '\n';
  const auto length = static_cast<std::uint16_t>(header.size());
  return std::string(magic) + std::string("\1\0", 2) + std::string(reinterpret_cast<const char*>(&length), 2) + header;
}

// N of "arr_N", if the name is one.
std::optional<std::uint64_t> number_in(std::string_view name) {
  std::uint64_t number = 0;
  if (!name.starts_with("arr_")) return std::nullopt;
  const auto [end, error] = std::from_chars(name.data() + 4, name.data() + name.size(), number);
  return error == std::errc{} && end == name.data() + name.size() ? std::optional(number) : std::nullopt;
}

}  // namespace

Tensor parse_npy(std::string_view bytes, const std::string& name) {
  const Promise says = promise(bytes, name);
  check_size(says, bytes.size(), name);
  const auto read = [&](const Shape& shape) {
    return to_tensor(says.type, shape, bytes.substr(says.begin), name, says.big_endian);
  };
  if (!says.header.fortran_order) return read(says.header.shape);
  return transposed(read(Shape(says.header.shape.rbegin(), says.header.shape.rend())));
}

std::vector<std::pair<std::string, Tensor>> parse_npz(std::string_view bytes, const std::string& name) {
  std::vector<std::pair<std::string, Tensor>> arrays;
  for (const ZipMember& member : zip_members(bytes, name)) {
    const std::string ending = ".npy", whose = text(name, ": member ", excerpt(member.name));
    require<DataError>(member.name.ends_with(ending), whose, " is no .npy");
    // A bomb is not unpacked: the header alone says how much there is to be.
    const auto [begin, end] = header_place(unpack(member, longest_start, name), whose);
    check_size(promise(unpack(member, end, name), whose), member.size, whose);
    arrays.emplace_back(member.name.substr(0, member.name.size() - ending.size()),
                        parse_npy(unpack(member, member.size, name), whose));
  }
  const auto numbered = [](const auto& array) { return number_in(array.first).has_value(); };
  if (std::all_of(arrays.begin(), arrays.end(), numbered))
    std::stable_sort(arrays.begin(), arrays.end(),
                     [](const auto& a, const auto& b) { return number_in(a.first) < number_in(b.first); });
  return arrays;
}

Tensor load_npy(const std::string& path) { return parse_npy(read_file(path), path); }

std::vector<std::pair<std::string, Tensor>> load_npz_named(const std::string& path) {
  return parse_npz(read_file(path), path);
}

std::vector<Tensor> load_npz(const std::string& path) {
  std::vector<Tensor> tensors;
  for (auto& [name, tensor] : load_npz_named(path)) tensors.push_back(std::move(tensor));
  return tensors;
}

void save_npy(const std::string& path, const Tensor& tensor) {
  const std::string header = header_of(tensor);
  const std::string_view parts[] = {header, bytes_of(tensor)};
  write_file(path, parts);
}

void save_npz(const std::string& path, const std::vector<Tensor>& tensors) {
  std::vector<std::pair<std::string, std::string>> members;
  for (const Tensor& tensor : tensors)
    members.emplace_back(text("arr_", members.size(), ".npy"), header_of(tensor).append(bytes_of(tensor)));
  write_file(path, zip(members));
}

}  // namespace xgrad::inline XGRAD_PRECISION
