#include <xgrad/nn/dense.hpp>

#include <algorithm>

#include <xgrad/autograd/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

void check_units(std::size_t units) { require<ValueError>(units > 0, "Dense: 0 units; it takes 1 or more"); }

}  // namespace

Dense::Dense(std::size_t units, Activation activation, DenseOptions options)
    : units_(units), activation_(std::move(activation)), options_(std::move(options)) {
  check_units(units_);
}

Dense::Dense(const Dense&) = default;
Dense::Dense(Dense&&) noexcept = default;
Dense& Dense::operator=(const Dense&) = default;
Dense& Dense::operator=(Dense&&) noexcept = default;
Dense::~Dense() = default;

Shape Dense::build(const Shape& input, Rng& rng) {
  require(!input.empty(), "Dense: cannot take inputs of shape ", input, "; it takes (..., in)");
  kernel_ = Parameter("kernel", options_.kernel_initializer({input.back(), units_}, rng));
  if (options_.use_bias) bias_ = Parameter("bias", options_.bias_initializer({units_}, rng));
  Shape output = input;
  output.back() = units_;
  return output;
}

Var Dense::operator()(Var x, const Context& context) {
  Tape& tape = x.tape();
  const Var kernel = context.weight(tape, kernel_);
  const Var bias = options_.use_bias ? context.weight(tape, bias_) : kernel;
  Shape shape = x.shape();
  const bool deep = shape.size() > 2;  // then its rows, along the last axis, are one matrix for the product
  if (deep) x = reshape(x, {element_count(Shape(shape.begin(), shape.end() - 1)), shape.back()});
  Var y = options_.use_bias ? linear(x, kernel, bias) : matmul(x, kernel);
  shape.back() = units_;
  if (deep) y = reshape(y, shape);
  y = activation_(y);

  if (context.penalties != nullptr) {
    // Only what is learnt is penalised, as in Keras.
    const auto penalise = [&](const Regularizer& regularizer, const Parameter& p, Var w) {
      if (regularizer && context.trainable && p.trainable) context.penalties->push_back(regularizer(w));
    };
    penalise(options_.kernel_regularizer, kernel_, kernel);
    if (options_.use_bias) penalise(options_.bias_regularizer, bias_, bias);
    if (options_.activity_regularizer) {
      const std::size_t n = y.shape().empty() ? 1 : std::max<std::size_t>(y.shape()[0], 1);
      context.penalties->push_back(options_.activity_regularizer(y) / n);
    }
  }
  return y;
}

void Dense::each_parameter(const ParameterVisitor& visit) {
  visit(kernel_);
  if (options_.use_bias) visit(bias_);
}

void Dense::config(Config& options) {
  options("units", units_)("activation", activation_)("use_bias", options_.use_bias);
  options("kernel_regularizer", options_.kernel_regularizer)("bias_regularizer", options_.bias_regularizer);
  options("activity_regularizer", options_.activity_regularizer);
  check_units(units_);
}

template Layer::Layer(Dense);

}  // namespace xgrad::inline XGRAD_PRECISION
