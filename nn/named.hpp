#pragma once

#include <string>
#include <string_view>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The value of a name in a table of pairs (name, value). Throws ValueError, with the names that there are, for
/// another.
template <class Table>
const auto& named(const char* what, const Table& table, std::string_view name) {
  std::string names;
  for (const auto& [known, value] : table) {
    if (known == name) return value;
    names += (names.empty() ? "" : ", ") + std::string(known);
  }
  throw ValueError(text(what, ": there is no \"", name, "\"; the names are ", names));
}

}  // namespace xgrad::inline XGRAD_PRECISION
