#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <xgrad/data/file.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A file that is read from its beginning on, a part at a time; a gzip file is inflated on the way.
class PlainFile {
 public:
  /// `part`: how many bytes are read at once. Throws DataError naming the path for a file that cannot be read.
  explicit PlainFile(const std::string& path, std::size_t part = std::size_t{1} << 18);
  ~PlainFile();

  /// Writes the next bytes, as many as there are up to the size of `to`; returns how many, 0 at the end. Throws
  /// DataError naming the path for gzip that is corrupt or cut short.
  std::size_t read(std::span<char> to);
  void go_to(std::uint64_t offset);  ///< the next byte to be read
  std::size_t part() const { return part_; }
  bool is_gzip() const { return inflater_ != nullptr; }
  /// About how many bytes there are to be read; of gzip at most 16 times those of the file.
  std::uint64_t size() const;

 private:
  struct Inflater;
  InputFile file_;
  std::size_t part_;
  std::uint64_t next_ = 0;              // byte of the file
  std::unique_ptr<Inflater> inflater_;  // of a gzip file
};

/// Where the first byte stands, from `begin` on, that is 0 or does not belong to a whole character of UTF-8; the text's
/// size if there is none.
std::size_t plain_end(std::string_view text, std::size_t begin);

}  // namespace xgrad::inline XGRAD_PRECISION
