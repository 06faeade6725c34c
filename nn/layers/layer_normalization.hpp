#pragma once

#include <cstdint>
#include <vector>

#include <xgrad/nn/layer.hpp>
#include <xgrad/nn/parts/constraints.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The options of LayerNormalization, with Keras's names, order and defaults.
struct LayerNormalizationOptions {
  std::vector<std::int64_t> axis = {-1};  ///< the axes over which is averaged, of which -1 is the last
  double epsilon = 1e-3;                  ///< what is added to the variance, above 0
  bool center = true;                     ///< whether there is a beta
  bool scale = true;                      ///< whether there is a gamma
  Initializer beta_initializer = zeros;
  Initializer gamma_initializer = ones;
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
  Constraint beta_constraint = {};   ///< what the optimizer makes beta be after each step
  Constraint gamma_constraint = {};  ///< what the optimizer makes gamma be after each step
};

/// gamma (x - mean) / sqrt(variance + epsilon) + beta, with the mean and variance of each row along the last axis, or
/// of each sample along several (Ba, Kiros & Hinton 2016). Training and inference do the same. The parameters are gamma
/// and beta, which have the axes' extents, such as (features,).
struct LayerNormalization {
  static constexpr const char* kind = "layer_normalization";

  /// Throws ValueError for no axes and unless epsilon > 0.
  explicit LayerNormalization(LayerNormalizationOptions options = {});

  /// Normalises x, (n, ..., features). Throws ShapeError for an x with less than two axes or without features, and for
  /// an axis that is not there or is the batch's.
  Var operator()(Var x, const Context& context = {});

  void fields(Fields& f);  ///< the options and the parameters
  void check() const;      ///< throws ValueError for options out of range

  LayerNormalizationOptions options;
  Parameter gamma, beta;
};

}  // namespace xgrad::inline XGRAD_PRECISION
