#pragma once

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// In training, each element is 0 with probability `rate` and 1/(1 - rate) times itself otherwise, so that its mean
/// stays; else the identity (Srivastava et al. 2014; "inverted", as in Keras).
struct Dropout {
  static constexpr const char* kind = "dropout";

  /// Throws ValueError unless 0 <= rate <= 1.
  explicit Dropout(double rate);

  /// Throws ValueError in training without a generator.
  Var operator()(Var x, const Context& context = {}) const;

  void fields(Fields& f) { f("rate", rate); }
  void check() const;

  double rate;
};

}  // namespace xgrad::inline XGRAD_PRECISION
