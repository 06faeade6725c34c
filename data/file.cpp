#include <xgrad/data/file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <random>
#include <system_error>

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
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

// Throws, unless the condition holds, with errno's text and that nothing is lost.
void check_written(bool condition, const std::string& path) {
  if (!condition)
    throw DataError(text(path, ": cannot be written (", reason(), "); what was there before is still there"));
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

// A file under a name that nobody else has, gone again with this object unless it was moved to its place.
class Temporary {
 public:
  Temporary(const fs::path& folder, mode_t mode) {
    std::random_device random;
    do {
      path_ = folder / (".xgrad-" + std::to_string(random()) + std::to_string(random()));
      file_.number = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    } while (file_.number < 0 && errno == EEXIST);
  }
  ~Temporary() {
    if (file_.number >= 0 && !moved_) ::unlink(path_.c_str());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  int number() const { return file_.number; }
  bool move_to(const fs::path& target) { return moved_ = ::rename(path_.c_str(), target.c_str()) == 0; }

 private:
  fs::path path_;
  Descriptor file_{-1};
  bool moved_ = false;
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

std::string read_file(const std::string& path) {
  const auto check = [&](bool condition) {
    if (!condition) throw DataError(text(path, ": cannot be read (", reason(), "); is this the right path?"));
  };
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};  // not to wait for a pipe's writer
  check(file.number >= 0);
  struct stat status;
  check(::fstat(file.number, &status) == 0);
  check(!S_ISDIR(status.st_mode) || failed_with(EISDIR));
  require<DataError>(S_ISREG(status.st_mode), path, ": is not a regular file; is this the right path?");

  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  for (std::size_t have = 0; have < bytes.size();) {
    const ssize_t n = ::read(file.number, &bytes[have], bytes.size() - have);
    check(n >= 0 || errno == EINTR);
    require<DataError>(n != 0, path, ": ends at byte ", have, " of ", bytes.size(), "; who is writing to it?");
    if (n > 0) have += static_cast<std::size_t>(n);
  }
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
  Temporary file(folder, mode);
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

std::string excerpt(std::string_view text) {
  std::size_t shown = std::min<std::size_t>(text.size(), 60);
  while (shown < text.size() && shown > 0 && (text[shown] & 0xc0) == 0x80) --shown;  // no half of a UTF-8 character
  std::string out = "\"";
  for (const char c : text.substr(0, shown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= ' ' && byte != 0x7f)
      out += c;
    else
      (out += "\\x") += {"0123456789abcdef"[byte / 16], "0123456789abcdef"[byte % 16]};
  }
  return out + (shown < text.size() ? "...\"" : "\"");
}

}  // namespace xgrad::inline XGRAD_PRECISION
