#pragma once

#include <cstdint>
#include <vector>

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Reshapes (n, ...) to (n, target_shape...), in row-major order, as Keras does. One extent of the target may be -1: it
/// takes the elements that the others leave.
struct Reshape {
  static constexpr const char* kind = "reshape";

  /// Throws ValueError for a second -1 in the target shape, and for any other extent below 1.
  explicit Reshape(std::vector<std::int64_t> target_shape);

  /// Takes x, (n, ...). Throws ShapeError if a sample of x has another number of elements than the target shape.
  Var operator()(Var x, const Context& = {}) const;
  void fields(Fields& f) { f("target_shape", target_shape); }
  void check() const;  ///< throws ValueError for a target shape that the constructor refuses

  std::vector<std::int64_t> target_shape;  ///< the batch left out
};

}  // namespace xgrad::inline XGRAD_PRECISION
