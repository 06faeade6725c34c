#pragma once

// Products of matrices where the result has few columns, as in the layers of small networks: there sgemm spends its
// time on packing, and on columns that are not there. Training 784-10-10-10 (bench_xgrad --workload S or T, one thread
// of an AMD EPYC with AVX2), these loops take 1.3 times as many steps a second as OpenBLAS 0.3.21 at batch 32, and
// three times as many at batch 1: medians of 5 and 15 runs in turn, with `pays` and without.
//
// There are three ways. By rows, a vector holds some columns of one row of the result; 10 columns take two vectors, of
// which the second is mostly empty. So those go by columns: a vector holds a column of some rows, and the result is
// transposed at its end. A single row of x, or of the adjoint ȳ, goes by groups: four rows of w (with AVX-512, eight),
// or of w̄ = x^T ȳ, fill five vectors. With floats and AVX2, x w for x (32, 784) and w (784, 10) takes 7.2 us instead
// of 8.4, and x^T ȳ 6.4 instead of 8.9; for x (1, 784) 0.33 instead of 0.53, and 0.40 instead of 0.96 (loops over
// either way alone, the fastest of 51 rounds in turn). With AVX-512 on a Zen 5 these are 3.3 instead of 5.3 us, 2.4
// instead of 4.4, 0.13 instead of 0.31, and 0.13 instead of 0.34. With doubles, 4 in a vector, x w by columns was a
// fifth slower.

#include <xgrad/core/kernels/detail/lanes.hpp>

namespace xgrad::inline XGRAD_PRECISION::XGRAD_LEVEL::narrow {

using namespace simd;

/// Whether the loops below beat OpenBLAS.
#if defined(__AVX2__) && defined(__FMA__)
inline constexpr bool pays = true;
#else
inline constexpr bool pays = false;
#endif

/// The most columns of a result that product() takes: two vectors, so that the sums of some rows stay in registers.
inline constexpr std::size_t widest = 2 * lanes;

// s += the outer product of a's column and b's row.
template <std::size_t rows, std::size_t vectors>
[[gnu::always_inline]] inline void add_product(Lanes (&s)[rows][vectors], Matrix a, const Real* b) {
  Lanes row[vectors];
#pragma GCC unroll 2
  for (std::size_t v = 0; v < vectors; ++v) row[v] = load(b + v * lanes);
#pragma GCC unroll 8
  for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 2
    for (std::size_t v = 0; v < vectors; ++v) s[i][v] += a(i, 0) * row[v];
}

/// The right factor b of a product, of k rows of n columns, which are read as whole vectors. What lies beyond a row's
/// end is the next row, and is multiplied in vain. So the last rows are read from a copy.
template <std::size_t vectors>
struct Right {
  static constexpr std::size_t width = vectors * lanes, parts = 4;

  Right(const Real* b, std::size_t k_, std::size_t n_, const Real* bias)
      : x(b), k(k_), n(n_), beyond((width - 1) / n), safe(k > beyond ? (k - beyond) / parts * parts : 0) {
    for (std::size_t p = safe; p < k; ++p) {
      Real* const row = last + (p - safe) * width;
      copy(b + p * n, n, row);
      fill(row + n, width - n, 0);
    }
    fill(start, width, 0);
    if (bias) copy(bias, n, start);
  }

