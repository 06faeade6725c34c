#pragma once

// safetensors, the file format of models: the length of the header as eight bytes, the lowest first; the header, a JSON
// object with {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]} for each name; the bytes of the tensors, one
// after another without a gap. https://github.com/huggingface/safetensors

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

class InputFile;

/// A tensor as a file holds it. The bytes are in somebody else's memory.
struct StoredTensor {
  std::string name;
  std::string dtype;  // BOOL, U8 to U64, I8 to I64, F16, BF16, F32, F64, or one of those that no tensor can take: F4,
                      // F6_E2M3, F6_E3M2, F8_E5M2, F8_E4M3, F8_E8M0, C64
  Shape shape;
  std::string_view bytes;  // row-major, little-endian
};

/// What a file holds.
struct SafeTensors {
  std::vector<StoredTensor> tensors;            // in the order of their bytes
  std::map<std::string, std::string> metadata;  // texts by name, under __metadata__ in the file
  std::shared_ptr<const std::string> file;      // whose bytes the tensors show; none after parse_safetensors
};

/// Reads a file. Throws DataError unless its header and bytes agree in all, with what is wrong in the words of the
/// format's own errors. Fields of a tensor's description that the format does not have are passed over. Memory: the
/// file and its list of tensors, never what the header only promises. A checksum that write_safetensors left is
/// compared.
SafeTensors read_safetensors(const std::string& path);

/// Reads a file, as read_safetensors() does, from bytes in memory, which have to outlive the tensors. The messages of
/// its errors begin with `name`.
SafeTensors parse_safetensors(std::string_view bytes, const std::string& name);

/// A file whose tensors are read when they are asked for, one at a time.
class SafeTensorsFile {
 public:
  /// Opens a file. Throws DataError as read_safetensors() does. Memory: the file's header, never what that only
  /// promises.
  explicit SafeTensorsFile(const std::string& path);
  ~SafeTensorsFile();

  const std::vector<StoredTensor>& tensors() const { return tensors_; }             ///< without their bytes
  const std::map<std::string, std::string>& metadata() const { return metadata_; }  ///< texts by name

  /// The numbers of tensors()[k], as to_tensor() gives them. Throws DataError as that does, and if the file was cut
  /// short meanwhile.
  Tensor read(std::size_t k) const;

 private:
  std::unique_ptr<InputFile> file_;
  std::vector<StoredTensor> tensors_;
  std::map<std::string, std::string> metadata_;
  std::vector<std::uint64_t> begins_;
};

/// Writes a file, all or nothing as write_file does, with a checksum of all of it under "xgrad.crc32" in the metadata.
/// The tensors are put into the order of Python's safetensors: by dtype, large numbers first, then by name. Throws
/// ValueError if a name is used twice, is "__metadata__" or is not UTF-8, and for bytes that do not fit their shape and
/// dtype.
void write_safetensors(const std::string& path, std::vector<StoredTensor> tensors,
                       std::map<std::string, std::string> metadata = {});

/// A tensor to be written, as F32 or F64 (what Real is), which has to outlive it.
StoredTensor stored(std::string name, const Tensor& value);
StoredTensor stored(std::string name, Tensor&& value) = delete;

/// The numbers of a stored tensor, by the one rule of all files: a float of any width is rounded to Real, a whole
/// number has to be one that Real holds exactly. Throws DataError naming the tensor for a whole number that it does not
/// hold, a float beyond its range, a bool that is neither 0 nor 1, and a dtype of none of these.
Tensor to_tensor(const StoredTensor& stored);

}  // namespace xgrad::inline XGRAD_PRECISION
