#pragma once

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Which factor of a matrix product is read transposed: nn for a b, nt for a b^T, tn for a^T b.
enum class Product { nn, nt, tn };

/// c = a b, a b^T or a^T b, plus the bias on each row if there is one. The tensors are matrices whose shapes fit, and
/// the bias a vector as long as c's rows. c has its shape.
void gemm(Product product, const Tensor& a, const Tensor& b, Tensor& c, const Tensor* bias = nullptr);

/// c = a b, a b^T or a^T b for tensors whose last two axes are the matrices. The axes before are broadcast to those of
/// c, which has its shape.
void batched_gemm(Product product, const Tensor& a, const Tensor& b, Tensor& c);

}  // namespace xgrad::inline XGRAD_PRECISION
