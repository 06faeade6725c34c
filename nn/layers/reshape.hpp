#pragma once

#include <cstdint>
#include <vector>

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// (n, ...) to (n, target_shape...), in row-major order. One extent may be -1: what the others leave.
struct Reshape {
  static constexpr const char* kind = "reshape";

  /// Throws ValueError for a second -1, or for any other extent below 1.
  explicit Reshape(std::vector<std::int64_t> target_shape);

  /// Throws ShapeError if the numbers of elements differ.
  Var operator()(Var x, const Context& = {}) const;
  void fields(Fields& f) { f("target_shape", target_shape); }
  void check() const;

  std::vector<std::int64_t> target_shape;
};

}  // namespace xgrad::inline XGRAD_PRECISION
