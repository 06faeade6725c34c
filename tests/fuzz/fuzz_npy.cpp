#include <xgrad/data/npy.hpp>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return xgrad::fuzz(bytes, size, [](std::string_view file) { xgrad::parse_npy(file, "x"); });
}
