#include <xgrad/tables/detail/plain_text.hpp>

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>

#include <xgrad/core/error.hpp>
#include <xgrad/data/file.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// One member or several, joined (RFC 1952); inflate() itself compares the CRC and length that end each one.
std::string inflated(std::string_view packed, const std::string& path) {
  z_stream stream{};
  require<DataError>(inflateInit2(&stream, MAX_WBITS + 16) == Z_OK, path, ": no memory to inflate it");
  const struct End {
    z_stream* stream;
    ~End() { inflateEnd(stream); }
  } end{&stream};
  std::string out(std::max<std::size_t>(4 * packed.size(), 1 << 16), '\0');
  std::size_t in = 0, written = 0;
  for (int status = Z_OK;;) {
    if (written == out.size()) out.resize(2 * out.size());
    constexpr std::size_t most = std::numeric_limits<uInt>::max();
    const std::size_t given = std::min(packed.size() - in, most), room = std::min(out.size() - written, most);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data() + in));
    stream.avail_in = static_cast<uInt>(given);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + written);
    stream.avail_out = static_cast<uInt>(room);
    status = inflate(&stream, Z_NO_FLUSH);
    in += given - stream.avail_in;
    written += room - stream.avail_out;
    if (status == Z_STREAM_END) {
      if (in == packed.size()) break;
      require<DataError>(inflateReset(&stream) == Z_OK, path, ": corrupt gzip");
      continue;
    }
    require<DataError>(status == Z_OK || (status == Z_BUF_ERROR && in < packed.size()), path,
                       in == packed.size() ? ": gzip cut short" : ": corrupt gzip", " at byte ", in,
                       "; fetch it again");
  }
  out.resize(written);
  return out;
}

// How many bytes the UTF-8 character at the beginning has; 0 if it is none.
std::size_t character(std::string_view text) {
  const auto byte = [&](std::size_t k) { return k < text.size() ? static_cast<std::uint8_t>(text[k]) : 0u; };
  const auto more = [&](std::size_t k) { return (byte(k) & 0xC0) == 0x80; };
  if (byte(0) < 0x80) return 1;
  if (byte(0) >= 0xC2 && byte(0) < 0xE0) return more(1) ? 2 : 0;
  if ((byte(0) & 0xF0) == 0xE0) {
    const bool valid =
        more(1) && more(2) && (byte(0) != 0xE0 || byte(1) >= 0xA0) && (byte(0) != 0xED || byte(1) < 0xA0);
    return valid ? 3 : 0;
  }
  const bool valid = byte(0) >= 0xF0 && byte(0) < 0xF5 && more(1) && more(2) && more(3) &&
                     (byte(0) != 0xF0 || byte(1) >= 0x90) && (byte(0) != 0xF4 || byte(1) < 0x90);
  return valid ? 4 : 0;
}

}  // namespace

std::string read_plain(const std::string& path) {
  std::string bytes = read_file(path);
  return bytes.starts_with("\x1f\x8b") ? inflated(bytes, path) : bytes;
}

std::string_view checked_text(std::string_view text, std::string_view name) {
  require<DataError>(!text.starts_with("\xff\xfe") && !text.starts_with("\xfe\xff"), name,
                     ": is UTF-16; save it as UTF-8, such as by: iconv -f UTF-16 -t UTF-8");
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (text.ends_with('\x1a')) text.remove_suffix(1);
  const std::size_t zero = text.find('\0');
  require<DataError>(zero == text.npos, name, ": byte ", zero,
                     " is 0: no text, or UTF-16 without its mark; save it as UTF-8");
  for (std::size_t at = 0; at < text.size();) {
    std::uint64_t eight = 0;
    if (at + sizeof eight <= text.size()) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if ((eight & 0x8080808080808080u) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    const std::size_t bytes = character(text.substr(at, 4));
    if (bytes == 0) {
      const std::string_view before = text.substr(0, at);
      const std::size_t line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
      const std::size_t begin = before.find_last_of("\r\n") + 1;
      require<DataError>(false, name, ": line ", line, ": byte ", static_cast<int>(static_cast<std::uint8_t>(text[at])),
                         " after ", excerpt(before.substr(begin)),
                         " is not UTF-8; if the file is Latin-1: iconv -f LATIN1 -t UTF-8");
    }
    at += bytes;
  }
  return text;
}

}  // namespace xgrad::inline XGRAD_PRECISION