  const Real* x;
  std::size_t k, n;
  std::size_t beyond;  // how many rows a vector's end may lie ahead
  std::size_t safe;    // the rows before this are read where they are
  Real last[(width + parts) * width];
  Real start[width];  // the bias, or 0
};

// Some rows of c = a b + bias, each written as whole vectors, one after another: what is written beyond a row's end is
// for the next row to overwrite. A sum is made of as many parts as are given, which need not wait for each other.
template <std::size_t rows, std::size_t parts, std::size_t vectors>
[[gnu::always_inline]] inline void write_rows(Matrix a, const Right<vectors>& b, Real* c) {
  Lanes s[parts][rows][vectors] = {};
#pragma GCC unroll 8
  for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 2
    for (std::size_t v = 0; v < vectors; ++v) s[0][i][v] = load(b.start + v * lanes);
  for (std::size_t p = 0; p < b.safe; p += parts)
#pragma GCC unroll 4
    for (std::size_t part = 0; part < parts; ++part) add_product(s[part], a.from(0, p + part), b.x + (p + part) * b.n);
  for (std::size_t p = b.safe; p < b.k; ++p) add_product(s[0], a.from(0, p), b.last + (p - b.safe) * b.width);
#pragma GCC unroll 8
  for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 2
    for (std::size_t v = 0; v < vectors; ++v) {
#pragma GCC unroll 4
      for (std::size_t part = 1; part < parts; ++part) s[0][i][v] += s[part][i][v];
      store(c + i * b.n + v * lanes, s[0][i][v]);
    }
}

// Some rows of c = a b + bias for k = 1, where there is nothing to add up.
template <std::size_t vectors>
[[gnu::always_inline]] inline void write_outer_product(Matrix a, const Right<vectors>& b, Real* c, std::size_t m) {
  Lanes start[vectors], row[vectors];
#pragma GCC unroll 2
  for (std::size_t v = 0; v < vectors; ++v) start[v] = load(b.start + v * lanes), row[v] = load(b.last + v * lanes);
  const std::size_t n = b.n;
  for (std::size_t i = 0; i < m; ++i) {
    const Real x = a(i, 0);
#pragma GCC unroll 2
    for (std::size_t v = 0; v < vectors; ++v) store(c + i * n + v * lanes, start[v] + x * row[v]);
  }
}

template <std::size_t vectors>
void write_product(Matrix a, const Right<vectors>& b, Real* c, std::size_t m) {
  constexpr std::size_t rows = vectors == 1 ? 8 : 6;  // sums that stay in registers, and enough for two a cycle
  std::size_t i = 0;
  if (b.k == 1 && m > b.beyond) write_outer_product(a, b, c, i = m - b.beyond);
  for (; i + rows + b.beyond <= m; i += rows) write_rows<rows, 1>(a.from(i, 0), b, c + i * b.n);
  for (; i < m; ++i) {
    Real row[Right<vectors>::width];
    write_rows<1, Right<vectors>::parts>(a.from(i, 0), b, row);
    copy(row, b.n, c + i * b.n);
  }
}

// s[j] += the product of a's rows and column j of b. The columns of a are `lanes` numbers each, `step` apart.
template <std::size_t n>
[[gnu::always_inline]] inline void add_columns(Lanes (&s)[n], const Real* a, std::size_t step, const Real* b,
                                               std::size_t k) {
#pragma GCC unroll 1
  for (std::size_t p = 0; p < k; ++p) {
    const Lanes column = load(a + p * step);
#pragma GCC unroll 16
    for (std::size_t j = 0; j < n; ++j) s[j] += column * b[p * n + j];
  }
}

// s[j] += the product of a's rows and column j of b, where a's rows lie together in memory: its columns are copied
// first, some at a time.
template <std::size_t n>
[[gnu::always_inline]] inline void add_columns_of_rows(Lanes (&s)[n], Matrix a, const Real* b, std::size_t k) {
  constexpr std::size_t some = 64;
  alignas(Lanes) Real columns[some * lanes];
  for (std::size_t first = 0; first < k; first += some) {
    const std::size_t count = smaller(some, k - first);
    copy_columns(a.x + first, a.row, count, columns, lanes);
    add_columns(s, columns, lanes, b + first * n, count);
  }
}

// Writes columns s as rows of c: the first, a vector full of them, are transposed, and the others written one by one.
// If they do not fill a vector, what is written beyond a row's end is for the next row to overwrite.
template <std::size_t n>
[[gnu::always_inline]] inline void write_as_rows(const Lanes (&s)[n], Real* c) {
  static_assert(2 * n >= lanes);
  constexpr std::size_t first = smaller(lanes, n);
  Lanes rows[lanes] = {};
#pragma GCC unroll 16
  for (std::size_t j = 0; j < first; ++j) rows[j] = s[j];
  transpose(rows);
#pragma GCC unroll 16
  for (std::size_t i = 0; i + 1 < lanes; ++i) store(c + i * n, rows[i]);
  Real last[lanes];
  store(last, rows[lanes - 1]);
  copy(last, first, c + (lanes - 1) * n);
  if constexpr (n > lanes)
#pragma GCC unroll 16
    for (std::size_t j = lanes; j < n; ++j) {
      Real column[lanes];
      store(column, s[j]);
#pragma GCC unroll 16
      for (std::size_t i = 0; i < lanes; ++i) c[i * n + j] = column[i];
    }
}

/// c = a b + bias by columns, for as many rows as fill vectors; returns how many.
template <std::size_t n>
std::size_t write_by_columns(Matrix a, const Real* b, const Real* bias, Real* c, std::size_t m, std::size_t k) {
  std::size_t i = 0;
  for (; i + lanes <= m; i += lanes) {
    Lanes s[n];
#pragma GCC unroll 16
    for (std::size_t j = 0; j < n; ++j) s[j] = (bias ? bias[j] : 0) + Lanes{};
    if (a.row == 1)
      add_columns(s, a.x + i, a.column, b, k);
    else
      add_columns_of_rows(s, a.from(i, 0), b, k);
    write_as_rows(s, c + i * n);
  }
  return i;
}

/// c = a b + bias for one row a of k numbers: b is read by groups of its rows.
template <std::size_t n>
void write_row_by_groups(const Real* a, const Real* b, const Real* bias, Real* c, std::size_t k) {
  constexpr std::size_t rows = Group<n>::rows, vectors = Group<n>::vectors;
  Lanes s[vectors] = {};
  std::size_t p = 0;
  for (; p + rows <= k; p += rows)
    Group<n>::each(a + p, [&](std::size_t v, Lanes x) { s[v] += x * load(b + p * n + v * lanes); });
  Real sums[rows * n];
  for (std::size_t v = 0; v < vectors; ++v) store(sums + v * lanes, s[v]);
  for (std::size_t j = 0; j < n; ++j) {
    Real sum = bias ? bias[j] : 0;
    for (std::size_t i = 0; i < rows; ++i) sum += sums[i * n + j];
    for (std::size_t rest = p; rest < k; ++rest) sum += a[rest] * b[rest * n + j];
    c[j] = sum;
  }
}

/// c = a b for one column a of m numbers and one row b: c is written by groups of its rows.
template <std::size_t n>
void write_outer_product_by_groups(const Real* a, const Real* b, Real* c, std::size_t m) {
  constexpr std::size_t rows = Group<n>::rows;
  Real row[rows * n];
  for (std::size_t i = 0; i < rows; ++i) copy(b, n, row + i * n);
  std::size_t i = 0;
  for (; i + rows <= m; i += rows)
    Group<n>::each(a + i, [&](std::size_t v, Lanes x) { store(c + i * n + v * lanes, x * load(row + v * lanes)); });
  for (; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j) c[i * n + j] = a[i] * b[j];
}

// One column: along the rows of a or down its columns, whichever lie together in memory; if both do, the longer.
inline void write_column(Matrix a, const Real* b, Real bias, Real* c, std::size_t m, std::size_t k) {
  if (a.column == 1 && (a.row != 1 || k > m)) {
    for (std::size_t i = 0; i < m; ++i) c[i] = bias + dot(a.x + i * a.row, b, k);
  } else {
    fill(c, m, bias);
    for (std::size_t p = 0; p < k; ++p)
      for (std::size_t i = 0; i < m; ++i) c[i] += a.x[i + p * a.column] * b[p];
  }
}

/// c = a b + bias for a (m, k), b (k, n) and c (m, n), where 0 < n <= widest; the bias has n numbers, or is null.
inline void product(Matrix a, const Real* b, const Real* bias, Real* c, std::size_t m, std::size_t n, std::size_t k) {
  if (n == 1) return write_column(a, b, bias ? *bias : 0, c, m, k);
  std::size_t done = 0;
  if constexpr (lanes >= 8)
    if (n == 10) {
      if (m == 1 && a.column == 1) return write_row_by_groups<10>(a.x, b, bias, c, k);
      if (k == 1 && a.row == 1 && !bias) return write_outer_product_by_groups<10>(a.x, b, c, m);
      if (k >= lanes) done = write_by_columns<10>(a, b, bias, c, m, k);
    }
  if (done == m) return;
  if (n <= lanes)
    write_product(a.from(done, 0), Right<1>(b, k, n, bias), c + done * n, m - done);
  else
    write_product(a.from(done, 0), Right<2>(b, k, n, bias), c + done * n, m - done);
}

}  // namespace xgrad::inline XGRAD_PRECISION::XGRAD_LEVEL::narrow
