#pragma once

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// (n, a, b, ...) to (n, a b ...), in row-major order.
struct Flatten {
  static constexpr const char* kind = "flatten";

  /// Throws ShapeError for a number, which has no batch axis.
  Var operator()(Var x, const Context& = {}) const;
};

}  // namespace xgrad::inline XGRAD_PRECISION
