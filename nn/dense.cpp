#include <xgrad/nn/dense.hpp>

#include <xgrad/autograd/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Dense::Dense(std::size_t units, Activation activation, DenseOptions options)
    : units_(units), activation_(std::move(activation)), options_(options) {
  require<ValueError>(units > 0, "Dense: 0 units; it takes 1 or more");
}

Shape Dense::build(const Shape& input, Rng& rng) {
  require(input.size() == 1, "Dense: cannot take inputs of shape ", input, "; it takes (in,): put a Flatten before it");
  kernel_ = Parameter("kernel", options_.kernel_initializer({input[0], units_}, rng));
  if (options_.use_bias) bias_ = Parameter("bias", options_.bias_initializer({units_}, rng));
  return {units_};
}

Var Dense::operator()(Var x, const Context& context) {
  Tape& tape = x.tape();
  const Var kernel = context.weight(tape, kernel_);
  return activation_(options_.use_bias ? linear(x, kernel, context.weight(tape, bias_)) : matmul(x, kernel));
}

void Dense::each_parameter(const ParameterVisitor& visit) {
  visit(kernel_);
  if (options_.use_bias) visit(bias_);
}

}  // namespace xgrad::inline XGRAD_PRECISION
