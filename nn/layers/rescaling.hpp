#pragma once

#include <vector>

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// x scale + offset, as in Keras: Rescaling(1 / 255.0) takes pixels to [0, 1], Rescaling(1 / 127.5, -1) to [-1, 1].
struct Rescaling {
  static constexpr const char* kind = "rescaling";

  /// One scale and offset for all. Throws ValueError for one that is not finite.
  explicit Rescaling(double scale_, double offset_ = 0) : Rescaling(std::vector{scale_}, std::vector{offset_}) {}

  /// A scale and an offset for each place along the last axis, or one for all: Rescaling({2, 0.5}, {0}). Throws
  /// ValueError for none, and for one that is not finite.
  Rescaling(std::vector<double> scale_, std::vector<double> offset_);

  /// Takes an x of any shape. Throws ShapeError if there is neither one scale or offset nor one for each place along
  /// its last axis.
  Var operator()(Var x, const Context& = {}) const;

  void fields(Fields& f) { f("scale", scale)("offset", offset); }
  void check() const;  ///< throws ValueError for options that the constructor refuses

  std::vector<double> scale, offset;  ///< one for all, or one for each place along the last axis
};

}  // namespace xgrad::inline XGRAD_PRECISION
