#pragma once

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

struct BatchNormalizationOptions {
  double momentum = 0.99;  ///< how much of the moving statistics stays at each step
  double epsilon = 1e-3;
  bool center = true;  ///< whether there is a beta
  bool scale = true;   ///< whether there is a gamma
};

/// gamma (x - mean) / sqrt(variance + epsilon) + beta, for each feature, the last axis (Ioffe & Szegedy 2015): with the
/// batch's mean and variance, divided by n, in training; with moving averages of these, which training updates, in
/// inference and, as in Keras, if the layer is not trainable or frozen. Its parameters are gamma, beta, moving_mean and
/// moving_variance, each (features,).
struct BatchNormalization {
  static constexpr const char* kind = "batch_normalization";

  /// Throws ValueError unless 0 <= momentum <= 1 and epsilon > 0.
  explicit BatchNormalization(BatchNormalizationOptions options = {});

  /// Takes (n, ..., features). Throws ShapeError for anything else, and in training for an empty batch.
  Var operator()(Var x, const Context& context = {});
  void fields(Fields& f);
  void check() const;

  BatchNormalizationOptions options;
  Parameter gamma, beta, moving_mean = Parameter::statistic(), moving_variance = Parameter::statistic();
};

}  // namespace xgrad::inline XGRAD_PRECISION
