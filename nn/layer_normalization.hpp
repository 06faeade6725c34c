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
class LayerNormalization {
 public:
  static constexpr const char* kind = "layer_normalization";

  /// Throws ValueError unless epsilon > 0.
  explicit LayerNormalization(LayerNormalizationOptions options = {});

  /// Takes (..., features). Throws ShapeError for anything else.
  Shape build(const Shape& input, Rng& rng);

  /// Throws ShapeError for another number of features.
  Var operator()(Var x, const Context& context = {});
  void each_parameter(const ParameterVisitor& visit);
  void config(Config& options);

 private:
  void check() const;

  LayerNormalizationOptions options_;
  std::size_t features_ = 0;
  Parameter gamma_, beta_;
};

}  // namespace xgrad::inline XGRAD_PRECISION
