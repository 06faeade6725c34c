#include <xgrad/core/product.hpp>

#include <algorithm>

#include <xgrad/core/elementwise.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/narrow.hpp>

// xtensor-blas calls BLAS only if this is set before its headers; without it gemm would be its own slow loop.
#ifndef HAVE_CBLAS
#define HAVE_CBLAS 1
#endif
#include <xtensor-blas/xblas.hpp>

extern "C" void openblas_set_num_threads(int threads);
extern "C" int openblas_get_num_threads();

namespace xgrad::inline XGRAD_PRECISION {

namespace {
// OpenBLAS starts with a thread for every core.
const bool one_thread = (openblas_set_num_threads(1), true);

// b^T for b (n, k).
void transpose(const Real* b, std::size_t n, std::size_t k, Real* result) {
  for (std::size_t p = 0; p < k; ++p)
    for (std::size_t j = 0; j < n; ++j) result[p * n + j] = b[j * k + p];
}

// One product of matrices; a is (m, k) or its transpose, b (k, n) or its transpose, c (m, n), and the bias, if any,
// (n,).
void gemm(Product product, const Real* a, const Real* b, const Real* bias, Real* c, std::size_t m, std::size_t n,
          std::size_t k) {
  if (m == 0 || n == 0) return;
  const bool transpose_a = product == Product::tn, transpose_b = product == Product::nt;
  constexpr std::size_t longest = 64;  // columns of a b whose transpose is copied
  if (narrow::pays && n <= narrow::widest && (!transpose_b || k <= longest)) {
    Real copy[longest * narrow::widest];
    if (transpose_b) transpose(b, n, k, copy);
    const narrow::Left left{a, transpose_a ? 1 : k, transpose_a ? m : 1};
    return narrow::product(left, transpose_b ? copy : b, bias, c, m, n, k);
  }
  if (bias)
    for (std::size_t i = 0; i < m; ++i) std::copy_n(bias, n, c + i * n);
  else
    std::fill_n(c, m * n, Real{0});  // OpenBLAS's own way, beta = 0, takes up to twice as long as this
  if (k == 0) return;
  const auto length = [](std::size_t x) { return static_cast<xt::blas_index_t>(x); };
  cxxblas::gemm<xt::blas_index_t>(cxxblas::RowMajor, transpose_a ? cxxblas::Trans : cxxblas::NoTrans,
                                  transpose_b ? cxxblas::Trans : cxxblas::NoTrans, length(m), length(n), length(k),
                                  Real{1}, a, length(transpose_a ? m : k), b, length(transpose_b ? k : n), Real{1}, c,
                                  length(n));
}

std::size_t inner_extent(Product product, const Tensor& a) {
  return a.shape(a.dimension() - (product == Product::tn ? 2 : 1));
}

}  // namespace

void gemm(Product product, const Tensor& a, const Tensor& b, Tensor& c, const Tensor* bias) {
  gemm(product, a.data(), b.data(), bias ? bias->data() : nullptr, c.data(), c.shape(0), c.shape(1),
       inner_extent(product, a));
}

void batched_gemm(Product product, const Tensor& a, const Tensor& b, Tensor& c) {
  if (c.dimension() == 2) return gemm(product, a, b, c);
  const auto batch = [](const Tensor& x) { return Shape(x.shape().begin(), x.shape().end() - 2); };
  const auto matrix = [](const Tensor& x) { return x.shape(x.dimension() - 2) * x.shape(x.dimension() - 1); };
  const Shape of_a = batch(a), of_b = batch(b), of_c = batch(c);
  const std::size_t m = c.shape(c.dimension() - 2), n = c.shape(c.dimension() - 1), k = inner_extent(product, a);
  Walk<3>(of_c, {&of_c, &of_a, &of_b}).each_run([&](std::size_t count, auto offset, auto step) {
    for (std::size_t i = 0; i < count; ++i)
      gemm(product, a.data() + (offset[1] + i * step[1]) * matrix(a), b.data() + (offset[2] + i * step[2]) * matrix(b),
           nullptr, c.data() + (offset[0] + i * step[0]) * m * n, m, n, k);
  });
}

void set_num_threads(int threads) {
  require<ValueError>(threads >= 1, "set_num_threads: ", threads, " threads; it takes 1 or more");
  openblas_set_num_threads(threads);
}

int num_threads() { return openblas_get_num_threads(); }

}  // namespace xgrad::inline XGRAD_PRECISION
