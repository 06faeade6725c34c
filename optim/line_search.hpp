#pragma once

#include <functional>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A point t >= 0 of a line, with the loss there and its derivative by t, the slope.
struct LinePoint {
  double t = 0, loss = 0, slope = 0;
};

/// Searches a line for a point that meets the strong Wolfe conditions with constants 1e-4 and 0.9: a loss sufficiently
/// lower, and a slope sufficiently smaller in magnitude, than at the start, where t = 0 and the slope is below 0
/// (Nocedal & Wright 2006, algorithms 3.5 and 3.6). Calls at(first), then at() of up to 24 other points. If none meets
/// the conditions, or the interval that is left is narrower than `narrowest`, returns the point with the lowest loss. A
/// loss or slope that is not finite counts as too high.
LinePoint search_line(const std::function<LinePoint(double t)>& at, const LinePoint& start, double first,
                      double narrowest);

}  // namespace xgrad::inline XGRAD_PRECISION
