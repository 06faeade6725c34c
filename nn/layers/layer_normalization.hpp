#pragma once

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

struct LayerNormalizationOptions {
  double epsilon = 1e-3;
  bool center = true;  ///< whether there is a beta
  bool scale = true;   ///< whether there is a gamma
};

/// gamma (x - mean) / sqrt(variance + epsilon) + beta, with the mean and variance of each row along the last axis (Ba,
/// Kiros & Hinton 2016), the same in training and in inference. Its parameters are gamma and beta, each (features,).
struct LayerNormalization {
  static constexpr const char* kind = "layer_normalization";

  /// Throws ValueError unless epsilon > 0.
  explicit LayerNormalization(LayerNormalizationOptions options = {});

  /// Takes (n, ..., features). Throws ShapeError for anything else.
  Var operator()(Var x, const Context& context = {});
  void fields(Fields& f);
  void check() const;

  LayerNormalizationOptions options;
  Parameter gamma, beta;
};

}  // namespace xgrad::inline XGRAD_PRECISION
