#pragma once

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// (n, a, b, ...) to (n, a b ...), in row-major order.
struct Flatten {
  static constexpr const char* kind = "flatten";

  Shape build(const Shape& input, Rng&) const { return {element_count(input)}; }

  /// Throws ShapeError for a number, which has no batch axis.
  Var operator()(Var x, const Context& = {}) const;

  void config(Config&) {}
};

}  // namespace xgrad::inline XGRAD_PRECISION
