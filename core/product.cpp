#include <xgrad/core/product.hpp>

#include <algorithm>

#include <xgrad/core/error.hpp>

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
}  // namespace

void gemm(Product product, const Tensor& a, const Tensor& b, Tensor& c, bool accumulate) {
  const bool transpose_a = product == Product::tn, transpose_b = product == Product::nt;
  const auto length = [](std::size_t n) { return static_cast<xt::blas_index_t>(n); };
  const auto rows = c.shape(0), columns = c.shape(1), inner = a.shape(transpose_a ? 0 : 1);
  if (c.size() == 0) return;
  if (inner == 0) {
    if (!accumulate) std::fill(c.begin(), c.end(), Real{0});
    return;
  }
  cxxblas::gemm<xt::blas_index_t>(cxxblas::RowMajor, transpose_a ? cxxblas::Trans : cxxblas::NoTrans,
                                  transpose_b ? cxxblas::Trans : cxxblas::NoTrans, length(rows), length(columns),
                                  length(inner), Real{1}, a.data(), length(a.shape(1)), b.data(), length(b.shape(1)),
                                  Real(accumulate ? 1 : 0), c.data(), length(columns));
}

void set_num_threads(int threads) {
  require<ValueError>(threads >= 1, "set_num_threads: ", threads, " threads; it takes 1 or more");
  openblas_set_num_threads(threads);
}

int num_threads() { return openblas_get_num_threads(); }

}  // namespace xgrad::inline XGRAD_PRECISION
