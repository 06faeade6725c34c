#pragma once

#include <functional>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A point t >= 0 of a line along which a loss changes, and the loss's derivative by t there.
struct LinePoint {
  double t = 0, loss = 0, slope = 0;
};

/// A point with a sufficiently lower loss (1e-4) and a sufficiently smaller slope (0.9) than those at the start, where
/// t = 0 and the slope is below 0: the strong Wolfe conditions, by algorithms 3.5 and 3.6 of Nocedal & Wright (2006).
/// Asks for the loss at `first`, then at up to 24 other points until they hold, or until the interval that is left is
/// narrower than `narrowest`; then it gives the lowest point of those. A loss or slope that is not finite is too high.
LinePoint search_line(const std::function<LinePoint(double t)>& at, const LinePoint& start, double first,
                      double narrowest);

}  // namespace xgrad::inline XGRAD_PRECISION
