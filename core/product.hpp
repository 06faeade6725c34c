#pragma once

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Which factor of a matrix product is read transposed, (n)ormal or (t)ransposed.
enum class Product { nn, nt, tn };

/// c = a b, a b^T or a^T b, plus in each row the bias, if there is one. The tensors are matrices whose shapes fit, and
/// a vector as long as c's rows; c has its shape.
void gemm(Product product, const Tensor& a, const Tensor& b, Tensor& c, const Tensor* bias = nullptr);

/// The same for tensors whose last two axes are the matrices; the axes before are broadcast to those of c.
void batched_gemm(Product product, const Tensor& a, const Tensor& b, Tensor& c);

}  // namespace xgrad::inline XGRAD_PRECISION
