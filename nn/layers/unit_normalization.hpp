#pragma once

#include <cstdint>
#include <vector>

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// x / |x|, with the Euclidean norm over one axis or several, and x / 1e-12 where that is below 1e-12, as in Keras.
/// Negative axes count from the last, which is -1.
struct UnitNormalization {
  static constexpr const char* kind = "unit_normalization";

  /// Along one axis; -1 is the last.
  explicit UnitNormalization(std::int64_t axis_ = -1) : UnitNormalization(std::vector{axis_}) {}

  /// Throws ValueError for no axes.
  explicit UnitNormalization(std::vector<std::int64_t> axis_);

  /// Throws ShapeError for an axis that x does not have.
  Var operator()(Var x, const Context& = {}) const;

  void fields(Fields& f) { f("axis", axis); }
  void check() const;  ///< throws ValueError for no axes

  std::vector<std::int64_t> axis;
};

}  // namespace xgrad::inline XGRAD_PRECISION
