// Included once by each of base.cpp, v3.cpp and v4.cpp, which name the level.

#include <xgrad/core/kernels/detail/narrow.hpp>
#include <xgrad/core/kernels/detail/wide.hpp>

namespace xgrad::inline XGRAD_PRECISION::XGRAD_LEVEL {

namespace {

simd::Matrix matrix(Factor x) { return {x.x, x.row, x.column}; }

void narrow_product(Factor a, Factor b, const Real* bias, Real* c, std::size_t m, std::size_t n, std::size_t k) {
  if (b.column == 1) return narrow::product(matrix(a), b.x, bias, c, m, n, k);
  Real copy[longest_transpose * narrow::widest];
  for (std::size_t p = 0; p < k; ++p)
    for (std::size_t j = 0; j < n; ++j) copy[p * n + j] = b.x[j * b.column + p];
  narrow::product(matrix(a), copy, bias, c, m, n, k);
}

void wide_product(Factor a, Factor b, const Real* bias, Real* c, std::size_t step, std::size_t m, std::size_t n,
                  std::size_t k, Real* panel) {
  wide::product(matrix(a), matrix(b), bias, c, step, m, n, k, panel);
}

}  // namespace

const Products products = {.lanes = simd::lanes,
                           .widest = narrow::widest,
                           .panel = wide::depth * wide::most_vectors * simd::lanes,
                           .narrow_pays = narrow::pays,
                           .wide_pays = wide::pays,
                           .narrow = narrow_product,
                           .wide = wide_product};

}  // namespace xgrad::inline XGRAD_PRECISION::XGRAD_LEVEL
