#include <xgrad/data/detail/safetensors_header.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include <xgrad/core/error.hpp>
#include <xgrad/data/file.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// In the order of the format.
using enum NumberType;
constexpr std::array<Dtype, 20> dtypes = {{{"BOOL", 8, b8},    {"F4", 4, {}},    {"F6_E2M3", 6, {}}, {"F6_E3M2", 6, {}},
                                           {"U8", 8, u8},      {"I8", 8, i8},    {"F8_E5M2", 8, {}}, {"F8_E4M3", 8, {}},
                                           {"F8_E8M0", 8, {}}, {"I16", 16, i16}, {"U16", 16, u16},   {"F16", 16, f16},
                                           {"BF16", 16, bf16}, {"I32", 32, i32}, {"U32", 32, u32},   {"F32", 32, f32},
                                           {"C64", 64, {}},    {"F64", 64, f64}, {"I64", 64, i64},   {"U64", 64, u64}}};

struct Entry {
  StoredTensor tensor;
  std::array<std::uint64_t, 2> offsets = {};  // begin and end in the bytes after the header
  std::size_t offsets_given = 0;
};

// Takes the header as it is read, so that what does not belong there is refused where it starts, however deep or long.
class SafetensorsHeaderReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit SafetensorsHeaderReader(std::string name) : name_(std::move(name)) {}

  std::vector<Entry> entries;
  std::map<std::string, std::string> metadata;

  bool start_object(std::size_t) override {
    if (ignores()) return deeper();
    check(depth_ < 2);
    if (++depth_ == 2 && !in_metadata_) entries.push_back({{.name = key_, .dtype = "", .shape = {}, .bytes = {}}});
    return true;
  }
  bool key(std::string& key) override {
    if (depth_ > 2) return true;  // in a field that is ignored
    if (depth_ == 1) {
      in_metadata_ = key == metadata_name;
      seen_ = {};
      check(!in_metadata_ || !std::exchange(had_metadata_, true));
      key_ = std::move(key);
    } else if (in_metadata_) {
      metadata_key_ = std::move(key);
    } else {
      field_ = static_cast<std::size_t>(std::find(fields.begin(), fields.end(), key) - fields.begin());
      check(field_ == fields.size() || !std::exchange(seen_[field_], true));
    }
    return true;
  }
  bool string(std::string& value) override {
    if (ignores()) return true;
    if (depth_ == 2 && in_metadata_) {
      check(metadata.emplace(metadata_key_, std::move(value)).second);
    } else {
      check(depth_ == 2 && field_ == dtype);
      entries.back().tensor.dtype = std::move(value);
    }
    return true;
  }
  bool start_array(std::size_t) override {
    if (ignores()) return deeper();
    check(depth_ == 2 && !in_metadata_ && (field_ == shape || field_ == data_offsets));
    ++depth_;
    return true;
  }
  bool number_unsigned(std::uint64_t value) override {
    if (ignores()) return true;
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
    check(depth_ != 2 || in_metadata_ || (seen_ == std::array{true, true, true} && entries.back().offsets_given == 2));
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

  // Whether what is read belongs to a field that the format does not have: as Python's reader, it is passed over.
  bool ignores() const { return depth_ >= 2 && !in_metadata_ && field_ == fields.size(); }
  bool deeper() {
    check(++depth_ < 128);  // as there
    return true;
  }
  bool refused() const {
    check(ignores());
    return true;
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

}  // namespace

const Dtype* dtype_named(std::string_view name) {
  const auto found = std::find_if(dtypes.begin(), dtypes.end(), [&](const Dtype& d) { return d.name == name; });
  return found == dtypes.end() ? nullptr : &*found;
}

std::optional<std::size_t> Dtype::bytes_of(const Shape& shape) const {
  std::size_t most = std::numeric_limits<std::ptrdiff_t>::max() / bits;
  for (const std::size_t extent : shape) most /= std::max<std::size_t>(extent, 1);
  if (most == 0 || element_count(shape) * bits % 8 != 0) return std::nullopt;
  return element_count(shape) * bits / 8;
}

std::uint64_t header_length(std::string_view start, std::uint64_t file_size, const std::string& name) {
  std::uint64_t length = 0;
  require<DataError>(file_size >= sizeof length, name, ": ends at byte ", file_size,
                     ", within the 8 bytes of its header's length");
  std::memcpy(&length, start.data(), sizeof length);
  require<DataError>(length <= largest_header, name, ": a header of ", length,
                     " bytes is too large; the format has at most ", largest_header);
  require<DataError>(length <= file_size - 8, name, ": its header of ", length,
                     " bytes ends after the file, which has ", file_size);
  return length;
}

SafeTensorsHeader parse_header(std::string_view start, std::uint64_t file_size, const std::string& name) {
  const auto check = [&name](bool condition, const auto&... parts) {
    require<DataError>(condition, name, ": ", parts...);
  };
  const std::string_view header = start.substr(8);
  const std::uint64_t data_size = file_size - start.size();
  check(header.find('\0') == header.npos, "its header is not JSON in UTF-8: it has a byte 0");

  SafetensorsHeaderReader reader(name);
  nlohmann::json::sax_parse(header.begin(), header.end(), &reader);

  // In the order of their bytes, each tensor starts where the one before it ends.
  std::sort(reader.entries.begin(), reader.entries.end(),
            [](const Entry& a, const Entry& b) { return a.offsets < b.offsets; });
  std::uint64_t end = 0;
  SafeTensorsHeader result;
  SafeTensors& all = result.all;
  all.metadata = std::move(reader.metadata);
  all.tensors.reserve(reader.entries.size());
  for (auto& [tensor, offsets, given] : reader.entries) {
    const auto check_it = [&, &tensor = tensor](bool condition, const auto&... parts) {
      check(condition, "tensor ", excerpt(tensor.name), ": ", parts...);
    };
    const Dtype* const type = dtype_named(tensor.dtype);
    check_it(type != nullptr, "unknown dtype ", excerpt(tensor.dtype));
    const auto size = type->bytes_of(tensor.shape);
    check_it(size.has_value(), "shape ", tensor.shape, " of ", tensor.dtype,
             " overflows, with more bits than 63 bits can count, or ends within a byte");
    check_it(offsets[0] == end, "invalid offset ", offsets[0], ", where the tensor before it ends at ", end,
             "; tensors neither overlap nor leave a gap");
    check_it(offsets[1] >= offsets[0] && offsets[1] - offsets[0] == *size, "invalid info: shape ", tensor.shape, " of ",
             tensor.dtype, " takes ", *size, " bytes, its data_offsets are ", offsets[0], " and ", offsets[1]);
    end = offsets[1];
    check_it(end <= data_size, "incomplete: it ends at byte ", end, " of only ", data_size, " after the header");
    result.begins.push_back(start.size() + offsets[0]);
    all.tensors.push_back(std::move(tensor));
  }
  check(end == data_size, "its tensors are incomplete: they end at byte ", end, " of ", data_size, " after the header");

  std::vector<std::string_view> names;
  for (const StoredTensor& tensor : all.tensors) names.push_back(tensor.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  check(twice == names.end(), "two tensors have the name ", excerpt(twice == names.end() ? "" : *twice));

  if (const auto crc = all.metadata.find(std::string(crc_name)); crc != all.metadata.end()) {
    result.crc = crc->second;
    all.metadata.erase(crc);
  }
  return result;
}

}  // namespace xgrad::inline XGRAD_PRECISION
