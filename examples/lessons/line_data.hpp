#pragma once

// The data of article 000: 100 points around y = 4 + 3 x, and the first w and b, as NumPy draws them after seed(0).

#include <xgrad/core/tensor.hpp>

#include <xgrad/teach/numpy_random.hpp>

struct LineData {
  xgrad::Tensor x = xgrad::zeros({100, 1}), y = x;
  double w = 0, b = 0;  ///< where the article starts

  LineData() {
    xgrad::NumpyRandom rng(0);
    for (double& each : x) each = 2 * rng.rand();
    for (std::size_t i = 0; i < 100; ++i) y(i, 0) = 4 + 3 * x(i, 0) + rng.randn();
    w = rng.randn();
    b = rng.randn();
  }

  /// The mean squared error of y = w x + b.
  double error(double slope, double intercept) const {
    double sum = 0;
    for (std::size_t i = 0; i < 100; ++i) {
      const double e = slope * x(i, 0) + intercept - y(i, 0);
      sum += e * e;
    }
    return sum / 100;
  }
};
