#include <xgrad/data/detail/zip.hpp>

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <set>

#include <xgrad/core/error.hpp>
#include <xgrad/data/file.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

constexpr std::uint32_t local_start = 0x04034b50, central_start = 0x02014b50, end_start = 0x06054b50,
                        end64_start = 0x06064b50, locator64_start = 0x07064b50;
constexpr std::uint32_t in_zip64 = 0xffffffff;  // a size or place that only zip64's 64 bits hold

// Numbers in bytes, lowest byte first; beyond the end is an error, never a read.
class Archive {
 public:
  Archive(std::string_view bytes, std::string path) : bytes_(bytes), path_(std::move(path)) {}

  std::uint64_t size() const { return bytes_.size(); }

  template <class... Parts>
  void check(bool condition, const Parts&... parts) const {
    require<DataError>(condition, path_, ": ", parts...);
  }
  std::string_view part(std::uint64_t begin, std::uint64_t length) const {
    check(begin <= size() && length <= size() - begin, "zip damaged: ", length, " bytes at byte ", begin, " of ",
          size());
    return bytes_.substr(begin, length);
  }
  template <class Number>
  Number number(std::uint64_t at) const {
    Number value;
    std::memcpy(&value, part(at, sizeof value).data(), sizeof value);
    return value;
  }
  std::uint16_t two(std::uint64_t at) const { return number<std::uint16_t>(at); }
  std::uint32_t four(std::uint64_t at) const { return number<std::uint32_t>(at); }
  std::uint64_t eight(std::uint64_t at) const { return number<std::uint64_t>(at); }

 private:
  std::string_view bytes_;
  std::string path_;
};

struct Directory {
  std::uint64_t begin, size, count;  // size in bytes
};

// The record that ends an archive is followed only by a comment, of a length that it tells.
Directory find_directory(const Archive& zip) {
  constexpr std::uint64_t record = 22, longest_comment = 65535;
  zip.check(zip.size() >= record, "no zip: it has only ", zip.size(), " bytes");
  const std::uint64_t last = zip.size() - record, first = last - std::min(last, longest_comment);
  std::uint64_t end = last;
  while (zip.four(end) != end_start || end + record + zip.two(end + 20) != zip.size()) {
    zip.check(end > first, "no zip, or cut short: the record that ends one is not there");
    --end;
  }
  Directory directory{zip.four(end + 16), zip.four(end + 12), zip.two(end + 10)};
  if (directory.begin == in_zip64 || directory.size == in_zip64 || directory.count == 0xffff) {
    zip.check(end >= 20 && zip.four(end - 20) == locator64_start, "zip damaged: its zip64 record cannot be found");
    const std::uint64_t end64 = zip.eight(end - 20 + 8);
    zip.check(zip.four(end64) == end64_start, "zip damaged: no zip64 record at byte ", end64);
    directory = {zip.eight(end64 + 48), zip.eight(end64 + 40), zip.eight(end64 + 32)};
  }
  return directory;
}

// A member that the directory describes at byte `at`, and where its header is in the archive.
struct Described {
  ZipMember member;
  std::uint64_t header, length;  // length: of the packed bytes
};

Described describe(const Archive& zip, std::uint64_t at) {
  zip.check(zip.four(at) == central_start, "zip damaged: no member's description at byte ", at);
  const std::uint16_t flags = zip.two(at + 8), method = zip.two(at + 10), name_length = zip.two(at + 28),
                      extra_length = zip.two(at + 30);
  std::uint64_t length = zip.four(at + 20), size = zip.four(at + 24), header = zip.four(at + 42);
  const std::string name(zip.part(at + 46, name_length));
  zip.check((flags & 1) == 0, "member ", excerpt(name), " is encrypted; it takes plain ones");
  zip.check(method == 0 || method == 8, "member ", excerpt(name), " is packed by method ", method,
            "; it takes 0, stored, and 8, deflated");

  // An extra field is its kind, its length and its bytes; kind 1 has those of the three numbers that need 64 bits.
  std::uint64_t extra = at + 46 + name_length;
  const std::uint64_t extra_end = extra + extra_length;
  while (extra + 4 <= extra_end) {
    const std::uint16_t kind = zip.two(extra), bytes = zip.two(extra + 2);
    std::uint64_t from = extra + 4;
    extra = from + bytes;
    zip.check(extra <= extra_end, "zip damaged: member ", excerpt(name), " has an extra field beyond its others");
    if (kind != 1) continue;
    for (std::uint64_t* number : {&size, &length, &header}) {
      if (*number != in_zip64) continue;
      zip.check(from + 8 <= extra, "zip damaged: member ", excerpt(name), " lacks a zip64 number");
      *number = zip.eight(from);
      from += 8;
    }
  }
  return {{name, method == 8, zip.four(at + 16), size, {}}, header, length};
}

// Unpacks deflated bytes until the output is full or they end.
class Inflation {
 public:
  explicit Inflation(std::string_view packed) : packed_(packed) {
    if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) throw std::bad_alloc();  // minus: no header of zlib's own
  }
  ~Inflation() { inflateEnd(&stream_); }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;

  // Fills as much of the output as there is to fill it with, and returns how much that is.
  std::uint64_t fill(std::string& out) {
    constexpr std::size_t most = std::numeric_limits<uInt>::max();  // zlib counts in 32 bits
    std::uint64_t done = 0;
    do {
      const std::size_t in = std::min(packed_.size(), most), room = std::min<std::size_t>(out.size() - done, most);
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed_.data()));
      stream_.avail_in = static_cast<uInt>(in);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data()) + done;
      stream_.avail_out = static_cast<uInt>(room);
      status_ = inflate(&stream_, Z_NO_FLUSH);
      packed_.remove_prefix(in - stream_.avail_in);
      done += room - stream_.avail_out;
    } while (status_ == Z_OK && done < out.size());
    return done;
  }
  bool ended() const { return status_ == Z_STREAM_END; }
  bool used_up() const { return packed_.empty(); }

 private:
  z_stream stream_{};
  std::string_view packed_;
  int status_ = Z_OK;
};

