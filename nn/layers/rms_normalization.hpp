#pragma once

#include <cstdint>
#include <vector>

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The options of RMSNormalization, with Keras's names, order and defaults.
struct RMSNormalizationOptions {
  std::vector<std::int64_t> axis = {-1};  ///< the axes over which is averaged, of which -1 is the last
  double epsilon = 1e-6;                  ///< what is added to the mean square, above 0
};

/// scale x / sqrt(mean(x^2) + epsilon), with the mean over the axes (Zhang & Sennrich 2019). Training and inference do
/// the same. The parameter is the scale, which has the axes' extents.
struct RMSNormalization {
  static constexpr const char* kind = "rms_normalization";

  /// Throws ValueError for no axes and unless epsilon > 0.
  explicit RMSNormalization(RMSNormalizationOptions options = {});

  /// Takes x, (n, ...). Throws ShapeError for an axis that is not there, or is the batch's, and for an axis of extent
  /// 0.
  Var operator()(Var x, const Context& context = {});

  void fields(Fields& f);  ///< the options and the parameter
  void check() const;      ///< throws ValueError for options out of range

  RMSNormalizationOptions options;
  Parameter scale;
};

}  // namespace xgrad::inline XGRAD_PRECISION
