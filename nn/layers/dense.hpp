#pragma once

#include <xgrad/nn/layer.hpp>
#include <xgrad/nn/parts/activation.hpp>

namespace xgrad::inline XGRAD_PRECISION {

struct DenseOptions {
  bool use_bias = true;
  Initializer kernel_initializer = glorot_uniform;
  Initializer bias_initializer = zeros;
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};  ///< of the outputs, divided by the batch's size, as in Keras since 3.14
};

/// activation(x kernel + bias): (n, ..., in) to (n, ..., units), with a kernel (in, units) and a bias (units,), as in
/// Keras. What its regularizers add to the loss goes to context.penalties.
struct Dense {
  static constexpr const char* kind = "dense";

  /// Throws ValueError for 0 units.
  explicit Dense(std::size_t units, Activation activation = linear, DenseOptions options = {});

  /// Throws ShapeError for an x that is no batch.
  Var operator()(Var x, const Context& context = {});
  void fields(Fields& f);  ///< all but the initializers, which have done their work when there is something to save
  void check() const;

  std::size_t units;
  Activation activation;
  DenseOptions options;
  Parameter kernel, bias;
};

extern template Layer::Layer(Dense);

}  // namespace xgrad::inline XGRAD_PRECISION
