#include <xgrad/data/safetensors.hpp>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/numbers.hpp>
#include <xgrad/data/file.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

constexpr std::uint64_t largest_header = 100'000'000;  // as the format says
constexpr std::size_t largest_rank = 64;               // as NumPy
constexpr std::string_view metadata_name = "__metadata__", crc_name = "xgrad.crc32";
constexpr std::string_view crc_unknown = "00000000";  // stands for the checksum while it is computed

// In the order of NumberType.
constexpr std::array<std::string_view, 13> dtypes = {"BOOL", "U8",  "I8",  "I16", "U16", "F16", "BF16",
                                                     "I32",  "U32", "F32", "F64", "I64", "U64"};

std::optional<NumberType> type_named(std::string_view dtype) {
  const auto found = std::find(dtypes.begin(), dtypes.end(), dtype);
  if (found == dtypes.end()) return std::nullopt;
  return static_cast<NumberType>(found - dtypes.begin());
}

struct Entry {
  StoredTensor tensor;
  std::array<std::uint64_t, 2> offsets = {};  // begin and end in the bytes after the header
  std::size_t offsets_given = 0;
};

// Takes the header as it is read, so that what does not belong there is refused where it starts, however deep or long.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit HeaderReader(std::string name) : name_(std::move(name)) {}

  std::vector<Entry> entries;
  std::map<std::string, std::string> metadata;

  bool start_object(std::size_t) override {
    check(depth_ < 2);
    if (++depth_ == 2 && !in_metadata_) entries.push_back({{.name = key_, .dtype = "", .shape = {}, .bytes = {}}});
    return true;
  }
  bool key(std::string& key) override {
    if (depth_ == 1) {
      in_metadata_ = key == metadata_name;
      seen_ = {};
      check(!in_metadata_ || !std::exchange(had_metadata_, true));
      key_ = std::move(key);
    } else if (in_metadata_) {
      metadata_key_ = std::move(key);
    } else {
      field_ = static_cast<std::size_t>(std::find(fields.begin(), fields.end(), key) - fields.begin());
      check(field_ < fields.size() && !std::exchange(seen_[field_], true));
    }
    return true;
  }
  bool string(std::string& value) override {
    if (depth_ == 2 && in_metadata_) {
      check(metadata.emplace(metadata_key_, std::move(value)).second);
    } else {
      check(depth_ == 2 && field_ == dtype);
      entries.back().tensor.dtype = std::move(value);
    }
    return true;
  }
  bool start_array(std::size_t) override {
    check(depth_ == 2 && !in_metadata_ && (field_ == shape || field_ == data_offsets));
    ++depth_;
    return true;
  }
  bool number_unsigned(std::uint64_t value) override {
    check(depth_ == 3);
    Entry& entry = entries.back();
    if (field_ == shape) {
      check(entry.tensor.shape.size() < largest_rank);
      entry.tensor.shape.push_back(value);
    } else {
      check(entry.offsets_given < 2);
      entry.offsets[entry.offsets_given++] = value;
    }
    return true;
  }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool end_object() override {
    check(depth_ == 1 || in_metadata_ || (seen_ == std::array{true, true, true} && entries.back().offsets_given == 2));
    --depth_;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) override {
    throw DataError(text(name_, ": its header is not JSON in UTF-8, at byte ", 8 + position - 1));
  }
  bool null() override { return refused(); }
  bool boolean(bool) override { return refused(); }
  bool number_integer(std::int64_t) override { return refused(); }
  bool number_float(double, const std::string&) override { return refused(); }
  bool binary(nlohmann::json::binary_t&) override { return refused(); }

 private:
  enum : std::size_t { dtype, shape, data_offsets };
  static constexpr std::array<std::string_view, 3> fields = {"dtype", "shape", "data_offsets"};

  bool refused() const {
    check(false);
    return false;
  }
  void check(bool condition) const {
    if (condition) [[likely]]
      return;
    throw DataError(depth_ == 0 ? text(name_, ": its header is not a JSON object of tensors")
                    : in_metadata_
                        ? text(name_, ": its metadata is not one object of texts, each under a name of its own")
                        : text(name_, ": its header describes tensor ", excerpt(key_),
                               " otherwise than by one each of \"dtype\": a text, \"shape\": [up to ", largest_rank,
                               " whole numbers], \"data_offsets\": [begin, end]"));
  }

  std::string name_;
  int depth_ = 0;  // 1 in the header, 2 in a tensor's description or the metadata, 3 in a list of numbers
  std::string key_, metadata_key_;
  bool in_metadata_ = false, had_metadata_ = false;
  std::size_t field_ = 0;
  std::array<bool, 3> seen_ = {};
};

