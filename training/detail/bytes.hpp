#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

// Numbers and texts as bytes, one after another, for processes of one build.

template <class T>
void put(std::string& bytes, const T& number) {
  static_assert(std::is_trivially_copyable_v<T>);
  bytes.append(reinterpret_cast<const char*>(&number), sizeof(T));
}

template <class T>
T take(std::string_view& bytes) {
  T number;
  require<ValueError>(bytes.size() >= sizeof(T), "ranks: the model has more on this rank than on rank 0");
  std::memcpy(&number, bytes.data(), sizeof(T));
  bytes.remove_prefix(sizeof(T));
  return number;
}

inline void put_text(std::string& bytes, std::string_view text) {
  put(bytes, text.size());
  bytes += text;
}

inline std::string take_text(std::string_view& bytes) {
  const auto size = take<std::size_t>(bytes);
  require<ValueError>(size <= bytes.size(), "ranks: the model has more on this rank than on rank 0");
  std::string text(bytes.substr(0, size));
  bytes.remove_prefix(size);
  return text;
}

}  // namespace xgrad::inline XGRAD_PRECISION
