#pragma once

// Arithmetic on whole tensors, evaluated on the spot. In each function the result y already has its shape.

#include <xgrad/core/exponential.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The sum of n numbers, accumulated in double.
double sum(const Real* x, std::size_t n);

/// y = e^x.
void exponential(Tensor& y, const Tensor& x);

/// y = x stretched to y's shape, as NumPy broadcasts.
void broadcast_to(Tensor& y, const Tensor& x);

/// y = x summed down to y's shape, the adjoint of stretching; accumulated in double.
void sum_to(Tensor& y, const Tensor& x);

/// y = the largest elements of x down to y's shape; NaN if there is one among them. Nothing is reduced over extent 0.
void max_to(Tensor& y, const Tensor& x);

/// y = softmax(x) along the last axis: e^(x - max) / sum, which no finite x makes overflow.
void softmax(Tensor& y, const Tensor& x);

/// y = log(softmax(x)) along the last axis: x - max - log(sum e^(x - max)).
void log_softmax(Tensor& y, const Tensor& x);

}  // namespace xgrad::inline XGRAD_PRECISION
