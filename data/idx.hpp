#pragma once

// IDX, the file format of MNIST: two zero bytes, the type of an element, the rank, then each extent as four bytes, the
// most significant first, then the elements in row-major order. http://yann.lecun.com/exdb/mnist

#include <cstdint>
#include <vector>

#include <xgrad/core/tensor.hpp>
#include <xgrad/data/part.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// An array of unsigned bytes of any shape, in row-major order.
struct Idx {
  Shape shape;
  std::vector<std::uint8_t> bytes;
};

/// Reads an IDX file of unsigned bytes, plain or gzip, whatever its name: rank 3 for images, (n, rows, columns), and 1
/// for labels, (n,). Throws DataError unless the file holds the header, what the header promises, and nothing else.
///
/// A part is read alone: of a plain file; of a gzip file, what is before is inflated and not kept, and what is behind
/// is not looked at. Throws ValueError for a part that there is not; see Shards.
Idx read_idx(const std::string& path, std::size_t rank, const Part& part = {});

}  // namespace xgrad::inline XGRAD_PRECISION
