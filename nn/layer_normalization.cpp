#include <xgrad/nn/layer_normalization.hpp>

#include <cmath>
#include <limits>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/nn/moments.hpp>

namespace xgrad::inline XGRAD_PRECISION {

LayerNormalization::LayerNormalization(LayerNormalizationOptions options) : options_(options) { check(); }

void LayerNormalization::check() const {
  require<ValueError>(static_cast<Real>(options_.epsilon) >= std::numeric_limits<Real>::min() &&
                          std::isfinite(static_cast<Real>(options_.epsilon)),
                      "LayerNormalization: epsilon is ", options_.epsilon, "; it takes a finite number above 0");
}

Shape LayerNormalization::build(const Shape& input, Rng&) {
  require(!input.empty() && input.back() > 0, "LayerNormalization: cannot take inputs of shape ", input,
          "; it takes (..., features)");
  features_ = input.back();
  gamma_ = Parameter("gamma", ones({features_}));
  beta_ = Parameter("beta", zeros({features_}));
  return input;
}

Var LayerNormalization::operator()(Var x, const Context& context) {
  Tape& tape = x.tape();
  Shape rows = x.shape();
  require(rows.size() >= 2 && rows.back() == features_, "LayerNormalization: cannot take ", x.shape(),
          "; it is built for (n, ..., ", features_, ")");
  rows.back() = 1;
  const Moments row = moments(x, rows);
  Var y = row.centred * rsqrt(row.variance + options_.epsilon);
  if (options_.scale) y = y * context.weight(tape, gamma_);
  if (options_.center) y = y + context.weight(tape, beta_);
  return y;
}

void LayerNormalization::each_parameter(const ParameterVisitor& visit) {
  if (options_.scale) visit(gamma_);
  if (options_.center) visit(beta_);
}

void LayerNormalization::config(Config& options) {
  options("epsilon", options_.epsilon)("center", options_.center)("scale", options_.scale);
  check();
}

}  // namespace xgrad::inline XGRAD_PRECISION
