#pragma once

#include <cstdint>
#include <vector>

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The options of Normalization, with Keras's names, order and defaults.
struct NormalizationOptions {
  /// The axes that keep a mean each, such as the features. The others are averaged over; with none, {}, Keras's None,
  /// all are. Negative ones count from the last, and the batch's, 0, is none of them.
  std::vector<std::int64_t> axis = {-1};

  /// The mean and variance, if they are known: a number, or one for each place along the axes, in row-major order.
  std::vector<double> mean = {}, variance = {};

  bool invert = false;  ///< whether to undo the normalization: x deviation + mean
};

/// (x - mean) / deviation, with a mean and deviation that are measured on the training data before training, or given;
/// they are saved with the model. As in Keras, the deviation is the square root of the variance, and at least 1e-7, so
/// that a constant feature becomes 0.
///   Normalization normalization;
///   normalization.adapt(x_train);
///   Sequential model{normalization, Dense(1)};
/// The parameters are mean, variance and count, each without a gradient. The first two have the axes' extents, the
/// count is a number that Keras keeps for older files. Before adapt(), the mean is 0 and the variance 1. Where both are
/// given there are no parameters.
struct Normalization {
  static constexpr const char* kind = "normalization";

  /// Throws ValueError unless mean and variance are both given, in equal number, or neither; for a mean that is not
  /// finite, and for a variance that is negative or not finite.
  explicit Normalization(NormalizationOptions options = {});

  /// Measures the mean and variance of x, (n, ...); what was measured before is forgotten. The variance is that of the
  /// samples at hand: divided by their number. Throws ValueError where they are given, for no samples, naming the first
  /// number that is not finite, and for numbers so large that their variance is not finite; ShapeError for axes that
  /// are not there, and for other extents along them than before.
  void adapt(const Tensor& x);

  /// Takes x, (n, ...). Throws ShapeError for axes that are not there, and for other extents along them than the mean
  /// has.
  Var operator()(Var x, const Context& context = {});

  void fields(Fields& f);  ///< the options and the parameters
  void check() const;      ///< throws ValueError for options that the constructor refuses

  NormalizationOptions options;
  Parameter mean = Parameter::statistic(), variance = Parameter::statistic(), count = Parameter::statistic();
};

}  // namespace xgrad::inline XGRAD_PRECISION
