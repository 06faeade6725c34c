#pragma once

// Products of matrices where the result has many columns, for processors with AVX-512. OpenBLAS 0.3.21 takes those that
// are younger than itself for a Haswell, and uses half of each vector. On a Zen 5, one thread, with floats and the
// shapes of 784-512-512-10 at batch 128, these loops do 220 to 250 GFLOP/s (the peak drifts; 245 to 249 alone),
// OpenBLAS 115 to 122 and, told by OPENBLAS_CORETYPE=SkylakeX, 195 to 225; oneDNN 2.6 does 205 to 245, and allocates
// memory in every product. With AVX2 they did 0.7 to 1.05 of OpenBLAS's. No Intel processor was tried.
//
// A block of 8 rows and 3 vectors of columns of the result stays in registers while it is added up: each step along the
// inner extent loads 3 vectors and 8 numbers, for 24 vectors' multiplications and additions.

#include <xgrad/core/kernels/detail/lanes.hpp>

namespace xgrad::inline XGRAD_PRECISION::XGRAD_LEVEL::wide {

using namespace simd;

inline constexpr bool pays = vector_bytes == 64;

inline constexpr std::size_t most_vectors = 3;
/// How many rows of a block: with three vectors of each, as many sums as stay in 32 registers, or in 16.
inline constexpr std::size_t most_rows = vector_bytes == 64 ? 8 : 4;
/// How many rows of b are multiplied at a time: three vectors of each, 96 KB, stay in the L2 cache.
inline constexpr std::size_t depth = 512;
/// A result of at most so many rows is computed from b where it is, without a copy of b.
inline constexpr std::size_t few_rows = 128;

/// Copies k rows of b, as many columns of each as these vectors hold, and lays them side by side.
template <std::size_t vectors>
void copy_panel(Matrix b, std::size_t k, Real* panel) {
  constexpr std::size_t width = vectors * lanes;
  if (b.column == 1)
    for (std::size_t p = 0; p < k; ++p) copy(b.from(p, 0).x, width, panel + p * width);
  else
    for (std::size_t j = 0; j < width; j += lanes) copy_columns(b.from(0, j).x, b.column, k, panel + j, width);
}

// c = start + a b for as many columns as these vectors hold, in blocks of so many rows, and smaller blocks for the rows
// that are left. Without a start, a b is added to what c holds. Rows of c are `step` apart.
template <std::size_t vectors, std::size_t rows = most_rows>
void write_rows(Matrix a, Matrix b, const Real* start, Real* c, std::size_t step, std::size_t m, std::size_t k) {
  const auto each = [](auto visit) __attribute__((always_inline)) {  // clang would call it
#pragma GCC unroll 8
    for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 3
      for (std::size_t v = 0; v < vectors; ++v) visit(i, v);
  };
  std::size_t first = 0;
  for (; first + rows <= m; first += rows) {
    Lanes s[rows][vectors];
    const Matrix some = a.from(first, 0);
    Real* const to = c + first * step;
    each([&](std::size_t i, std::size_t v) { s[i][v] = start ? load(start + v * lanes) : Lanes{}; });
    for (std::size_t p = 0; p < k; ++p) {
      Lanes of_b[vectors];
#pragma GCC unroll 3
      for (std::size_t v = 0; v < vectors; ++v) of_b[v] = load(b.from(p, 0).x + v * lanes);
      each([&](std::size_t i, std::size_t v) { s[i][v] += some(i, p) * of_b[v]; });
    }
    each([&](std::size_t i, std::size_t v) {
      Real* const place = to + i * step + v * lanes;
      store(place, start ? s[i][v] : load(place) + s[i][v]);
    });
  }
  if constexpr (rows > 1)
    if (first < m) write_rows<vectors, rows / 2>(a.from(first, 0), b, start, c + first * step, step, m - first, k);
}

// c = a b + bias for as many columns as these vectors hold and for any k: some rows of b at a time, which are copied
// side by side unless few rows of a will read them.
template <std::size_t vectors>
void write_columns(Matrix a, Matrix b, const Real* bias, Real* c, std::size_t step, std::size_t m, std::size_t k,
                   Real* panel) {
  constexpr std::size_t width = vectors * lanes;
  Real start[width] = {};
  if (bias) copy(bias, width, start);
  const bool copies = b.column != 1 || m > few_rows;
  std::size_t p = 0;
  do {  // once even if k is 0
    const std::size_t count = smaller(depth, k - p);
    if (copies) copy_panel<vectors>(b.from(p, 0), count, panel);
    write_rows<vectors>(a.from(0, p), copies ? Matrix{panel, width, 1} : b.from(p, 0), p == 0 ? start : nullptr, c,
                        step, m, count);
  } while ((p += depth) < k);
}

/// c = a b + bias for a (m, k), b (k, n) and c (m, n), where n >= lanes; the bias has n numbers, or is null. Rows of c
/// are `step` apart. The panel has room for depth * most_vectors * lanes numbers.
inline void product(Matrix a, Matrix b, const Real* bias, Real* c, std::size_t step, std::size_t m, std::size_t n,
                    std::size_t k, Real* panel) {
  if (k == 1 && b.column == 1) {  // a column times a row: nothing to add up
    for (std::size_t i = 0; i < m; ++i)
      for (std::size_t j = 0; j < n; ++j) c[i * step + j] = (bias ? bias[j] : 0) + a(i, 0) * b.x[j];
    return;
  }
  if (m == 1 && a.column == 1 && b.row == 1) {  // a row times columns that lie together: nothing to copy
    for (std::size_t j = 0; j < n; ++j) c[j] = (bias ? bias[j] : 0) + dot(a.x, b.from(0, j).x, k);
    return;
  }
  for (std::size_t done = 0; done < n;) {
    const std::size_t whole = (n - done) / lanes, vectors = whole == 0 ? 1 : smaller(whole, most_vectors);
    const std::size_t first = smaller(done, n - vectors * lanes);  // columns at the end may be computed twice
    const auto write = vectors == 1 ? write_columns<1> : vectors == 2 ? write_columns<2> : write_columns<3>;
    write(a, b.from(0, first), bias ? bias + first : nullptr, c + first, step, m, k, panel);
    done = first + vectors * lanes;
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION::XGRAD_LEVEL::wide
