#pragma once

#include <xgrad/autograd/var.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Of x, over all that sum_to(x, shape) adds up: its mean, x less that, and its variance, divided by the count.
struct Moments {
  Var mean, centred, variance;
};

/// Throws ShapeError if the shape does not broadcast to x's.
Moments moments(Var x, const Shape& shape);

}  // namespace xgrad::inline XGRAD_PRECISION
