#include <xgrad/tables/detail/plain_text.hpp>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

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

struct PlainFile::Inflater {
  z_stream stream{};
  std::string packed;  // the part at hand
  bool ended = false;

  Inflater() { require<DataError>(inflateInit2(&stream, MAX_WBITS + 16) == Z_OK, "no memory to inflate gzip"); }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

PlainFile::PlainFile(const std::string& path, std::size_t part) : file_(path), part_(std::max<std::size_t>(part, 16)) {
  std::array<char, 2> first{};
  if (file_.size() < first.size()) return;
  file_.read(0, first);
  if (first[0] == '\x1f' && first[1] == '\x8b') inflater_ = std::make_unique<Inflater>();
}

PlainFile::~PlainFile() = default;

std::uint64_t PlainFile::size() const {
  std::array<char, 4> last{};  // of gzip: the size of what is inflated
  if (!inflater_ || file_.size() < last.size()) return file_.size();
  file_.read(file_.size() - last.size(), last);
  std::uint64_t size = 0;
  for (std::size_t k = 0; k < last.size(); ++k) size |= std::uint64_t{static_cast<std::uint8_t>(last[k])} << (8 * k);
  return std::min(size, 16 * file_.size());
}

void PlainFile::go_to(std::uint64_t offset) {
  next_ = inflater_ ? 0 : offset;
  if (!inflater_) return;
  inflater_ = std::make_unique<Inflater>();
  std::string passed(part_, '\0');
  while (offset > 0) {
    const std::size_t n = read({passed.data(), static_cast<std::size_t>(std::min<std::uint64_t>(offset, part_))});
    require<DataError>(n > 0, file_.path(), ": is shorter than it was; who is writing to it?");
    offset -= n;
  }
}

std::size_t PlainFile::read(std::span<char> to) {
  const auto next = [&](std::size_t most) {
    return static_cast<std::size_t>(std::min<std::uint64_t>(file_.size() - std::min(next_, file_.size()), most));
  };
  if (!inflater_) {
    to = to.first(next(to.size()));
    file_.read(next_, to);
    next_ += to.size();
    return to.size();
  }
  // One member or several, joined (RFC 1952); inflate() itself compares the CRC and length that end each one.
  auto& [stream, packed, ended] = *inflater_;
  to = to.first(std::min(to.size(), part_));
  stream.next_out = reinterpret_cast<Bytef*>(to.data());
  stream.avail_out = static_cast<uInt>(to.size());
  while (stream.avail_out > 0 && !ended) {
    if (stream.avail_in == 0) {
      packed.resize(next(part_));
      file_.read(next_, packed);
      next_ += packed.size();
      stream.next_in = reinterpret_cast<Bytef*>(packed.data());
      stream.avail_in = static_cast<uInt>(packed.size());
    }
    const int status = inflate(&stream, Z_NO_FLUSH);
    const bool is_all = stream.avail_in == 0 && next_ == file_.size();
    if (status == Z_STREAM_END) {
      ended = is_all;
      require<DataError>(ended || inflateReset(&stream) == Z_OK, file_.path(), ": corrupt gzip");
    } else {
      require<DataError>(status == Z_OK, file_.path(), is_all ? ": gzip cut short" : ": corrupt gzip", " at byte ",
                         next_ - stream.avail_in, "; fetch it again");
    }
  }
  return to.size() - stream.avail_out;
}

std::size_t plain_end(std::string_view text, std::size_t begin) {
  const std::string_view whole = text.substr(0, text.find('\0', begin));
  for (std::size_t at = begin; at < whole.size();) {
    std::uint64_t eight = 0;
    if (at + sizeof eight <= whole.size()) {
      std::memcpy(&eight, whole.data() + at, sizeof eight);
      if ((eight & 0x8080808080808080u) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    const std::size_t bytes = character(whole.substr(at, 4));
    if (bytes == 0) return at;
    at += bytes;
  }
  return whole.size();
}

}  // namespace xgrad::inline XGRAD_PRECISION
