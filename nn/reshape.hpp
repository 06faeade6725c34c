#pragma once

#include <cstdint>
#include <vector>

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// (n, ...) to (n, target_shape...), in row-major order. One extent may be -1: what the others leave.
class Reshape {
 public:
  static constexpr const char* kind = "reshape";

  /// Throws ValueError for a second -1, or for any other extent below 1.
  explicit Reshape(std::vector<std::int64_t> target_shape);

  /// Throws ShapeError if the numbers of elements differ.
  Shape build(const Shape& input, Rng&) const { return reshaped(input); }
  Var operator()(Var x, const Context& = {}) const;

  void config(Config& options);

 private:
  Shape reshaped(const Shape& sample) const;

  std::vector<std::int64_t> target_shape_;
};

}  // namespace xgrad::inline XGRAD_PRECISION
