#pragma once

#include <xgrad/nn/activation.hpp>
#include <xgrad/nn/initializers.hpp>

namespace xgrad::inline XGRAD_PRECISION {

struct DenseOptions {
  bool use_bias = true;
  Initializer kernel_initializer = glorot_uniform;
  Initializer bias_initializer = zeros;
};

/// activation(x kernel + bias): (n, in) to (n, units), with a kernel (in, units) and a bias (units,), as in Keras.
class Dense {
 public:
  static constexpr const char* kind = "dense";

  /// Throws ValueError for 0 units.
  explicit Dense(std::size_t units, Activation activation = linear, DenseOptions options = {});

  /// Takes (in,). Throws ShapeError for any other rank.
  Shape build(const Shape& input, Rng& rng);
  Var operator()(Var x, const Context& context = {});
  void each_parameter(const ParameterVisitor& visit);

 private:
  std::size_t units_;
  Activation activation_;
  DenseOptions options_;
  Parameter kernel_, bias_;
};

}  // namespace xgrad::inline XGRAD_PRECISION
