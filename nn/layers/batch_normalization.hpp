#pragma once

#include <cstdint>

#include <xgrad/nn/layer.hpp>
#include <xgrad/nn/parts/constraints.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The options of BatchNormalization, with Keras's names, order and defaults.
struct BatchNormalizationOptions {
  std::int64_t axis = -1;  ///< that of the features, which keep a mean each; -1 is the last
  double momentum = 0.99;  ///< the share of the moving statistics that stays at each step, 0 to 1
  double epsilon = 1e-3;   ///< what is added to the variance, above 0
  bool center = true;      ///< whether there is a beta
  bool scale = true;       ///< whether there is a gamma
  Initializer beta_initializer = zeros;
  Initializer gamma_initializer = ones;
  Initializer moving_mean_initializer = zeros;
  Initializer moving_variance_initializer = ones;
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
  Constraint beta_constraint = {};   ///< what the optimizer makes beta be after each step
  Constraint gamma_constraint = {};  ///< what the optimizer makes gamma be after each step
};

/// gamma (x - mean) / sqrt(variance + epsilon) + beta, for each feature, mostly of the last axis (Ioffe & Szegedy
/// 2015). Training takes the mean and variance of the batch, the sum of squares over n, and updates moving averages of
/// both. Inference takes these averages. So does training, as in Keras, if the layer is not trainable or frozen. The
/// parameters are gamma, beta, moving_mean and moving_variance, each (features,).
struct BatchNormalization {
  static constexpr const char* kind = "batch_normalization";

  /// Throws ValueError unless 0 <= momentum <= 1 and epsilon > 0.
  explicit BatchNormalization(BatchNormalizationOptions options = {});

  /// Normalises x, (n, ..., features). Throws ShapeError for an x with less than two axes or without features, for an
  /// axis that is not there or is the batch's, and in training for an empty batch.
  Var operator()(Var x, const Context& context = {});

  void fields(Fields& f);  ///< the options and the parameters
  void check() const;      ///< throws ValueError for options out of range

  BatchNormalizationOptions options;
  Parameter gamma, beta, moving_mean = Parameter::statistic(), moving_variance = Parameter::statistic();
};

}  // namespace xgrad::inline XGRAD_PRECISION
