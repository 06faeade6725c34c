#include <zlib.h>

#include <xgrad/data/idx.hpp>

#include "fuzz.hpp"
#include "memory_file.hpp"

namespace {

// The bytes as a gzip file, so that the fuzzer gets past its CRC too.
std::string gzip(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

// What starts as gzip is read as it is; anything else is the content of a gzip file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return xgrad::fuzz(bytes, size, [](std::string_view file) {
    const std::string packed = file.starts_with("\x1f\x8b") ? std::string(file) : gzip(file);
    xgrad::read_idx(xgrad::MemoryFile(packed).path, 3);
  });
}
