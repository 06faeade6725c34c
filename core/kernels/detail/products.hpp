#pragma once

// The loops of products, narrow.hpp and wide.hpp, are compiled once for each level of the processor, in a file and a
// namespace of its own: base.cpp, v3.cpp, v4.cpp. They include nothing that could be compiled in two of them under one
// name, for a linker takes any one of such, and a processor without AVX-512 would be given code with it. So at this
// border are numbers and pointers.

#include <cstddef>

#include <xgrad/core/real.hpp>

// Whether there are several. Where a compiler may use AVX everywhere, or is told for what to compile, one is enough.
#if defined(__x86_64__) && !defined(__AVX__) && !defined(XGRAD_ARCH)
#define XGRAD_LEVELS 1
#else
#define XGRAD_LEVELS 0
#endif

namespace xgrad::inline XGRAD_PRECISION {

/// A matrix or its transpose: element (i, p) is x[i * row + p * column]; one of the two is 1.
struct Factor {
  const Real* x;
  std::size_t row, column;
};

constexpr std::size_t longest_transpose = 64;

/// Products by loops of our own.
struct Products {
  std::size_t lanes;   ///< how many numbers a vector holds
  std::size_t widest;  ///< the most columns that narrow() takes
  std::size_t panel;   ///< how many numbers wide() needs for copies, aligned to 64 bytes
  bool narrow_pays;    ///< whether narrow() beats OpenBLAS
  bool wide_pays;      ///< whether wide() does

  /// c = a b + bias for a (m, k), b (k, n) and c (m, n), where 0 < n <= widest; the bias has n numbers, or is null. Of
  /// a b that is a transpose, k is at most longest_transpose.
  void (*narrow)(Factor a, Factor b, const Real* bias, Real* c, std::size_t m, std::size_t n, std::size_t k);

  /// c = a b + bias for a (m, k), b (k, n) and c (m, n), where n >= lanes; the bias has n numbers, or is null. Rows of
  /// c are `step` apart.
  void (*wide)(Factor a, Factor b, const Real* bias, Real* c, std::size_t step, std::size_t m, std::size_t n,
               std::size_t k, Real* panel);
};

/// Those of the level that kernels() names.
const Products& products();

namespace base {
extern const Products products;
}
namespace v3 {
extern const Products products;
}
namespace v4 {
extern const Products products;
}

}  // namespace xgrad::inline XGRAD_PRECISION
