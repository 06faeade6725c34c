#pragma once

// The header of a .npy file, which says what numbers follow.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <xgrad/data/detail/numbers.hpp>

namespace xgrad::inline XGRAD_PRECISION {

constexpr std::string_view npy_magic = "\x93NUMPY";
constexpr std::size_t longest_npy_start = npy_magic.size() + 2 + 4;  // and the version, and the length of the header
constexpr std::size_t largest_npy_rank = 64;                         // as NumPy

/// What a header says will follow.
struct NpyHeader {
  std::string descr;  ///< the dtype, such as "<f4"
  bool fortran_order = false;
  Shape shape;
  std::optional<NumberType> type;  ///< none for what a tensor cannot take: text, complex numbers, fields
  std::uint64_t begin = 0;         ///< of the numbers

  bool big_endian() const { return descr[0] == '>'; }

  /// Throws DataError, which begins with the name, unless the file has numbers that a tensor can take, and so many
  /// bytes.
  void check(std::uint64_t file_size, const std::string& name) const;
};

/// Where the header begins and ends, from the first bytes of a file. Throws DataError, which begins with the name, for
/// what is no .npy file.
std::pair<std::size_t, std::size_t> npy_header_place(std::string_view start, const std::string& name);

/// Reads a header, from the bytes of a file up to its end at least. Throws DataError, which begins with the name, for
/// one that NumPy does not write.
NpyHeader read_npy_header(std::string_view start, const std::string& name);

}  // namespace xgrad::inline XGRAD_PRECISION
