#pragma once

#include <cstddef>

#include <xgrad/core/kernels/product.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Whether the library is built with a BLAS. Without one, all products are by loops of our own.
#ifdef XGRAD_NO_BLAS
inline constexpr bool has_blas = false;
#else
inline constexpr bool has_blas = true;
#endif

/// c += a b, a b^T or a^T b by BLAS, in the caller's thread alone: the product is (m, n), the inner extent k. A step is
/// how far apart the rows of a matrix are in memory. Without a BLAS it is not to be called.
void blas_gemm(Product product, const Real* a, std::size_t step_a, const Real* b, std::size_t step_b, Real* c,
               std::size_t step_c, std::size_t m, std::size_t n, std::size_t k);

}  // namespace xgrad::inline XGRAD_PRECISION
