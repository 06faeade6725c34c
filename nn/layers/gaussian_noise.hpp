#pragma once

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// In training, adds to each element a draw from the normal distribution of mean 0 and deviation `stddev`; else the
/// identity.
struct GaussianNoise {
  static constexpr const char* kind = "gaussian_noise";

  /// Throws ValueError unless 0 <= stddev <= 1, Keras's bounds.
  explicit GaussianNoise(double stddev);

  /// Throws ValueError in training without a generator.
  Var operator()(Var x, const Context& context = {}) const;

  void fields(Fields& f) { f("stddev", stddev); }
  void check() const;

  double stddev;
};

}  // namespace xgrad::inline XGRAD_PRECISION
