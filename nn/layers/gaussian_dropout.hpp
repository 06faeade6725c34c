#pragma once

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// In training, multiplies each element by a draw from the normal distribution of mean 1 and standard deviation
/// sqrt(rate / (1 - rate)), which is that of dropout (Srivastava et al. 2014). In inference it is the identity.
struct GaussianDropout {
  static constexpr const char* kind = "gaussian_dropout";

  /// Throws ValueError unless 0 <= rate < 1. Keras takes 1, too, and fails in training.
  explicit GaussianDropout(double rate);

  /// Takes an x of any shape. Throws ValueError in training without a generator, context.rng, unless the rate is 0.
  Var operator()(Var x, const Context& context = {}) const;

  void fields(Fields& f) { f("rate", rate); }
  void check() const;  ///< throws ValueError for a rate out of range

  double rate;  ///< the rate of the dropout that has as much noise, 0 to 1, without 1
};

}  // namespace xgrad::inline XGRAD_PRECISION
