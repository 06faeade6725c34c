#pragma once

// Files of chosen bytes, for the tests of what reads them.

#include <doctest/doctest.h>
#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace xgrad {

using Bytes = std::vector<std::uint8_t>;

/// Two digits for each byte, and spaces where they help: from_hex("0003 ff") is {0, 3, 255}.
inline Bytes from_hex(std::string hex) {
  std::erase(hex, ' ');
  Bytes bytes;
  for (std::size_t k = 0; k < hex.size(); k += 2)
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(hex.substr(k, 2), nullptr, 16)));
  return bytes;
}

inline std::string bytes_from_hex(const std::string& hex) {
  const Bytes bytes = from_hex(hex);
  return {bytes.begin(), bytes.end()};
}

/// A new folder that goes away with what is in it.
struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("xgrad_test_" + std::to_string(std::random_device{}()));
  Folder() { REQUIRE(std::filesystem::create_directory(path)); }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  /// Writes a file and returns its path.
  std::string write(const std::string& name, const Bytes& bytes) const {
    std::ofstream(path / name, std::ios::binary) << std::string(bytes.begin(), bytes.end());
    return (path / name).string();
  }

  /// Adds a gzip member to the end of a file, new or not, and returns its path.
  std::string add_gzip(const std::string& name, const Bytes& bytes) const {
    const gzFile file = gzopen((path / name).c_str(), "ab");
    REQUIRE(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())) == static_cast<int>(bytes.size()));
    REQUIRE(gzclose(file) == Z_OK);
    return (path / name).string();
  }
};

}  // namespace xgrad
