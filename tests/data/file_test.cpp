#include <doctest/doctest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include <xgrad/data/file.hpp>

#include "data/files.hpp"
#include "data/processes.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

namespace fs = std::filesystem;

const std::string kept = "); what was there before is still there", nothing = ")";

// What write_file says of this path, after the path and a colon.
std::string complaint(const fs::path& path, const std::string& bytes = "new") {
  const std::string what = thrown_by<DataError>([&] { write_file(path, bytes); });
  return what.starts_with(path.string() + ": ") ? what.substr(path.string().size() + 2) : what;
}

}  // namespace

TEST_CASE("a file is the parts that were written, and nothing lies beside it") {
  const Folder folder;
  const fs::path path = folder.path / "model";
  write_file(path, "old and longer");
  const std::vector<std::string_view> parts = {"a", "", std::string_view("\0b", 2)};
  write_file(path, parts);
  CHECK(read_file(path) == std::string("a\0b", 3));
  write_file(path, "");
  CHECK(read_file(path) == "");
  CHECK(files_in(folder.path) == 1);
}

TEST_CASE("a file's name may have a space, Chinese letters, or all the 255 bytes that a name can have") {
  const Folder folder;
  for (const std::string& name : {std::string("my model"), std::string("模型.safetensors"), std::string(255, 'x')}) {
    write_file(folder.path / name, name);
    CHECK(read_file(folder.path / name) == name);
  }
}

TEST_CASE("a path without a folder is in the working folder") {
  const Folder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path);
  write_file("model", "x");
  fs::current_path(before);
  CHECK(read_file(folder.path / "model") == "x");
}

TEST_CASE("a path that cannot be written is an error that says why") {
  const Folder folder;
  CHECK(complaint("") == "write_file: the path is empty; it takes the name of a file");
  CHECK(complaint(folder.path) == "cannot be written (Is a directory" + nothing);
  CHECK(complaint(folder.path / "none" / "model") == "cannot be written (No such file or directory" + nothing);
  CHECK(complaint(folder.path / "none" / "") == "cannot be written (No such file or directory" + nothing);
  CHECK(complaint(folder.path / std::string(256, 'x')) == "cannot be written (File name too long" + nothing);
  CHECK(complaint("/dev/full") == "is not a regular file, and only such are replaced");
  CHECK(fs::is_character_file("/dev/full"));
  write_file(folder.path / "file", "");
  CHECK(complaint(folder.path / "file" / "model") == "cannot be written (Not a directory" + nothing);
}

TEST_CASE("a path that cannot be read is an error that says why") {
  const Folder folder;
  const auto says = [](const fs::path& path, const std::string& what) {
    CHECK(thrown_by<DataError>([&] { read_file(path); }) == path.string() + ": " + what + "; is this the right path?");
  };
  says(folder.path, "cannot be read (Is a directory)");
  says(folder.path / "none", "cannot be read (No such file or directory)");
  says("", "cannot be read (No such file or directory)");
  says("/dev/zero", "is not a regular file");
  REQUIRE(::mkfifo((folder.path / "pipe").c_str(), 0600) == 0);
  says(folder.path / "pipe", "is not a regular file");
}

TEST_CASE("a read-only file or folder is an error, and stays as it is") {
  const Folder folder;
  const fs::path path = folder.path / "model";
  write_file(path, "old");
  // Root may write anywhere, so another user tries.
  const auto tried = [&](fs::perms of_folder, fs::perms of_file) {
    fs::permissions(path, of_file);
    fs::permissions(folder.path, of_folder);
    const std::string said = in_child([&] {
      if (::geteuid() == 0 && ::setuid(65534) != 0) return "cannot be written (Permission denied" + kept;
      return complaint(path);
    });
    fs::permissions(folder.path, fs::perms(0755));
    return said;
  };
  CHECK(tried(fs::perms(0777), fs::perms(0444)) == "cannot be written (Permission denied" + kept);
  CHECK(tried(fs::perms(0555), fs::perms(0666)) == "cannot be written (Permission denied" + kept);
  CHECK(read_file(path) == "old");
  CHECK(tried(fs::perms(0777), fs::perms(0666)) == "nothing");
  CHECK(read_file(path) == "new");
  CHECK(files_in(folder.path) == 1);
}

TEST_CASE("a symbolic link stays, and what it leads to is replaced") {
  const Folder folder;
  fs::create_directory(folder.path / "runs");
  write_file(folder.path / "runs" / "first", "old");
  fs::create_symlink("runs/first", folder.path / "latest");
  fs::create_symlink(folder.path / "latest", folder.path / "best");
  fs::create_symlink("runs/second", folder.path / "next");
  for (const char* link : {"best", "next"}) {
    write_file(folder.path / link, "new");
    CHECK(fs::is_symlink(folder.path / link));
  }
  CHECK(read_file(folder.path / "runs" / "first") == "new");
  CHECK(read_file(folder.path / "runs" / "second") == "new");
  CHECK(files_in(folder.path / "runs") == 2);

  fs::create_symlink("circle", folder.path / "circle");
  CHECK(complaint(folder.path / "circle") == "cannot be written (Too many levels of symbolic links" + nothing);
}

TEST_CASE("an existing file keeps its mode, and the umask decides that of a new one") {
  const Folder folder;
  const mode_t umask_before = ::umask(027);
  write_file(folder.path / "new", "x");
  write_file(folder.path / "old", "x");
  fs::permissions(folder.path / "old", fs::perms(0606));
  write_file(folder.path / "old", "y");
  ::umask(umask_before);
  CHECK(fs::status(folder.path / "new").permissions() == fs::perms(0640));
  CHECK(fs::status(folder.path / "old").permissions() == fs::perms(0606));
}

TEST_CASE("where a file must not grow, the old one stays whole and nothing lies beside it") {
  const Folder folder;
  const fs::path path = folder.path / "model";
  write_file(path, "old");
  const std::string said = in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 65536, .rlim_max = 65536};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return complaint(path, std::string(100'000, 'x'));
  });
  CHECK(said == "cannot be written (File too large" + kept);
  CHECK(read_file(path) == "old");
  CHECK(files_in(folder.path) == 1);
}

TEST_CASE("on a full disk the old file stays whole and nothing lies beside it") {
  const Folder folder;
  const std::string said = in_child([&]() -> std::string {
    if (::unshare(CLONE_NEWNS | (::geteuid() == 0 ? 0 : CLONE_NEWUSER)) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", folder.path.c_str(), "tmpfs", 0, "size=64k") != 0)
      return "no mount";
    const fs::path path = folder.path / "model";
    write_file(path, "old");
    const std::string what = complaint(path, std::string(100'000, 'x'));
    return what + "; " + read_file(path) + "; " + std::to_string(files_in(folder.path));
  });
  if (said == "no mount")
    MESSAGE("skipped: only root may mount a small disk");
  else
    CHECK(said == "cannot be written (No space left on device" + kept + "; old; 1");
}

TEST_CASE("a message shows text on one line, in quotes, and not all of it") {
  CHECK(excerpt("w") == "\"w\"");
  CHECK(excerpt(std::string("a\n\0\x7f", 4)) == "\"a\\x0a\\x00\\x7f\"");
  CHECK(excerpt(std::string(60, 'x')) == "\"" + std::string(60, 'x') + "\"");
  CHECK(excerpt(std::string(61, 'x')) == "\"" + std::string(60, 'x') + "...\"");
  CHECK(excerpt(std::string(59, 'x') + "模型") == "\"" + std::string(59, 'x') + "...\"");
}
