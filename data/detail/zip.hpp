#pragma once

// The part of the zip format that NumPy's .npz needs: members stored or deflated. It is written here and not taken from
// a library because libzip brings OpenSSL and bzip2 to every program, for half as many lines.
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The CRC-32 of bytes that follow others, whose CRC is `before`.
std::uint32_t crc_of(std::string_view bytes, std::uint32_t before = 0);

/// A file in an archive, still packed.
struct ZipMember {
  std::string name;
  bool deflated;
  std::uint32_t crc;
  std::uint64_t size;       // once unpacked, as the archive says
  std::string_view packed;  // in the memory of the archive
};

/// The members of an archive in its order. Throws DataError, which starts with `path`, if it is damaged, if it has
/// members that share bytes or a name, are encrypted, or are packed in another way.
std::vector<ZipMember> zip_members(std::string_view archive, const std::string& path);

/// The first n bytes of a member, and no more are unpacked. If they are all that the archive says, they have to end
/// there and have the right CRC, or DataError is thrown.
std::string unpack(const ZipMember& member, std::uint64_t n, const std::string& path);

/// The bytes of an archive of stored members, given as names and contents. Throws ValueError for a member or an archive
/// of 4 GiB or more.
std::string zip(const std::vector<std::pair<std::string, std::string>>& members);

}  // namespace xgrad::inline XGRAD_PRECISION
