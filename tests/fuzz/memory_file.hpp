#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace xgrad {

/// A file in memory, for what reads by path.
struct MemoryFile {
  int number = ::memfd_create("fuzz", 0);
  std::string path = "/proc/self/fd/" + std::to_string(number);

  explicit MemoryFile(std::string_view bytes) {
    if (::write(number, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::abort();
  }
  ~MemoryFile() { ::close(number); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
};

}  // namespace xgrad
