#pragma once

// What the formulas of losses share.

#include <cmath>
#include <cstdint>

#include <xgrad/autograd/ops/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION::losses {

/// From the losses of n samples, each given as (..., k) of which it is the mean, to the mean over the samples, each
/// times its weight if there are weights, (n,).
inline Var mean_of(Var values, const Var* weights, std::size_t classes = 1) {
  const std::size_t size = values.value().size();
  if (weights == nullptr) return sum(values) / (size / classes);
  const std::size_t n = values.shape()[0];
  const Var by_sample = reshape(sum_to(reshape(values, {n, size / n}), {n, 1}), {n});
  return sum(by_sample * *weights) / (size / classes);
}

/// The shape that x has when each row, along the last axis, is one number. Axes would take memory.
inline Shape one_each_row(Var x) {
  Shape shape = x.shape();
  shape.back() = 1;
  return shape;
}

/// x with this axis as its last. Throws ShapeError, which begins with `who`, if there is no such axis, or if it is that
/// of the samples.
inline Var moved_last(const char* who, Var x, std::int64_t axis) {
  if (axis == -1) return x;
  const auto rank = static_cast<std::int64_t>(x.shape().size()), at = axis < 0 ? axis + rank : axis;
  require(at > 0 && at < rank, who, ": axis ", axis, " of predictions ", x.shape(), "; it takes 1 to ", rank - 1);
  Axes swap;
  for (int k = 0; k < rank; ++k) swap.push_back(k);
  std::swap(swap[static_cast<std::size_t>(at)], swap.back());
  return at == rank - 1 ? x : transpose(x, swap);
}

inline void check_smoothing(const char* name, double smoothing) {
  require<ValueError>(smoothing >= 0 && smoothing <= 1, name, ": label_smoothing is ", smoothing, "; it takes 0 to 1");
}

inline void check_axis(const char* name, std::int64_t axis) {
  require<ValueError>(axis != 0 && axis >= -32 && axis <= 32, name, ": axis is ", axis,
                      "; it takes -1, the last, or another but 0, the samples");
}

}  // namespace xgrad::inline XGRAD_PRECISION::losses
