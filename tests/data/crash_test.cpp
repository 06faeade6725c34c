#include <doctest/doctest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <functional>
#include <iterator>
#include <random>
#include <thread>

#include <xgrad/data/file.hpp>

#include "data/files.hpp"
#include "data/processes.hpp"
#include "support.hpp"

// What is left of a file when a program is killed, the power goes, or others read and write it meanwhile.

using namespace xgrad;

namespace fs = std::filesystem;

namespace {

std::function<int(int)> on_fsync;  // stands for the system's, if set

// Many bytes that are all one letter: half of one save and half of another would show.
std::string save_of(char letter) { return std::string(300'000 + 1000 * letter, letter); }

bool is_one_save(const std::string& bytes) { return !bytes.empty() && bytes == save_of(bytes[0]); }

}  // namespace

// The program's own, which write_file() then calls.
extern "C" int fsync(int file) { return on_fsync ? on_fsync(file) : static_cast<int>(::syscall(SYS_fsync, file)); }

TEST_CASE("whoever reads a file while it is replaced reads the old bytes") {
  const Folder folder;
  const fs::path path = folder.path / "model";
  write_file(path, save_of('a'));
  std::ifstream reader(path, std::ios::binary);
  std::string start(1000, '\0');
  reader.read(start.data(), 1000);
  write_file(path, save_of('b'));
  const std::string rest{std::istreambuf_iterator<char>(reader), {}};
  CHECK(start + rest == save_of('a'));
  CHECK(read_file(path) == save_of('b'));
}

TEST_CASE("of two processes that save to one path, one after the other wins") {
  const Folder folder;
  const fs::path path = folder.path / "model";
  write_file(path, save_of('a'));
  std::vector<pid_t> writers;
  for (const char letter : {'b', 'c'}) {
    writers.push_back(::fork());
    if (writers.back() == 0) {
      const std::string save = save_of(letter);
      for (int k = 0; k < 50; ++k) write_file(path, save);
      _exit(0);
    }
  }
  bool whole = true;
  for (int k = 0; k < 200; ++k) whole = whole && is_one_save(read_file(path));
  CHECK(whole);
  for (const pid_t writer : writers) {
    int status = 1;
    ::waitpid(writer, &status, 0);
    CHECK(status == 0);
  }
  CHECK(files_in(folder.path) == 1);
}

namespace {

// How often of 200 times a process that saves again and again, killed at a random time, left a whole file.
int whole_after_kills(const fs::path& path, std::size_t& most_files) {
  write_file(path, save_of('a'));
  std::minstd_rand random(1);
  int whole = 0;
  for (int k = 0; k < 200; ++k) {
    const pid_t saver = ::fork();
    if (saver == 0) {
      for (char letter = 'a';; letter = letter == 'z' ? 'a' : static_cast<char>(letter + 1))
        write_file(path, save_of(letter));
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 5000));
    ::kill(saver, SIGKILL);
    ::waitpid(saver, nullptr, 0);
    whole += is_one_save(read_file(path));
    most_files = std::max(most_files, files_in(path.parent_path()));
  }
  return whole;
}

}  // namespace

TEST_CASE("200 processes killed while saving leave the old file or the new one, and no others that stay") {
  const Folder folder;
  const fs::path path = folder.path / "model";
  std::size_t most_files = 0;
  CHECK(whole_after_kills(path, most_files) == 200);
  CHECK(most_files <= 2);
  write_file(path, "new");
  CHECK(files_in(folder.path) == 1);
}

TEST_CASE("the same holds where the file system has no files without a name") {
  const Folder folder;
  const std::string said = in_child([&]() -> std::string {
    if (::unshare(CLONE_NEWNS | (::geteuid() == 0 ? 0 : CLONE_NEWUSER)) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", "/proc", "tmpfs", 0, "size=64k") != 0)  // by which such a file would be given a name
      return "no mount";
    const fs::path path = folder.path / "model";
    std::size_t most_files = 0;
    const int whole = whole_after_kills(path, most_files);
    write_file(path, "new");
    return text(whole, " whole, up to ", most_files, " files, then ", files_in(folder.path));
  });
  if (said == "no mount")
    MESSAGE("skipped: only root may mount");
  else
    CHECK(said == "200 whole, up to 2 files, then 1");
}

TEST_CASE("a file is on the disk before it takes the name, and the name after that") {
  const Folder folder;
  const fs::path path = folder.path / "model";
  write_file(path, "old");
  std::vector<std::string> seen;
  on_fsync = [&](int file) {
    struct stat status;
    REQUIRE(::fstat(file, &status) == 0);
    seen.push_back(S_ISDIR(status.st_mode) ? "the folder, with " + read_file(path)
                                           : text(status.st_size, " bytes, beside ", read_file(path)));
    return 0;
  };
  write_file(path, "longer");
  CHECK(seen == std::vector<std::string>{"6 bytes, beside old", "the folder, with longer"});

  const auto fails = [&](bool for_folder) {
    on_fsync = [=](int file) {
      struct stat status;
      if (::fstat(file, &status) != 0 || S_ISDIR(status.st_mode) != for_folder) return 0;
      errno = EIO;
      return -1;
    };
    return thrown_by<DataError>([&] { write_file(path, "new"); });
  };
  CHECK(fails(false) ==
        path.string() + ": cannot be written (Input/output error); what was there before is still there");
  CHECK(read_file(path) == "longer");
  CHECK(files_in(folder.path) == 1);
  CHECK(fails(true) == path.string() + ": is written, but a power cut may bring the old one back (Input/output error)");
  CHECK(read_file(path) == "new");
  on_fsync = nullptr;
}
