#pragma once

// Files as a whole: read into memory, and replaced so that a crash leaves the old one or the new one, never half of
// one.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A file that is open for reading, as it is when opened.
class InputFile {
 public:
  /// Throws DataError naming the path and what the system says, also for what is no regular file.
  explicit InputFile(std::string path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// The path as it was given.
  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; }  ///< in bytes

  /// Reads the bytes from `begin` on. Throws DataError naming the path if the file ends before.
  void read(std::uint64_t begin, std::span<char> to) const;

 private:
  std::string path_;
  int number_;
  std::uint64_t size_;
};

/// The bytes of a file as it is when opened. Throws DataError naming the path and what the system says.
std::string read_file(const std::string& path);

/// Makes the parts, one after another, the content of a file. They go to a new file in the same folder, which takes the
/// name only when all of it is on the disk: whoever has the old file open keeps reading the old bytes, and of several
/// writers the last one wins. A symbolic link stays and its target is replaced; an existing file's mode is kept.
/// Throws DataError naming the path and what the system says; the old file is then as it was and the new one is gone.
/// A program that is killed meanwhile leaves the old file alone, or, where the file system has no files without a name,
/// beside it a file .xgrad-..., which the next write_file to this path takes over.
void write_file(const std::string& path, std::span<const std::string_view> parts);

/// Makes these bytes the content of a file, all or nothing. Throws DataError naming the path and what the system says;
/// the old file is then as it was.
void write_file(const std::string& path, std::string_view bytes);

/// Text for a message, or its first `most` bytes and "...": no half of a UTF-8 character.
std::string cut(std::string_view text, std::size_t most);

/// What a message shows of text from a file: in quotes and on one line, at most 60 bytes.
std::string excerpt(std::string_view text);

}  // namespace xgrad::inline XGRAD_PRECISION
