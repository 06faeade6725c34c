#pragma once

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// In training, sets each element to 0 with probability `rate` and multiplies the others by 1 / (1 - rate), which keeps
/// the mean (Srivastava et al. 2014; "inverted" dropout, as in Keras). In inference it is the identity.
struct Dropout {
  static constexpr const char* kind = "dropout";

  /// Throws ValueError unless 0 <= rate <= 1.
  explicit Dropout(double rate);

  /// Takes an x of any shape. Throws ValueError in training without a generator, context.rng, unless the rate is 0.
  Var operator()(Var x, const Context& context = {}) const;

  void fields(Fields& f) { f("rate", rate); }
  void check() const;  ///< throws ValueError for a rate out of range

  double rate;  ///< the probability with which an element is dropped, 0 to 1
};

}  // namespace xgrad::inline XGRAD_PRECISION
