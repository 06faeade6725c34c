#pragma once

// What the metrics share.

#include <algorithm>

#include <xgrad/nn/metrics/types.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The number of samples of predictions.
inline std::size_t samples_of(const Tensor& y_pred) { return y_pred.dimension() == 0 ? 1 : y_pred.shape(0); }

/// a / b, and 0 where there is nothing to divide by, as Keras has it.
inline double ratio(double a, double b) { return b == 0 ? 0 : a / b; }

/// Whether one of n numbers is NaN.
inline bool has_nan(const Real* x, std::size_t n) {
  int any = 0;
  for (std::size_t i = 0; i < n; ++i) any |= x[i] != x[i];
  return any != 0;
}

/// Adds value(0), ..., value(count - 1), as many of each sample of the predictions. With weights, a sample adds its
/// mean value times its weight, and is counted as often as its weight says.
template <class Value>
void add_values(metrics::Mean& mean, std::size_t count, const Tensor& y_pred, const Tensor* weights, Value value) {
  if (weights == nullptr) {
    for (std::size_t i = 0; i < count; ++i) mean.total += value(i);
    mean.count += static_cast<double>(count);
    return;
  }
  const std::size_t each = count / samples_of(y_pred);
  for (std::size_t i = 0; i < count; ++i) {
    const double share = double{weights->data()[i / each]} / static_cast<double>(each);
    mean.total += share * value(i);
    mean.count += share;
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION
