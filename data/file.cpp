#include <xgrad/data/file.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <random>
#include <system_error>
#include <utility>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

namespace fs = std::filesystem;

// What the system says of the call that failed last.
std::string reason() { return std::generic_category().message(errno); }

// For a fault that we find ourselves, the error that the system has for it.
bool failed_with(int code) {
  errno = code;
  return false;
}

// An open file; -1 if there is none.
struct Descriptor {
  int number = -1;
  ~Descriptor() { reset(-1); }
  void reset(int other) {
    if (number >= 0) ::close(number);
    number = other;
  }
};

// Throws, unless the condition holds, with errno's text and, where something was there, that nothing is lost.
void check_written(bool condition, const std::string& path) {
  if (condition) return;
  const std::string why = reason();
  std::error_code none;
  throw DataError(text(path, ": cannot be written (", why, ")",
                       fs::is_regular_file(path, none) ? "; what was there before is still there" : ""));
}

// The file that a name stands for: where its symbolic links lead, even if nothing is there yet.
fs::path followed(const std::string& path) {
  fs::path target = path;
  std::error_code none;  // what cannot be looked at is no link; writing to it says why
  for (int links = 0; fs::is_symlink(target, none); ++links) {
    check_written(links < 40 || failed_with(ELOOP), path);
    target = target.parent_path() / fs::read_symlink(target, none);
  }
  return target;
}

// A new file in the folder of its target, without a name where the file system has such files: one that is killed
// leaves nothing. Elsewhere, and for the moment in which it takes the target's place, its name is the same at every
// save, so that the next one takes over what a killed one left. Gone again with this object unless it was moved to its
// place.
class Temporary {
 public:
  Temporary(const fs::path& folder, const fs::path& target, mode_t mode) : folder_(folder), mode_(mode) {
    path_ = folder / text(".xgrad-", std::hash<std::string>()(target.filename()));
#ifdef O_TMPFILE
    if (::access("/proc/self/fd", X_OK) == 0)  // where such a file is given a name
      file_.number = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
    if (file_.number >= 0) return;
#endif
    is_named_ = take_over() || make_another();
  }
  ~Temporary() {
    if (is_named_) ::unlink(path_.c_str());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  int number() const { return file_.number; }

  bool move_to(const fs::path& target) {
    // Whoever has the folder's lock has the fixed name to itself: what still has it was left.
    const Descriptor folder{is_named_ ? -1 : ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!is_named_) {
      if (::flock(folder.number, LOCK_EX | LOCK_NB) != 0 || (::unlink(path_.c_str()) != 0 && errno != ENOENT))
        path_ = another();
      const std::string opened = text("/proc/self/fd/", number());
      is_named_ = ::linkat(AT_FDCWD, opened.c_str(), AT_FDCWD, path_.c_str(), AT_SYMLINK_FOLLOW) == 0;
    }
    const bool moved = is_named_ && ::rename(path_.c_str(), target.c_str()) == 0;
    is_named_ = is_named_ && !moved;
    return moved;
  }

 private:
  // Opens the file of the fixed name, once no other process writes to it.
  bool take_over() {
    for (struct stat its, named;;) {
      file_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode_));
      if (number() < 0 || ::flock(number(), LOCK_EX) != 0 || ::fstat(number(), &its) != 0) return false;
      if (::stat(path_.c_str(), &named) == 0 && named.st_ino == its.st_ino) return ::ftruncate(number(), 0) == 0;
    }
  }
  // Opens a file of a name that nobody else has, where there are no locks, or what was left is somebody else's.
  bool make_another() {
    do {
      path_ = another();
      file_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_));
    } while (number() < 0 && errno == EEXIST);
    return number() >= 0;
  }
  fs::path another() const {
    std::random_device random;
    return folder_ / text(".xgrad-", random(), random());
  }

  fs::path folder_, path_;
  mode_t mode_;
  Descriptor file_;
  bool is_named_ = false;
};

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(file, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

InputFile::InputFile(std::string path) : path_(std::move(path)) {
  const auto check = [&](bool condition) {
    if (!condition) throw DataError(text(path_, ": cannot be read (", reason(), "); is this the right path?"));
  };
  Descriptor file{::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};  // not to wait for a pipe's writer
  check(file.number >= 0);
  struct stat status;
  check(::fstat(file.number, &status) == 0);
  check(!S_ISDIR(status.st_mode) || failed_with(EISDIR));
  require<DataError>(S_ISREG(status.st_mode), path_, ": is not a regular file; is this the right path?");
  size_ = static_cast<std::uint64_t>(status.st_size);
  number_ = std::exchange(file.number, -1);
}

InputFile::~InputFile() { ::close(number_); }

void InputFile::read(std::uint64_t begin, std::span<char> to) const {
  for (std::size_t have = 0; have < to.size();) {
    const ssize_t n = ::pread(number_, &to[have], to.size() - have, static_cast<off_t>(begin + have));
    require<DataError>(n >= 0 || errno == EINTR, path_, ": cannot be read (", reason(), "); is this the right path?");
    require<DataError>(n != 0, path_, ": ends at byte ", begin + have, " of ", size_, "; who is writing to it?");
    if (n > 0) have += static_cast<std::size_t>(n);
  }
}

std::string read_file(const std::string& path) {
  const InputFile file(path);
  std::string bytes(file.size(), '\0');
  file.read(0, bytes);
  return bytes;
}

void write_file(const std::string& path, std::span<const std::string_view> parts) {
  const auto check = [&](bool condition) { check_written(condition, path); };
  require<DataError>(!path.empty(), "write_file: the path is empty; it takes the name of a file");

  const fs::path target = followed(path);
  struct stat old;
  const bool replaces = ::stat(target.c_str(), &old) == 0;
  if (replaces) {
    check(!S_ISDIR(old.st_mode) || failed_with(EISDIR));
    require<DataError>(S_ISREG(old.st_mode), path, ": is not a regular file, and only such are replaced");
    check(::access(target.c_str(), W_OK) == 0);
  }

  const fs::path folder = target.has_parent_path() ? target.parent_path() : ".";
  const mode_t mode = replaces ? old.st_mode & 07777 : 0666;
  Temporary file(folder, target, mode);
  check(file.number() >= 0);
  if (replaces) check(::fchmod(file.number(), mode) == 0);  // the umask is for new files
  for (const std::string_view part : parts) check(write_all(file.number(), part));
  check(::fsync(file.number()) == 0);
  check(file.move_to(target));

  // The name is on the disk when the folder is; some file systems cannot be asked for that.
  const Descriptor names{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (names.number >= 0 && ::fsync(names.number) != 0 && errno != EINVAL)
    throw DataError(text(path, ": is written, but a power cut may bring the old one back (", reason(), ")"));
}

void write_file(const std::string& path, std::string_view bytes) { write_file(path, {&bytes, 1}); }

std::string cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  while (most > 0 && (text[most] & 0xc0) == 0x80) --most;
  return std::string(text.substr(0, most)) + "...";
}

std::string excerpt(std::string_view text) {
  std::string out = "\"";
  for (const char c : cut(text, 60)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= ' ' && byte != 0x7f)
      out += c;
    else
      (out += "\\x") += {"0123456789abcdef"[byte / 16], "0123456789abcdef"[byte % 16]};
  }
  return out + '"';
}

}  // namespace xgrad::inline XGRAD_PRECISION
