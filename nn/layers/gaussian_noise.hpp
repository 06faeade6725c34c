#pragma once

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// In training, adds to each element a draw from the normal distribution of mean 0 and standard deviation `stddev`, as
/// in Keras. In inference it is the identity.
struct GaussianNoise {
  static constexpr const char* kind = "gaussian_noise";

  /// Throws ValueError unless 0 <= stddev <= 1, Keras's bounds.
  explicit GaussianNoise(double stddev);

  /// Takes an x of any shape. Throws ValueError in training without a generator, context.rng, unless stddev is 0.
  Var operator()(Var x, const Context& context = {}) const;

  void fields(Fields& f) { f("stddev", stddev); }
  void check() const;  ///< throws ValueError for a stddev out of range

  double stddev;  ///< the standard deviation of the noise, 0 to 1
};

}  // namespace xgrad::inline XGRAD_PRECISION
