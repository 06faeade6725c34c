#pragma once

// safetensors, the file format of models: the length of the header as eight bytes, the lowest first; the header, a JSON
// object with {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]} for each name; the bytes of the tensors, one
// after another without a gap. https://github.com/huggingface/safetensors

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A tensor as a file holds it. The bytes are in somebody else's memory.
struct StoredTensor {
  std::string name;
  std::string dtype;  // BOOL, U8, U16, U32, U64, I8, I16, I32, I64, F16, BF16, F32 or F64
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
/// format's own errors. Memory: the file and its list of tensors, never what the header only promises. A checksum that
/// write_safetensors left is compared.
SafeTensors read_safetensors(const std::string& path);

/// Reads a file, as read_safetensors() does, from bytes in memory, which have to outlive the tensors. The messages of
/// its errors begin with `name`.
SafeTensors parse_safetensors(std::string_view bytes, const std::string& name);

/// Writes a file, all or nothing as write_file does, with a checksum of all of it under "xgrad.crc32" in the metadata.
/// The tensors are put into the order of Python's safetensors: by dtype, large numbers first, then by name. Throws
/// ValueError if a name is used twice, is "__metadata__" or is not UTF-8, and for bytes that do not fit their shape and
/// dtype.
void write_safetensors(const std::string& path, std::vector<StoredTensor> tensors,
                       std::map<std::string, std::string> metadata = {});

/// A tensor to be written, as F32 or F64 (what Real is), which has to outlive it.
StoredTensor stored(std::string name, const Tensor& value);
StoredTensor stored(std::string name, Tensor&& value) = delete;

/// The numbers of a stored tensor, floats rounded to Real. Throws DataError naming it for a whole number that Real does
/// not hold exactly, a float beyond its range, a bool that is neither 0 nor 1.
Tensor to_tensor(const StoredTensor& stored);

}  // namespace xgrad::inline XGRAD_PRECISION
