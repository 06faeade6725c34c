#pragma once

// A fuzz target says fuzz(bytes, read): whatever the bytes are, read(bytes) returns or throws an Error.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <xgrad/core/error.hpp>

namespace xgrad {

template <class Read>
int fuzz(const std::uint8_t* bytes, std::size_t size, Read read) {
  try {
    read(std::string_view(reinterpret_cast<const char*>(bytes), size));
  } catch (const Error&) {
  }
  return 0;
}

}  // namespace xgrad
