#pragma once

// What the loss formulas share.

#include <xgrad/autograd/ops/given.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// From the losses of n samples, each given as (..., k) of which it is the mean, to a number: sum(weights losses) / n.
/// Throws ShapeError, which begins with `who`, unless there is one weight for each sample.
Var weighted_mean(const char* who, Var losses, const Given& weights);

/// Summed over the last axis: (..., k) to (...).
Var sum_over_classes(Var x);

/// Probabilities divided by their sum over the last axis.
Var normalised(Var p);

/// Probabilities off 0 and 1, by Keras's epsilon.
Var kept_inside(Var p);

}  // namespace xgrad::inline XGRAD_PRECISION
