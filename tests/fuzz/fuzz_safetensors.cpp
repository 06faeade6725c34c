#include <xgrad/data/safetensors.hpp>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return xgrad::fuzz(bytes, size, [](std::string_view file) {
    for (const xgrad::StoredTensor& tensor : xgrad::parse_safetensors(file, "x").tensors) to_tensor(tensor);
  });
}
