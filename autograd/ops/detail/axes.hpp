#pragma once

// What the operations along an axis share.

#include <xgrad/autograd/var.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The number of an axis of a shape, where a negative one counts from the end. Throws ShapeError, whose message begins
/// with `who`, if there is no such axis.
std::size_t axis_of(const char* who, const Shape& shape, int axis);

/// The sums over the last axis, which is kept with extent 1 so that they broadcast back to x: (..., k) to (..., 1).
Var sum_rows(Var x);

}  // namespace xgrad::inline XGRAD_PRECISION
