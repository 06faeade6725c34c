#pragma once

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// In training, sets each element to selu's limit at -infinity, -1.7581, with probability `rate`, then shifts and
/// scales all, so that inputs of mean 0 and variance 1 keep both (Klambauer et al. 2017). It goes with selu. In
/// inference it is the identity.
struct AlphaDropout {
  static constexpr const char* kind = "alpha_dropout";

  /// Throws ValueError unless 0 <= rate < 1. Keras takes 1, too, and fails in training.
  explicit AlphaDropout(double rate);

  /// Takes an x of any shape. Throws ValueError in training without a generator, context.rng, unless the rate is 0.
  Var operator()(Var x, const Context& context = {}) const;

  void fields(Fields& f) { f("rate", rate); }
  void check() const;  ///< throws ValueError for a rate out of range

  double rate;  ///< the probability with which an element is dropped, 0 to 1, without 1
};

}  // namespace xgrad::inline XGRAD_PRECISION
