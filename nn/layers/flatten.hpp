#pragma once

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Reshapes (n, a, b, ...) to (n, a b ...), in row-major order, as Keras does.
struct Flatten {
  static constexpr const char* kind = "flatten";

  /// Takes x, (n, ...). Throws ShapeError for a number, (), which has no batch axis.
  Var operator()(Var x, const Context& = {}) const;
};

}  // namespace xgrad::inline XGRAD_PRECISION
