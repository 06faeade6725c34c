#pragma once

#include <xgrad/nn/layer.hpp>
#include <xgrad/nn/parts/constraints.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The options of BatchNormalization, with Keras's names and defaults.
struct BatchNormalizationOptions {
  double momentum = 0.99;            ///< the share of the moving statistics that stays at each step, 0 to 1
  double epsilon = 1e-3;             ///< what is added to the variance, above 0
  bool center = true;                ///< whether there is a beta
  bool scale = true;                 ///< whether there is a gamma
  Constraint beta_constraint = {};   ///< what the optimizer makes beta be after each step
  Constraint gamma_constraint = {};  ///< what the optimizer makes gamma be after each step
};

/// gamma (x - mean) / sqrt(variance + epsilon) + beta, for each feature of the last axis (Ioffe & Szegedy 2015).
/// Training takes the mean and variance of the batch, the sum of squares over n, and updates moving averages of both.
/// Inference takes these averages. So does training, as in Keras, if the layer is not trainable or frozen. The
/// parameters are gamma, beta, moving_mean and moving_variance, each (features,).
struct BatchNormalization {
  static constexpr const char* kind = "batch_normalization";

  /// Throws ValueError unless 0 <= momentum <= 1 and epsilon > 0.
  explicit BatchNormalization(BatchNormalizationOptions options = {});

  /// Normalises x, (n, ..., features). Throws ShapeError for an x with less than two axes or without features, and in
  /// training for an empty batch.
  Var operator()(Var x, const Context& context = {});

  void fields(Fields& f);  ///< the options and the parameters
  void check() const;      ///< throws ValueError for options out of range

  BatchNormalizationOptions options;
  Parameter gamma, beta, moving_mean = Parameter::statistic(), moving_variance = Parameter::statistic();
};

}  // namespace xgrad::inline XGRAD_PRECISION
