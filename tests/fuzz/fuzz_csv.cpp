#include <xgrad/data/csv.hpp>

#include "fuzz.hpp"

// The first byte chooses the options, the rest is the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return xgrad::fuzz(bytes, size, [](std::string_view file) {
    const char options = file.empty() ? '\0' : file[0];
    file.remove_prefix(file.empty() ? 0 : 1);
    xgrad::parse_csv(
        file, {.header = (options & 1) != 0, .label = options & 2 ? "" : "0", .separator = options & 4 ? ';' : ','},
        "x");
  });
}
