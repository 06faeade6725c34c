#pragma once

#include <xgrad/nn/activation.hpp>
#include <xgrad/nn/initializers.hpp>
#include <xgrad/nn/regularizers.hpp>

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
class Dense {
 public:
  static constexpr const char* kind = "dense";

  /// Throws ValueError for 0 units.
  explicit Dense(std::size_t units, Activation activation = linear, DenseOptions options = {});

  // Not inline, for each program would compile them.
  Dense(const Dense&);
  Dense(Dense&&) noexcept;
  Dense& operator=(const Dense&);
  Dense& operator=(Dense&&) noexcept;
  ~Dense();

  /// Takes (..., in). Throws ShapeError for a number.
  Shape build(const Shape& input, Rng& rng);
  Var operator()(Var x, const Context& context = {});
  void each_parameter(const ParameterVisitor& visit);

  /// All but the initializers, which have done their work when there is something to save.
  void config(Config& options);

 private:
  std::size_t units_;
  Activation activation_;
  DenseOptions options_;
  Parameter kernel_, bias_;
};

extern template Layer::Layer(Dense);

}  // namespace xgrad::inline XGRAD_PRECISION
