#pragma once

#include <optional>

#include <xgrad/data/batches.hpp>
#include <xgrad/training/fit.hpp>

namespace xgrad::inline XGRAD_PRECISION {

class Loss;

/// What fit()'s options make of the data: the samples that are learnt from in batches, with their weights, and those to
/// validate with.
struct Plan {
  /// The data and the options outlive it. Throws ValueError or ShapeError for options and data that do not fit each
  /// other.
  Plan(const Samples& given, const FitOptions& options, Rng& rng);

  /// Throws for data that do not fit a model with outputs of this shape: targets that the loss does not take, and,
  /// unless the options say so, samples that are not finite.
  void check_data(const Loss& loss, const Shape& output, bool finite) const;

  /// The weights of the samples, or null if there are none.
  const Tensor* weights() const { return class_weights.size() > 0 ? &class_weights : data.weights(); }

  const Samples data;
  const Tensor class_weights;  // of each sample, if there are any
  const std::optional<Samples> validation;
  std::optional<Batches> batches, validation_batches;
};

}  // namespace xgrad::inline XGRAD_PRECISION
