#pragma once

#include <xgrad/nn/layer.hpp>
#include <xgrad/nn/parts/activation.hpp>
#include <xgrad/nn/parts/constraints.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The options of Dense, with Keras's names, order and defaults.
struct DenseOptions {
  bool use_bias = true;
  Initializer kernel_initializer = glorot_uniform;
  Initializer bias_initializer = zeros;
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};  ///< its penalty on the outputs is divided by n, as in Keras since 3.14
  Constraint kernel_constraint = {};      ///< what the optimizer makes the kernel be after each step
  Constraint bias_constraint = {};        ///< what the optimizer makes the bias be after each step
};

/// activation(x kernel + bias), from (n, ..., in) to (n, ..., units), as in Keras. The parameters are the kernel,
/// (in, units), and the bias, (units,). Penalties of its regularizers go to context.penalties.
struct Dense {
  static constexpr const char* kind = "dense";

  /// Throws ValueError for 0 units.
  explicit Dense(std::size_t units, Activation activation = linear, DenseOptions options = {});

  /// Takes x, (n, ..., in). Throws ShapeError for an x with less than two axes, and for another `in` than the kernel's.
  Var operator()(Var x, const Context& context = {});

  void fields(Fields& f);  ///< the options and the parameters
  void check() const;      ///< throws ValueError for 0 units

  std::size_t units;
  Activation activation;
  DenseOptions options;
  Parameter kernel, bias;
};

extern template Layer::Layer(Dense);

}  // namespace xgrad::inline XGRAD_PRECISION
