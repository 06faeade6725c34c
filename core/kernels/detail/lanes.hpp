#pragma once

// SIMD vectors: as many numbers as a register of the processor holds, which are read, written and rearranged together.
// Here is what loops over matrices make of them: transposed blocks, sums of products, groups of rows. Who includes this
// names the namespace that it compiles it in, XGRAD_LEVEL, and includes no functions of std: products.hpp says why.

#include <cstddef>
#include <numeric>
#include <utility>

#include <xgrad/core/kernels/detail/products.hpp>

namespace xgrad::inline XGRAD_PRECISION::XGRAD_LEVEL::simd {

#if defined(__AVX512F__)
inline constexpr std::size_t vector_bytes = 64;
#elif defined(__AVX__)
inline constexpr std::size_t vector_bytes = 32;
#else
inline constexpr std::size_t vector_bytes = 16;
#endif

using Lanes [[gnu::vector_size(vector_bytes)]] = Real;
using Unaligned [[gnu::vector_size(vector_bytes), gnu::may_alias, gnu::aligned(alignof(Real))]] = Real;
inline constexpr std::size_t lanes = vector_bytes / sizeof(Real);

// load() returns by value, because clang takes a reference to an unaligned vector for one to an aligned vector.
inline Lanes load(const Real* x) { return *reinterpret_cast<const Unaligned*>(x); }
inline void store(Real* x, const Lanes& numbers) { *reinterpret_cast<Unaligned*>(x) = numbers; }

inline void copy(const Real* from, std::size_t n, Real* to) { __builtin_memcpy(to, from, n * sizeof(Real)); }
inline void fill(Real* x, std::size_t n, Real value) {
  for (std::size_t i = 0; i < n; ++i) x[i] = value;
}
constexpr std::size_t smaller(std::size_t a, std::size_t b) { return a < b ? a : b; }

// Element (i, j) becomes (j, i): the two blocks beside the diagonal change places, then those within each block, down
// to single numbers.
template <std::size_t block = lanes / 2>
[[gnu::always_inline]] inline void transpose(Lanes (&x)[lanes]) {
  const auto exchange = []<std::size_t... e>(Lanes & above, Lanes & below, std::index_sequence<e...>) {
    const Lanes a = above, b = below;
    above = __builtin_shufflevector(a, b, (e & block ? lanes + e - block : e)...);
    below = __builtin_shufflevector(a, b, (e & block ? lanes + e : e + block)...);
  };
#pragma GCC unroll 16
  for (std::size_t i = 0; i < lanes; ++i)
    if ((i & block) == 0) exchange(x[i], x[i + block], std::make_index_sequence<lanes>{});
  if constexpr (block > 1) transpose<block / 2>(x);
}

/// Copies k columns, each of as many rows as fill a vector. The rows are `step` apart, the copies of columns `width`.
inline void copy_columns(const Real* rows, std::size_t step, std::size_t k, Real* to, std::size_t width) {
  std::size_t p = 0;
  for (; p + lanes <= k; p += lanes) {
    Lanes block[lanes];
#pragma GCC unroll 16
    for (std::size_t i = 0; i < lanes; ++i) block[i] = load(rows + i * step + p);
    transpose(block);
#pragma GCC unroll 16
    for (std::size_t i = 0; i < lanes; ++i) store(to + (p + i) * width, block[i]);
  }
  for (; p < k; ++p)
    for (std::size_t i = 0; i < lanes; ++i) to[p * width + i] = rows[i * step + p];
}

/// The sum of x[i] y[i] for n numbers, in parts that need not wait for each other.
inline Real dot(const Real* x, const Real* y, std::size_t n) {
  constexpr std::size_t parts = 4;
  Lanes s[parts] = {};
  std::size_t i = 0;
  for (; i + parts * lanes <= n; i += parts * lanes)
#pragma GCC unroll 4
    for (std::size_t part = 0; part < parts; ++part) s[part] += load(x + i + part * lanes) * load(y + i + part * lanes);
  s[0] += s[1] + s[2] + s[3];
  for (; i + lanes <= n; i += lanes) s[0] += load(x + i) * load(y + i);
  Real sum = 0;
  if (i > 0)  // fewer numbers than a vector take twice as long without this
    for (std::size_t lane = 0; lane < lanes; ++lane) sum += s[0][lane];
  for (; i < n; ++i) sum += x[i] * y[i];
  return sum;
}

/// A Factor that is read, and of which a part begins anywhere.
struct Matrix {
  const Real* x;
  std::size_t row, column;
  Real operator()(std::size_t i, std::size_t p) const { return x[i * row + p * column]; }
  Matrix from(std::size_t i, std::size_t p) const { return {x + i * row + p * column, row, column}; }
};

/// Some rows of n numbers, one after another, that fill vectors exactly: four rows of ten fill five vectors of eight.
template <std::size_t n>
struct Group {
  static constexpr std::size_t rows = lanes / std::gcd(n, lanes), vectors = rows * n / lanes;
  using Factors [[gnu::vector_size(rows * sizeof(Real)), gnu::may_alias, gnu::aligned(alignof(Real))]] = Real;

  /// For each vector, calls visit(v, x) with its number and with the factor of every lane's row.
  template <class Visit>
  [[gnu::always_inline]] static void each(const Real* factors, Visit visit) {
    visit_each(*reinterpret_cast<const Factors*>(factors), visit, std::make_index_sequence<lanes>{},
               std::make_index_sequence<vectors>{});
  }

 private:
  // To move a number between the halves of a register takes longer: repeated, every factor is in both.
  template <class Visit, std::size_t... lane, std::size_t... v>
  [[gnu::always_inline]] static void visit_each(Factors x, Visit visit, std::index_sequence<lane...>,
                                                std::index_sequence<v...>) {
    const Lanes repeated = __builtin_shufflevector(x, x, lane % rows...);
    const auto spread = [&]<std::size_t first>(std::integral_constant<std::size_t, first>) {
      return Lanes(__builtin_shufflevector(repeated, repeated, lane / rows * rows + (first + lane) / n...));
    };
    (visit(v, spread(std::integral_constant<std::size_t, v * lanes>{})), ...);
  }
};

}  // namespace xgrad::inline XGRAD_PRECISION::XGRAD_LEVEL::simd
