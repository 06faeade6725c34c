#include <xgrad/data/npy.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <span>

#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/npy_header.hpp>
#include <xgrad/data/detail/zip.hpp>
#include <xgrad/data/file.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

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
  require(tensor.dimension() <= largest_npy_rank, "save: a tensor of ", tensor.dimension(), " axes; NumPy takes up to ",
          largest_npy_rank);
  std::string header =
      text("{'descr': '<f", sizeof(Real), "', 'fortran_order': False, 'shape': ", tensor.shape(), ", }");
  const std::size_t start = npy_magic.size() + 4, unit = 64;  // NumPy aligns the numbers so
  header.append(unit - 1 - (start + header.size()) % unit, ' ') += '\n';
  const auto length = static_cast<std::uint16_t>(header.size());
  return std::string(npy_magic) + std::string("\1\0", 2) + std::string(reinterpret_cast<const char*>(&length), 2) +
         header;
}

// N of "arr_N", if the name is one.
std::optional<std::uint64_t> position_in(std::string_view name) {
  std::uint64_t number = 0;
  if (!name.starts_with("arr_")) return std::nullopt;
  const auto [end, error] = std::from_chars(name.data() + 4, name.data() + name.size(), number);
  return error == std::errc{} && end == name.data() + name.size() ? std::optional(number) : std::nullopt;
}

}  // namespace

namespace {

// The array of these bytes, which a header has said will follow.
Tensor array_of(const NpyHeader& header, const Shape& shape, std::string_view bytes, const std::string& name) {
  const auto read = [&](const Shape& axes) { return to_tensor(*header.type, axes, bytes, name, header.big_endian()); };
  return header.fortran_order ? transposed(read(Shape(shape.rbegin(), shape.rend()))) : read(shape);
}

// The bytes of some rows. In Fortran order, each column has them in one piece.
std::string read_rows(const InputFile& file, const NpyHeader& header, std::size_t first, std::size_t last) {
  const std::size_t rows = header.shape[0], all = *bytes_of(*header.type, header.shape);
  if (all == 0) return {};
  const std::size_t columns = header.fortran_order ? all / size_of(*header.type) / rows : 1;
  const std::size_t row = all / rows / columns, piece = (last - first) * row;
  std::string bytes(columns * piece, '\0');
  for (std::size_t c = 0; c < columns; ++c)
    file.read(header.begin + (c * rows + first) * row, std::span(bytes).subspan(c * piece, piece));
  return bytes;
}

}  // namespace

Tensor parse_npy(std::string_view bytes, const std::string& name) {
  const NpyHeader header = read_npy_header(bytes, name);
  header.check(bytes.size(), name);
  return array_of(header, header.shape, bytes.substr(header.begin), name);
}

namespace {

constexpr std::string_view ending = ".npy";

std::string array_name(const ZipMember& member) {
  return member.name.substr(0, member.name.size() - (member.name.ends_with(ending) ? ending.size() : 0));
}

// The array of a member. If it has none that a tensor can take: nothing if that is asked for, else throws DataError.
std::optional<Tensor> array_of(const ZipMember& member, const std::string& name, bool passes_over) {
  const std::string whose = text(name, ": member ", excerpt(member.name));
  if (passes_over && !member.name.ends_with(ending)) return std::nullopt;
  require<DataError>(member.name.ends_with(ending), whose, " is no .npy");
  // A bomb is not unpacked: the header alone says how much there is to be.
  const auto [begin, end] = npy_header_place(unpack(member, longest_npy_start, name), whose);
  const NpyHeader header = read_npy_header(unpack(member, end, name), whose);
  if (passes_over && !header.type) return std::nullopt;
  header.check(member.size, whose);
  return parse_npy(unpack(member, member.size, name), whose);
}

std::vector<std::pair<std::string, Tensor>> arrays_of(std::string_view bytes, const std::string& name,
                                                      bool passes_over) {
  std::vector<std::pair<std::string, Tensor>> arrays;
  for (const ZipMember& member : zip_members(bytes, name))
    if (std::optional<Tensor> array = array_of(member, name, passes_over))
      arrays.emplace_back(array_name(member), std::move(*array));
  const auto numbered = [](const auto& array) { return position_in(array.first).has_value(); };
  if (std::all_of(arrays.begin(), arrays.end(), numbered))
    std::stable_sort(arrays.begin(), arrays.end(),
                     [](const auto& a, const auto& b) { return position_in(a.first) < position_in(b.first); });
  return arrays;
}

}  // namespace

std::vector<std::pair<std::string, Tensor>> parse_npz(std::string_view bytes, const std::string& name) {
  return arrays_of(bytes, name, true);
}

Tensor load_npy(const std::string& path, const Part& part) {
  if (part.is_all()) return parse_npy(read_file(path), path);
  const InputFile file(path);
  const auto start = [&](std::uint64_t size) {
    std::string bytes(static_cast<std::size_t>(std::min(size, file.size())), '\0');
    file.read(0, bytes);
    return bytes;
  };
  const NpyHeader header = read_npy_header(start(npy_header_place(start(longest_npy_start), path).second), path);
  header.check(file.size(), path);
  require<DataError>(!header.shape.empty(), path, ": has one number and no rows; it has no parts");
  const auto [first, last] = part.of(header.shape[0]);
  Shape shape = header.shape;
  shape[0] = last - first;
  return array_of(header, shape, read_rows(file, header, first, last), path);
}

std::vector<std::pair<std::string, Tensor>> load_npz_named(const std::string& path) {
  return parse_npz(read_file(path), path);
}

std::vector<Tensor> load_npz(const std::string& path) {
  std::vector<Tensor> tensors;
  for (auto& [name, tensor] : arrays_of(read_file(path), path, false)) tensors.push_back(std::move(tensor));
  return tensors;
}

Tensor load_npz(const std::string& path, std::string_view name) {
  const std::string bytes = read_file(path);
  std::string names;
  for (const ZipMember& member : zip_members(bytes, path)) {
    if (array_name(member) == name) return *array_of(member, path, false);
    if (names.size() < 500) names += (names.empty() ? "" : ", ") + excerpt(array_name(member));
  }
  throw DataError(
      text(path, ": there is no array ", excerpt(name), "; there are ", names.empty() ? "none" : cut(names, 500)));
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

void save_npz_named(const std::string& path, const std::vector<std::pair<std::string, Tensor>>& arrays) {
  std::vector<std::pair<std::string, std::string>> members;
  std::set<std::string> names;
  for (const auto& [name, tensor] : arrays) {
    require<ValueError>(!name.empty() && name.size() < 60'000 && names.insert(name).second, "save_npz_named: the name ",
                        excerpt(name), " is empty, too long, or there already; it takes one for each array");
    members.emplace_back(name + ".npy", header_of(tensor).append(bytes_of(tensor)));
  }
  write_file(path, zip(members));
}

}  // namespace xgrad::inline XGRAD_PRECISION