template <class Number>
void put(std::string& out, Number value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

std::uint32_t crc_of(std::string_view bytes, std::uint32_t before) {
  if (bytes.empty()) return before;  // zlib takes no bytes at no address for a new start
  return static_cast<std::uint32_t>(crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::vector<ZipMember> zip_members(std::string_view archive, const std::string& path) {
  const Archive zip(archive, path);
  const Directory directory = find_directory(zip);
  std::vector<ZipMember> members;
  std::set<std::string> names;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> places;  // where each member begins and ends
  std::uint64_t at = directory.begin;
  for (std::uint64_t k = 0; k < directory.count; ++k) {
    auto [member, header, length] = describe(zip, at);
    at += std::uint64_t{46} + zip.two(at + 28) + zip.two(at + 30) + zip.two(at + 32);
    zip.check(names.insert(member.name).second, "two members have the name ", excerpt(member.name));
    zip.check(header < zip.size() && zip.four(header) == local_start, "zip damaged: member ", excerpt(member.name),
              " is not at byte ", header);
    member.packed = zip.part(header + 30 + zip.two(header + 26) + zip.two(header + 28), length);
    places.emplace_back(header, static_cast<std::uint64_t>(member.packed.end() - archive.begin()));
    // Deflate makes at most 1032 bytes of one: 258 of two bits.
    zip.check(member.deflated ? member.size / 1032 <= length : member.size == length, "zip damaged: member ",
              excerpt(member.name), " cannot have ", member.size, " bytes in ", length);
    members.push_back(std::move(member));
  }
  zip.check(at - directory.begin == directory.size, "zip damaged: its ", directory.count, " members are described in ",
            at - directory.begin, " bytes, not in ", directory.size);
  std::sort(places.begin(), places.end());  // members that share bytes would unpack to more than all others together
  for (std::size_t k = 1; k < places.size(); ++k)
    zip.check(places[k - 1].second <= places[k].first, "zip damaged: two members share byte ", places[k].first);
  return members;
}

std::string unpack(const ZipMember& member, std::uint64_t n, const std::string& path) {
  const auto check = [&](bool condition, const char* what) {
    require<DataError>(condition, path, ": member ", excerpt(member.name), " is damaged: ", what);
  };
  n = std::min(n, member.size);
  const bool whole = n == member.size;
  std::string bytes;
  if (member.deflated) {
    Inflation inflation(member.packed);
    bytes.resize(n);
    check(inflation.fill(bytes) == n, "it cannot be inflated to the size that the archive says");
    std::string extra(1, '\0');
    check(!whole || ((inflation.ended() || inflation.fill(extra) == 0) && inflation.ended() && inflation.used_up()),
          "it inflates to another size than the archive says");
  } else {
    bytes = member.packed.substr(0, n);
  }
  check(!whole || crc_of(bytes) == member.crc, "its CRC is wrong");
  return bytes;
}

std::string zip(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string archive, directory;
  const auto fits = [](std::uint64_t size) {
    require<ValueError>(size < in_zip64, "zip: an archive of ", size, " bytes or more; it takes less than 4 GiB");
    return static_cast<std::uint32_t>(size);
  };
  require<ValueError>(members.size() < 0xffff, "zip: ", members.size(), " members; it takes less than 65535");
  for (const auto& [name, bytes] : members) {
    const std::uint32_t begin = fits(archive.size());
    std::string common;                     // what the header of a member and its description have in common
    put<std::uint16_t>(common, 20);         // version of zip that can read it, 2.0
    put<std::uint16_t>(common, 1 << 11);    // the name is UTF-8
    put<std::uint16_t>(common, 0);          // stored
    put<std::uint32_t>(common, 33u << 16);  // 1980-01-01 00:00, the first that zip knows: equal data, equal bytes
    put(common, crc_of(bytes));
    put(common, fits(bytes.size()));
    put(common, fits(bytes.size()));
    put(common, static_cast<std::uint16_t>(name.size()));
    put<std::uint16_t>(common, 0);  // no extra fields
    put(archive, local_start);
    archive.append(common).append(name).append(bytes);
    put(directory, central_start);
    put<std::uint16_t>(directory, 20 | 3 << 8);  // written under Unix
    directory += common;
    put<std::uint16_t>(directory, 0);              // no comment
    put<std::uint32_t>(directory, 0);              // disk 0; not text
    put<std::uint32_t>(directory, 0100644 << 16);  // a file that its owner may write
    put(directory, begin);
    directory += name;
  }
  const std::uint32_t begin = fits(archive.size());
  archive += directory;
  put(archive, end_start);
  put<std::uint32_t>(archive, 0);  // disk 0
  put(archive, static_cast<std::uint16_t>(members.size()));
  put(archive, static_cast<std::uint16_t>(members.size()));
  put(archive, fits(directory.size()));
  put(archive, begin);
  put<std::uint16_t>(archive, 0);  // no comment
  fits(archive.size());
  return archive;
}

}  // namespace xgrad::inline XGRAD_PRECISION
