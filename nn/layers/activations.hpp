#pragma once

// Activations with options, as layers. Those without are layers by name: Activation("gelu").

#include <cstdint>
#include <optional>
#include <vector>

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The options of ReLU, with Keras's names, order and defaults.
struct ReLUOptions {
  std::optional<double> max_value = {};  ///< the largest output, from 0 up; without one there is none
  double negative_slope = 0;             ///< the slope below the threshold, from 0 up
  double threshold = 0;                  ///< where x begins to pass, from 0 up
};

/// x above the threshold, but at most max_value; else negative_slope (x - threshold). As in Keras, x jumps to the
/// threshold there. The slope is 0 at the threshold, half at max_value, and at a max_value of 6 that of relu6.
struct ReLU {
  static constexpr const char* kind = "re_lu";

  /// Throws ValueError for an option that is negative or not finite.
  explicit ReLU(ReLUOptions options = {});

  Var operator()(Var x, const Context& = {}) const;  ///< takes an x of any shape

  void fields(Fields& f);  ///< the options
  void check() const;      ///< throws ValueError for options out of range

  ReLUOptions options;
};

/// x, or negative_slope x below 0. The slope at 0 is that below. Keras's default for the layer is 0.3, where it is 0.2
/// for the function leaky_relu.
struct LeakyReLU {
  static constexpr const char* kind = "leaky_re_lu";

  /// Throws ValueError for a slope that is negative or not finite.
  explicit LeakyReLU(double negative_slope = 0.3);

  Var operator()(Var x, const Context& = {}) const;  ///< takes an x of any shape

  void fields(Fields& f) { f("negative_slope", negative_slope); }
  void check() const;  ///< throws ValueError for a slope out of range

  double negative_slope;
};

/// The options of PReLU, with Keras's names, order and defaults.
struct PReLUOptions {
  Initializer alpha_initializer = zeros;
  Regularizer alpha_regularizer = {};

  /// The axes along which one slope is learnt for all, from 1 up, for the batch is axis 0: {1, 2} in (n, h, w, c).
  std::vector<std::int64_t> shared_axes = {};
};

/// x, or alpha x below 0, with slopes that are learnt (He et al. 2015). The slope at 0 is 0, as in Keras. The parameter
/// is alpha, which has the shape of a sample, with 1 for shared axes.
struct PReLU {
  static constexpr const char* kind = "p_re_lu";

  /// Throws ValueError for a shared axis below 1.
  explicit PReLU(PReLUOptions options = {});

  /// Takes x, (n, ...). Throws ShapeError for a number, (), for a shared axis that is not there, and for samples of
  /// another shape than alpha's.
  Var operator()(Var x, const Context& context = {});

  void fields(Fields& f);  ///< the options and the parameter
  void check() const;      ///< throws ValueError for options out of range

  PReLUOptions options;
  Parameter alpha;
};

/// x, or alpha (e^x - 1) below 0. The slope at 0 is alpha.
struct ELU {
  static constexpr const char* kind = "elu";

  /// Throws ValueError for an alpha that is not finite.
  explicit ELU(double alpha = 1);

  Var operator()(Var x, const Context& = {}) const;  ///< takes an x of any shape

  void fields(Fields& f) { f("alpha", alpha); }
  void check() const;  ///< throws ValueError for an alpha that is not finite

  double alpha;
};

/// e^x / sum e^x, with the sum along one axis or several. Negative axes count from the last, which is -1.
struct Softmax {
  static constexpr const char* kind = "softmax";

  /// Along one axis; -1 is the last.
  explicit Softmax(std::int64_t axis_ = -1) : Softmax(std::vector{axis_}) {}

  /// Throws ValueError for no axes.
  explicit Softmax(std::vector<std::int64_t> axis_);

  /// Throws ShapeError for an axis that x does not have.
  Var operator()(Var x, const Context& = {}) const;

  void fields(Fields& f) { f("axis", axis); }
  void check() const;  ///< throws ValueError for no axes

  std::vector<std::int64_t> axis;
};

}  // namespace xgrad::inline XGRAD_PRECISION
