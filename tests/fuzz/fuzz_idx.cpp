#include <xgrad/data/idx.hpp>

#include "fuzz.hpp"
#include "memory_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return xgrad::fuzz(bytes, size, [](std::string_view file) {
    xgrad::read_idx(xgrad::MemoryFile(file).path, file.size() > 3 && file[3] == 1 ? 1 : 3);
  });
}
