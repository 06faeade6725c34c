#pragma once

#include <cstdint>
#include <span>

#include <xgrad/autograd/var.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What some axes of a shape leave of it.
struct AxisShapes {
  Shape extents;  ///< theirs, in their order: of a weight that has one number for each place along them
  Shape only;     ///< the shape with 1 for all others: what such a weight is reshaped to, to broadcast
  Shape without;  ///< the shape with 1 for these: of sums over them
  bool are_last;  ///< whether they are the last ones, so that such a weight broadcasts as it is

  /// A weight of shape `extents`, such that it broadcasts to the whole shape.
  Var spread(Var weight) const;
};

/// What axes, of which negative ones count from the last, leave of a shape, (n, ...). Throws ShapeError, in the name of
/// `who`, for an axis that is not there, for one that is given twice, and for the batch's, 0, unless it is `from` there
/// that they are taken.
AxisShapes split_axes(const char* who, const Shape& shape, std::span<const std::int64_t> axes, std::int64_t from = 1);

}  // namespace xgrad::inline XGRAD_PRECISION
