#pragma once

// The part of a data set that one of several processes reads.

#include <utility>

#include <xgrad/data/shards.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Part `index`, from 0, of `count`: what a process reads of a file that all of them have, such as
/// load_npy("x.npy", {.index = rank, .count = ranks}). Nothing else of the file is kept in memory.
struct Part {
  std::size_t index = 0, count = 1;
  std::size_t shards = Shards::usual;  ///< of a file that counts its rows, as Shards divides them; see there

  bool is_all() const { return count == 1 && index == 0; }  ///< whether there is no other part

  /// The first row of the part and the row after its last, of so many rows: those of Shards. Throws as Shards does;
  /// nothing where the part is all.
  std::pair<std::size_t, std::size_t> of(std::size_t rows) const {
    if (is_all()) return {0, rows};
    const auto [first, last] = Shards::divide(rows, index, count, shards);
    return {first, last};
  }
};

}  // namespace xgrad::inline XGRAD_PRECISION