uLong crc_of(std::string_view bytes, uLong before = 0) {
  if (bytes.empty()) return before;  // zlib takes no bytes at no address for a new start
  return crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
}

std::string hex(uLong crc) {
  std::string digits(crc_unknown);
  for (std::size_t k = 0; k < digits.size(); ++k) digits[k] = "0123456789abcdef"[crc >> (28 - 4 * k) & 15];
  return digits;
}

// Where in these bytes, which start with a header, the digits of the checksum are; npos if there are none.
std::size_t find_crc(std::string_view bytes) {
  const std::string before = text('"', crc_name, "\":\"");
  const std::size_t at = bytes.find(before);
  return at == bytes.npos || bytes.size() - at - before.size() < crc_unknown.size() ? bytes.npos : at + before.size();
}

}  // namespace

SafeTensors parse_safetensors(std::string_view bytes, const std::string& name) {
  const auto check = [&name](bool condition, const auto&... parts) {
    require<DataError>(condition, name, ": ", parts...);
  };
  std::uint64_t length = 0;
  check(bytes.size() >= sizeof length, "ends at byte ", bytes.size(), ", within the 8 bytes of its header's length");
  std::memcpy(&length, bytes.data(), sizeof length);
  check(length <= largest_header, "a header of ", length, " bytes is too large; the format has at most ",
        largest_header);
  check(length <= bytes.size() - 8, "its header of ", length, " bytes ends after the file, which has ", bytes.size());
  const std::string_view header = bytes.substr(8, length), data = bytes.substr(8 + length);
  check(header.find('\0') == header.npos, "its header is not JSON in UTF-8: it has a byte 0");

  HeaderReader reader(name);
  nlohmann::json::sax_parse(header.begin(), header.end(), &reader);

  // In the order of their bytes, each tensor starts where the one before it ends.
  std::sort(reader.entries.begin(), reader.entries.end(),
            [](const Entry& a, const Entry& b) { return a.offsets < b.offsets; });
  std::uint64_t end = 0;
  SafeTensors all{.tensors = {}, .metadata = std::move(reader.metadata), .file = nullptr};
  all.tensors.reserve(reader.entries.size());
  for (auto& [tensor, offsets, given] : reader.entries) {
    const auto check_it = [&, &tensor = tensor](bool condition, const auto&... parts) {
      check(condition, "tensor ", excerpt(tensor.name), ": ", parts...);
    };
    const auto type = type_named(tensor.dtype);
    check_it(type.has_value(), "unknown dtype ", excerpt(tensor.dtype));
    const auto size = bytes_of(*type, tensor.shape);
    check_it(size.has_value(), "shape ", tensor.shape, " overflows, with more bytes than 63 bits can count");
    check_it(offsets[0] == end, "invalid offset ", offsets[0], ", where the tensor before it ends at ", end,
             "; tensors neither overlap nor leave a gap");
    check_it(offsets[1] >= offsets[0] && offsets[1] - offsets[0] == *size, "invalid info: shape ", tensor.shape, " of ",
             tensor.dtype, " takes ", *size, " bytes, its data_offsets are ", offsets[0], " and ", offsets[1]);
    end = offsets[1];
    check_it(end <= data.size(), "incomplete: it ends at byte ", end, " of only ", data.size(), " after the header");
    tensor.bytes = data.substr(offsets[0], *size);
    all.tensors.push_back(std::move(tensor));
  }
  check(end == data.size(), "its tensors are incomplete: they end at byte ", end, " of ", data.size(),
        " after the header");

  std::vector<std::string_view> names;
  for (const StoredTensor& tensor : all.tensors) names.push_back(tensor.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  check(twice == names.end(), "two tensors have the name ", excerpt(twice == names.end() ? "" : *twice));

  if (const auto crc = all.metadata.find(std::string(crc_name)); crc != all.metadata.end()) {
    const std::size_t at = find_crc(bytes.substr(0, 8 + length));
    check(at != bytes.npos && crc->second == hex(crc_of(bytes.substr(at + crc_unknown.size()),
                                                        crc_of(crc_unknown, crc_of(bytes.substr(0, at))))),
          "its bytes do not match their checksum, ", excerpt(crc->second),
          "; the file is damaged, or was changed by a program that kept the old checksum");
    all.metadata.erase(crc);
  }
  return all;
}

SafeTensors read_safetensors(const std::string& path) {
  auto file = std::make_shared<const std::string>(read_file(path));
  SafeTensors all = parse_safetensors(*file, path);
  all.file = std::move(file);
  return all;
}

void write_safetensors(const std::string& path, std::vector<StoredTensor> tensors,
                       std::map<std::string, std::string> metadata) {
  for (const StoredTensor& tensor : tensors) {
    const auto type = type_named(tensor.dtype);
    require<ValueError>(type && bytes_of(*type, tensor.shape) == tensor.bytes.size(), "write_safetensors: tensor ",
                        excerpt(tensor.name), " has ", tensor.bytes.size(), " bytes for shape ", tensor.shape, " of ",
                        tensor.dtype);
    require<ValueError>(tensor.name != metadata_name && tensor.shape.size() <= largest_rank,
                        "write_safetensors: tensor ", excerpt(tensor.name), " of rank ", tensor.shape.size(),
                        "; it takes any other name than \"", metadata_name, "\", and ranks up to ", largest_rank);
  }
  const auto before = [](const StoredTensor& a, const StoredTensor& b) {
    return a.dtype != b.dtype ? type_named(a.dtype) > type_named(b.dtype) : a.name < b.name;
  };
  std::sort(tensors.begin(), tensors.end(), before);

  metadata[std::string(crc_name)] = crc_unknown;
  nlohmann::ordered_json header = {{metadata_name, metadata}};
  std::vector<std::string_view> parts = {""};  // the header, once it is written
  std::uint64_t end = 0;
  for (const StoredTensor& tensor : tensors) {
    const std::uint64_t begin = std::exchange(end, end + tensor.bytes.size());
    require<ValueError>(!header.contains(tensor.name), "write_safetensors: two tensors have the name ",
                        excerpt(tensor.name));
    header[tensor.name] = {{"dtype", tensor.dtype},
                           {"shape", std::vector<std::size_t>(tensor.shape.begin(), tensor.shape.end())},
                           {"data_offsets", {begin, end}}};
    parts.push_back(tensor.bytes);
  }
  std::string start;
  try {
    start = header.dump();
  } catch (const nlohmann::json::type_error&) {
    throw ValueError("write_safetensors: a name or a text of the metadata is not UTF-8");
  }
  start.append(7 - (start.size() + 7) % 8, ' ');
  const std::uint64_t length = start.size();
  require<ValueError>(length <= largest_header, "write_safetensors: the names, shapes and metadata make a header of ",
                      length, " bytes; the format has at most ", largest_header);
  start.insert(0, reinterpret_cast<const char*>(&length), sizeof length);

  parts[0] = start;
  uLong crc = 0;
  for (const std::string_view part : parts) crc = crc_of(part, crc);
  start.replace(find_crc(start), crc_unknown.size(), hex(crc));
  write_file(path, parts);
}

StoredTensor stored(std::string name, const Tensor& value) {
  return {.name = std::move(name),
          .dtype = std::string(dtypes[static_cast<std::size_t>(real_type)]),
          .shape = value.shape(),
          .bytes = bytes_of(value)};
}

Tensor to_tensor(const StoredTensor& stored) {
  const auto type = type_named(stored.dtype);
  require<DataError>(type.has_value(), "tensor ", excerpt(stored.name), ": unknown dtype ", excerpt(stored.dtype));
  return to_tensor(*type, stored.shape, stored.bytes, text("tensor ", excerpt(stored.name), " of ", stored.dtype));
}

}  // namespace xgrad::inline XGRAD_PRECISION
