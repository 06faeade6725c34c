#include <xgrad/nn/layers/dense.hpp>

#include <algorithm>

#include <xgrad/autograd/ops/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Dense::Dense(std::size_t units_, Activation activation_, DenseOptions options_)
    : units(units_), activation(std::move(activation_)), options(std::move(options_)) {
  check();
  options.kernel_constraint.constrain(kernel);
  options.bias_constraint.constrain(bias);
}

void Dense::check() const { require<ValueError>(units > 0, "Dense: 0 units; it takes 1 or more"); }

Var Dense::operator()(Var x, const Context& context) {
  Shape shape = x.shape();
  require(shape.size() > 1, "Dense: cannot take ", shape, "; it takes (n, ..., in)");
  const std::size_t n = shape[0], in = shape.back();
  const Var w = context.weight(x.tape(), kernel, {in, units}, options.kernel_initializer);
  const Var b = options.use_bias ? context.weight(x.tape(), bias, {units}, options.bias_initializer) : w;
  const bool deep = shape.size() > 2;  // then its rows, along the last axis, are one matrix for the product
  if (deep) x = reshape(x, {element_count(Shape(shape.begin(), shape.end() - 1)), in});
  Var y = options.use_bias ? linear(x, w, b) : matmul(x, w);
  shape.back() = units;
  y = activation(deep ? reshape(y, shape) : y);

  context.penalise(options.kernel_regularizer, kernel, w);
  if (options.use_bias) context.penalise(options.bias_regularizer, bias, b);
  if (options.activity_regularizer && context.penalties != nullptr)
    context.penalise(options.activity_regularizer(y) / std::max<std::size_t>(n, 1));
  return y;
}

void Dense::fields(Fields& f) {
  f("units", units)("activation", activation)("use_bias", options.use_bias);
  f("kernel_initializer", options.kernel_initializer)("bias_initializer", options.bias_initializer);
  f("kernel_regularizer", options.kernel_regularizer)("bias_regularizer", options.bias_regularizer);
  f("activity_regularizer", options.activity_regularizer);
  f("kernel_constraint", options.kernel_constraint)("bias_constraint", options.bias_constraint);
  options.kernel_constraint.constrain(kernel);
  options.bias_constraint.constrain(bias);
  f("kernel", kernel);
  if (options.use_bias) f("bias", bias);
}

template Layer::Layer(Dense);

}  // namespace xgrad::inline XGRAD_PRECISION
