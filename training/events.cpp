#include <xgrad/training/detail/events.hpp>

#include <unistd.h>

#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <filesystem>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION::detail {

namespace {

constexpr std::array<std::uint32_t, 256> crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0x82f63b78u : 0);
    table[i] = crc;
  }
  return table;
}();

std::uint32_t masked_crc32c(std::string_view bytes) {
  std::uint32_t crc = ~0u;
  for (const char byte : bytes) crc = (crc >> 8) ^ crc_table[(crc ^ static_cast<unsigned char>(byte)) & 0xff];
  return std::rotr(~crc, 15) + 0xa282ead8u;
}

// The number's bytes, the lowest first.
template <class Integer>
std::string fixed(Integer number) {
  std::string bytes;
  for (std::size_t k = 0; k < sizeof number; ++k) bytes += static_cast<char>(number >> (8 * k) & 0xff);
  return bytes;
}

// Seven bits in a byte, the lowest first; all but the last byte have the eighth bit.
std::string varint(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>((number & 0x7f) | 0x80);
  return bytes + static_cast<char>(number);
}

// A field of a message: its number and how it is encoded, and the field itself.
std::string field(std::uint64_t number, double value) {
  return varint(number << 3 | 1) + fixed(std::bit_cast<std::uint64_t>(value));
}
std::string field(std::uint64_t number, std::uint64_t value) { return varint(number << 3) + varint(value); }
std::string field(std::uint64_t number, std::string_view bytes) {
  return varint(number << 3 | 2) + varint(bytes.size()) + std::string(bytes);
}

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

// What no other writer calls its file: the time, the machine, the process, and a number in it.
std::string new_name() {
  static std::atomic<unsigned> files = 0;
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  return text("events.out.tfevents.", static_cast<std::int64_t>(now()), '.', host, '.', getpid(), '.', files++, ".v2");
}

}  // namespace

std::string tf_record(std::string_view bytes) {
  const std::string length = fixed(std::uint64_t{bytes.size()});
  return length + fixed(masked_crc32c(length)) + std::string(bytes) + fixed(masked_crc32c(bytes));
}

std::string version_event(double wall_time) { return field(1, wall_time) + field(3, "brain.Event:2"); }

std::string scalar_event(double wall_time, std::int64_t step, std::string_view tag, float value) {
  constexpr std::uint64_t dt_float = 1;
  const std::string tensor =
      field(1, dt_float) + field(2, "") + field(4, fixed(std::bit_cast<std::uint32_t>(value)));  // its shape is ()
  const std::string metadata = field(1, field(1, "scalars"));  // the plugin that shows it
  const std::string summary = field(1, field(1, tag) + field(8, tensor) + field(9, metadata));
  const std::string at = step == 0 ? "" : field(2, static_cast<std::uint64_t>(step));  // 0 is what is not written
  return field(1, wall_time) + at + field(5, summary);
}

EventFile::EventFile(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  path_ = (std::filesystem::path(folder) / new_name()).string();
  file_.open(path_, std::ios::binary | std::ios::app);
  file_ << tf_record(version_event(now()));
  flush();
}

void EventFile::write(std::string_view tag, std::int64_t step, double value) {
  file_ << tf_record(scalar_event(now(), step, tag, static_cast<float>(value)));
}

void EventFile::flush() {
  file_.flush();
  require<DataError>(file_.good(), "TensorBoard: cannot write ", path_);
}

}  // namespace xgrad::inline XGRAD_PRECISION::detail
