#pragma once

#include <optional>

#include <xgrad/data/batches.hpp>
#include <xgrad/training/fit.hpp>

namespace xgrad::inline XGRAD_PRECISION {

class Loss;

/// What fit() makes of its data and options: batches of the samples that are learnt from, weights, and batches of the
/// samples that validate.
struct Plan {
  /// Divides the data as the options say. Both outlive the plan. `rng` shuffles the batches. Throws ValueError or
  /// ShapeError for options and data that do not fit each other.
  Plan(const Samples& given, const FitOptions& options, Rng& rng);

  /// Throws ShapeError or ValueError for targets that the loss does not take, for a model whose outputs have this
  /// shape, the batch left out; if `finite`, ValueError for samples that are not finite.
  void check_data(const Loss& loss, const Shape& output, bool finite) const;

  /// The weights of the samples, or null if there are none.
  const Tensor* weights() const { return class_weights.size() > 0 ? &class_weights : data.weights(); }

  const Samples data;
  const Tensor class_weights;  ///< (n,), the weight of each sample's class; empty without class_weight
  const std::optional<Samples> validation;
  std::optional<Batches> batches, validation_batches;
};

}  // namespace xgrad::inline XGRAD_PRECISION
