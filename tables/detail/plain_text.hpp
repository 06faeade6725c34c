#pragma once

#include <string>
#include <string_view>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The bytes of a file, those of a gzip file inflated. Throws DataError naming the path for a file that cannot be read
/// and for gzip that is corrupt or cut short.
std::string read_plain(const std::string& path);

/// The text without a byte order mark in front and an end mark of DOS behind. Throws DataError, which begins with
/// `name` and says what to do, for UTF-16, for bytes 0 and for what is not UTF-8.
std::string_view checked_text(std::string_view text, std::string_view name);

}  // namespace xgrad::inline XGRAD_PRECISION
