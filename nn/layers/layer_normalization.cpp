#include <xgrad/nn/layers/layer_normalization.hpp>

#include <cmath>
#include <limits>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/detail/axes.hpp>
#include <xgrad/nn/layers/detail/moments.hpp>

namespace xgrad::inline XGRAD_PRECISION {

LayerNormalization::LayerNormalization(LayerNormalizationOptions options_) : options(std::move(options_)) {
  check();
  options.beta_constraint.constrain(beta);
  options.gamma_constraint.constrain(gamma);
}

void LayerNormalization::check() const {
  require<ValueError>(!options.axis.empty(), "LayerNormalization: no axes; it takes one or more");
  require<ValueError>(static_cast<Real>(options.epsilon) >= std::numeric_limits<Real>::min() &&
                          std::isfinite(static_cast<Real>(options.epsilon)),
                      "LayerNormalization: epsilon is ", options.epsilon, "; it takes a finite number above 0");
}

Var LayerNormalization::operator()(Var x, const Context& context) {
  Tape& tape = x.tape();
  const auto require_features = [&](bool has) {
    require(has, "LayerNormalization: cannot take ", x.shape(), "; it takes (n, ..., features)");
  };
  require_features(x.shape().size() >= 2);
  const AxisShapes shapes = split_axes("LayerNormalization", x.shape(), options.axis);
  require_features(element_count(shapes.extents) > 0);
  const Moments row = moments(x, shapes.without);
  Var y = row.centred * rsqrt(row.variance + options.epsilon);
  if (options.scale) {
    const Var g = context.weight(tape, gamma, shapes.extents, options.gamma_initializer);
    context.penalise(options.gamma_regularizer, gamma, g);
    y = y * shapes.spread(g);
  }
  if (options.center) {
    const Var b = context.weight(tape, beta, shapes.extents, options.beta_initializer);
    context.penalise(options.beta_regularizer, beta, b);
    y = y + shapes.spread(b);
  }
  return y;
}

void LayerNormalization::fields(Fields& f) {
  f("axis", options.axis)("epsilon", options.epsilon)("center", options.center)("scale", options.scale);
  f("beta_initializer", options.beta_initializer)("gamma_initializer", options.gamma_initializer);
  f("beta_regularizer", options.beta_regularizer)("gamma_regularizer", options.gamma_regularizer);
  f("beta_constraint", options.beta_constraint)("gamma_constraint", options.gamma_constraint);
  options.beta_constraint.constrain(beta);
  options.gamma_constraint.constrain(gamma);
  if (options.scale) f("gamma", gamma);
  if (options.center) f("beta", beta);
}

}  // namespace xgrad::inline XGRAD_PRECISION
