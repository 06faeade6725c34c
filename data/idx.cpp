#include <xgrad/data/idx.hpp>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

constexpr std::size_t chunk = 1 << 16;

// The bytes of a file from first to last; those of a gzip file are inflated on the way.
class Input {
 public:
  explicit Input(const std::string& path) : name_(path) {
    std::error_code error;
    file_size_ = std::filesystem::file_size(path, error);
    check(!error, "cannot be read (", error.message(), "); is this the right path?");
    file_.open(path, std::ios::binary);
    check(file_.is_open(), "cannot be opened; are you allowed to read it?");
    gzip_ = file_.get() == 0x1f && file_.get() == 0x8b;
    file_.clear();
    file_.seekg(0);
    check(inflateInit2(&stream_, MAX_WBITS + 16) == Z_OK, "no memory to inflate it");  // + 16: gzip only
  }
  ~Input() { inflateEnd(&stream_); }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  bool gzip() const { return gzip_; }
  std::uintmax_t file_size() const { return file_size_; }

  // Throws a DataError that names the file unless the condition holds.
  template <class... Parts>
  void check(bool condition, const Parts&... parts) const {
    require<DataError>(condition, name_, ": ", parts...);
  }

  // Writes the next n bytes to out, n at most a chunk, and returns n, or fewer if the file ends.
  std::size_t read(std::uint8_t* out, std::size_t n) { return gzip_ ? inflated(out, n) : stored(out, n); }

  // Passes over the next n bytes, and returns n, or fewer if a gzip file ends.
  std::size_t skip(std::size_t n) {
    if (!gzip_) file_.seekg(static_cast<std::streamoff>(n), std::ios::cur);
    std::vector<std::uint8_t> passed(gzip_ ? std::min(n, chunk) : 0);
    std::size_t done = gzip_ ? 0 : n;
    for (std::size_t got = 1; done < n && got > 0; done += got) got = read(passed.data(), std::min(n - done, chunk));
    return done;
  }

 private:
  std::size_t stored(std::uint8_t* out, std::size_t n) {
    file_.read(reinterpret_cast<char*>(out), static_cast<std::streamsize>(n));
    return static_cast<std::size_t>(file_.gcount());
  }

  // gzip is one member or several, joined (RFC 1952). inflate() itself compares the CRC and length that end each one.
  std::size_t inflated(std::uint8_t* out, std::size_t n) {
    stream_.next_out = out;
    stream_.avail_out = static_cast<uInt>(n);
    while (stream_.avail_out > 0) {
      if (stream_.avail_in == 0) {
        stream_.next_in = compressed_.data();
        stream_.avail_in = static_cast<uInt>(stored(compressed_.data(), chunk));
        loaded_ += stream_.avail_in;
      }
      if (stream_.avail_in == 0) {
        check(member_ended_, "gzip cut short at byte ", loaded_, "; fetch it again");
        break;
      }
      const int status = inflate(&stream_, Z_NO_FLUSH);
      member_ended_ = status == Z_STREAM_END;
      check(member_ended_ || status == Z_OK, "corrupt gzip before byte ", loaded_ - stream_.avail_in, " (",
            stream_.msg ? stream_.msg : zError(status), "); fetch it again");
      if (member_ended_) inflateReset(&stream_);
    }
    return n - stream_.avail_out;
  }

  std::string name_;
  std::uintmax_t file_size_;
  std::ifstream file_;
  bool gzip_;
  z_stream stream_{};
  std::array<std::uint8_t, chunk> compressed_;
  std::size_t loaded_ = 0;     // bytes of the file that have been in compressed_
  bool member_ended_ = false;  // the last byte inflated was the last of a member
};

using Word = std::array<std::uint8_t, 4>;

std::string printable(const Word& word) {
  std::string out;
  for (const std::uint8_t byte : word) {
    if (byte >= ' ' && byte <= '~')
      out += static_cast<char>(byte);
    else
      (out += "\\x") += {"0123456789abcdef"[byte / 16], "0123456789abcdef"[byte % 16]};
  }
  return out;
}

}  // namespace

Idx read_idx(const std::string& path, std::size_t rank, const Part& part) {
  Input in(path);
  const std::size_t header = 4 + 4 * rank;
  const auto word_at = [&](std::size_t offset) {
    Word word;
    const std::size_t got = in.read(word.data(), 4);
    in.check(got == 4, "ends at byte ", offset + got, ", within its header of ", header, " bytes; fetch it again");
    return word;
  };

  const Word magic = word_at(0);
  in.check(magic[0] == 0 && magic[1] == 0, in.gzip() ? "not IDX in its gzip" : "not IDX and not gzip",
           " (starts with '", printable(magic), "'); fetch it again");
  in.check(magic[2] == 8, "element type ", +magic[2],
           " at offset 2, expected 8, unsigned bytes; is it the right file?");
  in.check(magic[3] == rank, "rank ", +magic[3], " at offset 3, expected ", rank,
           "; images have rank 3 and labels rank 1: is it the right file?");

  Idx idx;
  for (std::size_t k = 0; k < rank; ++k) {
    const Word w = word_at(4 + 4 * k);
    idx.shape.push_back(std::size_t{w[0]} << 24 | w[1] << 16 | w[2] << 8 | w[3]);
  }
  std::size_t count = 1;
  for (const std::size_t extent : idx.shape) {
    in.check(extent == 0 || count <= (std::numeric_limits<std::size_t>::max() - header) / extent, "its header says ",
             idx.shape, ", more bytes than 64 bits can count; fetch it again");
    count *= extent;
  }

  const auto check_size = [&, shape = idx.shape, bytes = header + count](bool condition, const auto& found) {
    in.check(condition, "its header says ", shape, ", so expected ", bytes, " bytes, found ", found,
             "; fetch it again");
  };
  check_size(in.gzip() || in.file_size() == header + count, in.file_size());

  const auto [first, last] = part.of(idx.shape[0]);
  const std::size_t row = idx.shape[0] == 0 ? 0 : count / idx.shape[0], before = header + first * row;
  count = (last - first) * row;
  idx.shape[0] = last - first;
  const std::size_t passed = header + in.skip(first * row);
  check_size(passed == before, passed);

  // The header is not believed: room for 16 bytes for each of the file (MNIST inflates to 5), more only as they arrive.
  idx.bytes.reserve(std::min<std::size_t>(count, 16 * in.file_size()));
  want_huge_pages(idx.bytes.data(), idx.bytes.capacity());  // a step of 784-10-10-10 takes 43 us instead of 47
  while (idx.bytes.size() < count) {
    const std::size_t have = idx.bytes.size(), n = std::min(chunk, count - have);
    idx.bytes.resize(have + n);
    const std::size_t got = in.read(&idx.bytes[have], n);
    check_size(got == n, before + have + got);
  }
  std::uint8_t extra = 0;
  check_size(!part.is_all() || in.read(&extra, 1) == 0, "more");
  return idx;
}

}  // namespace xgrad::inline XGRAD_PRECISION
