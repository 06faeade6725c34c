#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION::detail {

// TensorBoard's event files: TFRecords (tensorflow/core/lib/io/record_writer.h), each of which holds an Event
// (tensorflow/core/util/event.proto) in the encoding of Protocol Buffers.

/// Bytes as a TFRecord: their number, its checksum, the bytes and theirs. A checksum is a CRC-32C (Castagnoli), rotated
/// right by 15 bits, plus 0xa282ead8.
std::string tf_record(std::string_view bytes);

/// The Event that begins a file, at a time in seconds since 1970.
std::string version_event(double wall_time);

/// The Event that gives a name a number in a step, as tf.summary.scalar writes it.
std::string scalar_event(double wall_time, std::int64_t step, std::string_view tag, float value);

/// A new event file.
class EventFile {
 public:
  /// Makes the folder, if need be, and in it a file of a name that no other has. Throws DataError if it cannot.
  explicit EventFile(const std::string& folder);

  /// Gives a name a number in a step, as of now.
  void write(std::string_view tag, std::int64_t step, double value);

  /// Writes all to the file. Throws DataError if it cannot.
  void flush();

 private:
  std::string path_;
  std::ofstream file_;
};

}  // namespace xgrad::inline XGRAD_PRECISION::detail
