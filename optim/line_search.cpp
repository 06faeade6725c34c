#include <xgrad/optim/line_search.hpp>

#include <algorithm>
#include <cmath>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// The minimum of the cubic through two points with their slopes (Nocedal & Wright 3.59), or the nearest bound to it, or
// the middle between the bounds if there is none.
double cubic_minimum(const LinePoint& a, const LinePoint& b, double lowest, double highest) {
  const double d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t);
  const double d2 = std::copysign(std::sqrt(d1 * d1 - a.slope * b.slope), b.t - a.t);
  const double t = b.t - (b.t - a.t) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
  return std::isfinite(t) ? std::clamp(t, lowest, highest) : (lowest + highest) / 2;
}

struct Search {
  const std::function<LinePoint(double)>& at;
  const LinePoint& start;
  double narrowest;
  int evaluations_left;

  bool too_high(const LinePoint& p) const {
    return !(p.loss <= start.loss + 1e-4 * p.t * start.slope) || !std::isfinite(p.loss) || !std::isfinite(p.slope);
  }
  bool flat(const LinePoint& p) const { return std::abs(p.slope) <= -0.9 * start.slope; }

  // Algorithm 3.5: goes on outwards until there must be such a point between the last two. Where nothing has changed,
  // for the step is too short to be seen in the weights' digits, it goes on tenfold.
  LinePoint bracket(double first) {
    LinePoint before = start, now = at(first);
    while (true) {
      const bool unseen = now.t > narrowest && now.loss == before.loss && now.slope == before.slope;
      if (!unseen) {
        if (too_high(now) || (before.t > 0 && now.loss >= before.loss)) return zoom(before, now);
        if (flat(now)) return now;
        if (now.slope >= 0) return zoom(now, before);
      }
      if (--evaluations_left == 0) return now;
      const double furthest = 10 * now.t;
      const double t = unseen ? furthest : cubic_minimum(before, now, now.t + 0.01 * (now.t - before.t), furthest);
      before = now;
      now = at(t);
    }
  }

  // Algorithm 3.6: low is the lowest point so far, and its slope falls towards high.
  LinePoint zoom(LinePoint low, LinePoint high) {
    while (--evaluations_left > 0 && std::abs(high.t - low.t) > narrowest) {
      const auto [left, right] = std::minmax(low.t, high.t);
      const double margin = (right - left) / 10;
      const LinePoint trial = at(cubic_minimum(low, high, left + margin, right - margin));
      if (too_high(trial) || trial.loss >= low.loss) {
        high = trial;
      } else {
        if (flat(trial)) return trial;
        if (trial.slope * (high.t - low.t) >= 0) high = low;
        low = trial;
      }
    }
    return low;
  }
};

}  // namespace

LinePoint search_line(const std::function<LinePoint(double)>& at, const LinePoint& start, double first,
                      double narrowest) {
  return Search{at, start, narrowest, 25}.bracket(first);
}

}  // namespace xgrad::inline XGRAD_PRECISION
