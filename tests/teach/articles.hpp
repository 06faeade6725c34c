#pragma once

// The articles' lines through points, for tests of check_by_hand().

#include <xgrad/teach/check_by_hand.hpp>
#include <xgrad/teach/numpy_random.hpp>
#include <xgrad/xgrad.hpp>

#include "support.hpp"

namespace xgrad {

inline double sum_of(const Tensor& x) {
  double total = 0;
  for (const Real a : x) total += a;
  return total;
}

// A line through n points, as articles have it: X (n, 1), w a number and b a number.
struct Line {
  Tensor X, y;
  Parameter w{"w", Tensor{0}}, b{"b", Tensor{0}};

  Var loss(Tape& tape) {
    const Var weight = tape.watch(w), bias = tape.watch(b);
    const Var product = X * weight;
    return mean(square(y - (product + bias)));
  }
  double n() const { return static_cast<double>(X.size()); }
  Tensor residual() const { return y - (X * w.value()(0) + b.value()(0)); }
};

// X = 2 rand(100, 1), y = 4 + 3 X + randn(100, 1), then w and b by randn().
inline Line article_000() {
  NumpyRandom random(0);
  Line line;
  line.X = 2 * random.rand({100, 1});
  const Tensor risen = 3 * line.X;  // alone, so that no compiler fuses it with the sum: NumPy rounds both
  line.y = 4 + risen + random.randn({100, 1});
  line.w.edit() = Tensor{random.randn()};
  line.b.edit() = Tensor{random.randn()};
  return line;
}

// y = 2 x on five points.
inline Line article_003() {
  NumpyRandom random(0);
  Line line;
  line.X = column({1, 2, 3, 4, 5});
  line.y = 2 * line.X;
  line.w.edit() = Tensor{random.randn()};
  line.b.edit() = Tensor{random.randn()};
  return line;
}

inline HandReport check(Line& line, const std::function<HandGradients()>& gradients, const HandOptions& options = {}) {
  return check_by_hand([&](Tape& tape) { return line.loss(tape); }, {{"w", line.w}, {"b", line.b}}, gradients, options);
}

using Readings = std::vector<std::vector<Cause>>;

}  // namespace xgrad
