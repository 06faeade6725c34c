#pragma once

#include <xgrad/autograd/var.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The mean of an x, x less its mean, and its variance, the mean of the squares of that.
struct Moments {
  Var mean, centred, variance;
};

/// The moments of x over all elements that sum_to(x, shape) adds up. Mean and variance have that shape. Throws
/// ShapeError if it does not broadcast to the shape of x.
Moments moments(Var x, const Shape& shape);

/// x / |x|, with the Euclidean norm over all elements that sum_to(x, shape) adds up, or x / least where that is less,
/// as Keras's ops.normalize. Throws ShapeError if the shape does not broadcast to that of x.
Var unit(Var x, const Shape& shape, double least);

}  // namespace xgrad::inline XGRAD_PRECISION
