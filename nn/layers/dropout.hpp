#pragma once

#include <cstdint>
#include <vector>

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The options of Dropout, with Keras's name. Keras's seed is not there: a model has one generator.
struct DropoutOptions {
  /// The shape of what is dropped together, as x has it, but 1 for axes along which all is dropped or none; -1 (Keras's
  /// None) stands for x's extent. {-1, 1, -1} drops whole features of (n, steps, features). Empty, each element is
  /// dropped by itself.
  std::vector<std::int64_t> noise_shape = {};
};

/// In training, sets each element to 0 with probability `rate` and multiplies the others by 1 / (1 - rate), which keeps
/// the mean (Srivastava et al. 2014; "inverted" dropout, as in Keras). In inference it is the identity.
struct Dropout {
  static constexpr const char* kind = "dropout";

  /// Throws ValueError unless 0 <= rate <= 1, and for an extent of noise_shape that is neither -1 nor from 1 up.
  explicit Dropout(double rate, DropoutOptions options = {});

  /// Takes an x of any shape. Throws ValueError in training without a generator, context.rng, unless the rate is 0;
  /// ShapeError for a noise_shape of another rank, or with an extent that is neither 1 nor x's.
  Var operator()(Var x, const Context& context = {}) const;

  void fields(Fields& f) { f("rate", rate)("noise_shape", options.noise_shape); }
  void check() const;  ///< throws ValueError for options out of range

  double rate;  ///< the probability with which an element is dropped, 0 to 1
  DropoutOptions options;
};

}  // namespace xgrad::inline XGRAD_PRECISION
