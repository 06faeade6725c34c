#pragma once

// The header of a safetensors file.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <xgrad/data/detail/numbers.hpp>
#include <xgrad/data/safetensors.hpp>

namespace xgrad::inline XGRAD_PRECISION {

constexpr std::uint64_t largest_header = 100'000'000;  // as the format says
constexpr std::size_t largest_rank = 64;               // as NumPy
constexpr std::string_view metadata_name = "__metadata__", crc_name = "xgrad.crc32";
constexpr std::string_view crc_unknown = "00000000";  // stands for the checksum while it is computed

/// A dtype of the format. Some have no numbers that a tensor could take.
struct Dtype {
  std::string_view name;
  std::size_t bits;  ///< of an element
  std::optional<NumberType> type;

  /// How many bytes an array of this shape takes; nothing for 2^63 or more, or for a part of a byte.
  std::optional<std::size_t> bytes_of(const Shape& shape) const;
};

/// The dtype of a name, or null. Of two, the format's order puts the one with the higher address first.
const Dtype* dtype_named(std::string_view name);

/// What a header says. The tensors' bytes are empty.
struct SafeTensorsHeader {
  SafeTensors all;
  std::vector<std::uint64_t> begins;  ///< where the bytes of each tensor begin in the file
  std::optional<std::string> crc;     ///< the checksum that the metadata have
};

/// The length of the header of a file of so many bytes, from its first eight. Throws DataError, which begins with the
/// name, if it is too large.
std::uint64_t header_length(std::string_view start, std::uint64_t file_size, const std::string& name);

/// Reads the header of a file of so many bytes, from the file's bytes up to its end. Throws DataError, which begins
/// with the name, unless it agrees with itself and with the size of the file.
SafeTensorsHeader parse_header(std::string_view start, std::uint64_t file_size, const std::string& name);

}  // namespace xgrad::inline XGRAD_PRECISION
