#include <xgrad/data/safetensors.hpp>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/safetensors_header.hpp>
#include <xgrad/data/detail/zip.hpp>
#include <xgrad/data/file.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

std::string hex(std::uint32_t crc) {
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

// The checksum of a file, from the bytes up to the end of its header, and the others, which come in pieces.
class Checksum {
 public:
  Checksum(std::string_view start, const SafeTensorsHeader& header) : expected_(header.crc) {
    if (!expected_) return;
    at_ = find_crc(start);
    if (at_ == start.npos) return;
    crc_ = crc_of(start.substr(at_ + crc_unknown.size()), crc_of(crc_unknown, crc_of(start.substr(0, at_))));
  }
  bool is_there() const { return expected_.has_value(); }
  void add(std::string_view bytes) { crc_ = crc_of(bytes, crc_); }
  void check(const std::string& name) const {
    require<DataError>(!expected_ || (at_ != std::string_view::npos && *expected_ == hex(crc_)), name,
                       ": its bytes do not match their checksum, ", excerpt(expected_.value_or("")),
                       "; the file is damaged, or was changed by a program that kept the old checksum");
  }

 private:
  const std::optional<std::string>& expected_;
  std::size_t at_ = std::string_view::npos;
  std::uint32_t crc_ = 0;
};

}  // namespace

SafeTensors parse_safetensors(std::string_view bytes, const std::string& name) {
  const std::string_view start = bytes.substr(0, 8 + header_length(bytes, bytes.size(), name));
  SafeTensorsHeader header = parse_header(start, bytes.size(), name);
  for (std::size_t k = 0; k < header.begins.size(); ++k) {
    const std::size_t end = k + 1 < header.begins.size() ? header.begins[k + 1] : bytes.size();
    header.all.tensors[k].bytes = bytes.substr(header.begins[k], end - header.begins[k]);
  }
  Checksum crc(start, header);
  crc.add(bytes.substr(start.size()));
  crc.check(name);
  return std::move(header.all);
}

SafeTensors read_safetensors(const std::string& path) {
  auto file = std::make_shared<const std::string>(read_file(path));
  SafeTensors all = parse_safetensors(*file, path);
  all.file = std::move(file);
  return all;
}

SafeTensorsFile::SafeTensorsFile(const std::string& path) : file_(std::make_unique<InputFile>(path)) {
  std::string start(std::min<std::uint64_t>(8, file_->size()), '\0');
  file_->read(0, start);
  start.resize(8 + header_length(start, file_->size(), path));
  file_->read(8, std::span(start).subspan(8));
  SafeTensorsHeader header = parse_header(start, file_->size(), path);
  Checksum crc(start, header);
  std::string piece;
  for (std::uint64_t at = start.size(); crc.is_there() && at < file_->size(); at += piece.size()) {
    piece.resize(std::min<std::uint64_t>(1 << 16, file_->size() - at));
    file_->read(at, piece);
    crc.add(piece);
  }
  crc.check(path);
  tensors_ = std::move(header.all.tensors);
  metadata_ = std::move(header.all.metadata);
  begins_ = std::move(header.begins);
}

SafeTensorsFile::~SafeTensorsFile() = default;

Tensor SafeTensorsFile::read(std::size_t k) const {
  StoredTensor tensor = tensors_.at(k);
  const std::uint64_t end = k + 1 < begins_.size() ? begins_[k + 1] : file_->size();
  std::string bytes(end - begins_[k], '\0');
  file_->read(begins_[k], bytes);
  tensor.bytes = bytes;
  return to_tensor(tensor);
}

void write_safetensors(const std::string& path, std::vector<StoredTensor> tensors,
                       std::map<std::string, std::string> metadata) {
  for (const StoredTensor& tensor : tensors) {
    const Dtype* const type = dtype_named(tensor.dtype);
    require<ValueError>(type != nullptr && type->bytes_of(tensor.shape) == tensor.bytes.size(),
                        "write_safetensors: tensor ", excerpt(tensor.name), " has ", tensor.bytes.size(),
                        " bytes for shape ", tensor.shape, " of ", tensor.dtype);
    require<ValueError>(tensor.name != metadata_name && tensor.shape.size() <= largest_rank,
                        "write_safetensors: tensor ", excerpt(tensor.name), " of rank ", tensor.shape.size(),
                        "; it takes any other name than \"", metadata_name, "\", and ranks up to ", largest_rank);
  }
  const auto before = [](const StoredTensor& a, const StoredTensor& b) {
    return a.dtype != b.dtype ? dtype_named(a.dtype) > dtype_named(b.dtype) : a.name < b.name;
  };
  std::sort(tensors.begin(), tensors.end(), before);

  std::vector<std::string_view> names;
  for (const StoredTensor& tensor : tensors) names.push_back(tensor.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  require<ValueError>(twice == names.end(), "write_safetensors: two tensors have the name ",
                      excerpt(twice == names.end() ? "" : *twice));

  // Put together by hand: an object of nlohmann's that keeps the order looks at all names for each.
  metadata[std::string(crc_name)] = crc_unknown;
  std::vector<std::string_view> parts = {""};  // the header, once it is written
  std::string start;
  try {
    start = text("{\"", metadata_name, "\":", nlohmann::json(metadata).dump());
    std::uint64_t end = 0;
    for (const StoredTensor& tensor : tensors) {
      const std::uint64_t begin = std::exchange(end, end + tensor.bytes.size());
      const std::vector<std::size_t> shape(tensor.shape.begin(), tensor.shape.end());
      start += text(',', nlohmann::json(tensor.name).dump(), ":{\"dtype\":\"", tensor.dtype,
                    "\",\"shape\":", nlohmann::json(shape).dump(), ",\"data_offsets\":[", begin, ',', end, "]}");
      parts.push_back(tensor.bytes);
    }
  } catch (const nlohmann::json::type_error&) {
    throw ValueError("write_safetensors: a name or a text of the metadata is not UTF-8");
  }
  start += '}';
  start.append(7 - (start.size() + 7) % 8, ' ');
  const std::uint64_t length = start.size();
  require<ValueError>(length <= largest_header, "write_safetensors: the names, shapes and metadata make a header of ",
                      length, " bytes; the format has at most ", largest_header);
  start.insert(0, reinterpret_cast<const char*>(&length), sizeof length);

  parts[0] = start;
  std::uint32_t crc = 0;
  for (const std::string_view part : parts) crc = crc_of(part, crc);
  start.replace(find_crc(start), crc_unknown.size(), hex(crc));
  write_file(path, parts);
}

StoredTensor stored(std::string name, const Tensor& value) {
  return {.name = std::move(name),
          .dtype = sizeof(Real) == sizeof(float) ? "F32" : "F64",
          .shape = value.shape(),
          .bytes = bytes_of(value)};
}

Tensor to_tensor(const StoredTensor& stored) {
  const Dtype* const type = dtype_named(stored.dtype);
  const std::string whose = text("tensor ", excerpt(stored.name), " of ", stored.dtype.substr(0, 20));
  require<DataError>(type != nullptr && type->type.has_value(), whose,
                     " cannot be taken; a tensor takes F16, BF16, F32, F64, whole numbers and bools");
  return to_tensor(*type->type, stored.shape, stored.bytes, whose);
}

}  // namespace xgrad::inline XGRAD_PRECISION
