#pragma once

// What the operations along an axis share.

#include <xgrad/autograd/var.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The axis, counted from the end if it is negative. Throws ShapeError, which begins with `who`, if there is none.
std::size_t axis_of(const char* who, const Shape& shape, int axis);

/// Each row along the last axis summed to one element, which broadcasts back to it: (..., k) to (..., 1).
Var sum_rows(Var x);

}  // namespace xgrad::inline XGRAD_PRECISION
