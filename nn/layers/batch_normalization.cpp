#include <xgrad/nn/layers/batch_normalization.hpp>

#include <cmath>
#include <limits>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/detail/axes.hpp>
#include <xgrad/nn/layers/detail/moments.hpp>

namespace xgrad::inline XGRAD_PRECISION {

BatchNormalization::BatchNormalization(BatchNormalizationOptions options_) : options(std::move(options_)) {
  check();
  options.beta_constraint.constrain(beta);
  options.gamma_constraint.constrain(gamma);
}

void BatchNormalization::check() const {
  require<ValueError>(options.momentum >= 0 && options.momentum <= 1, "BatchNormalization: the momentum is ",
                      options.momentum, "; it takes 0 to 1");
  require<ValueError>(static_cast<Real>(options.epsilon) >= std::numeric_limits<Real>::min() &&
                          std::isfinite(static_cast<Real>(options.epsilon)),
                      "BatchNormalization: epsilon is ", options.epsilon, "; it takes a finite number above 0");
}

namespace {

// In place, and not through a watched line of the tape, whose recording it would make invalid.
void move(Parameter& average, const Tensor& batch, double momentum) {
  const Real stays = static_cast<Real>(momentum), comes = static_cast<Real>(1 - momentum);
  Tensor& values = average.edit();
  for (std::size_t i = 0; i < values.size(); ++i) values.data()[i] = stays * values.data()[i] + comes * batch.data()[i];
}

}  // namespace

Var BatchNormalization::operator()(Var x, const Context& context) {
  Tape& tape = x.tape();
  const auto require_features = [&](bool has) {
    require(has, "BatchNormalization: cannot take ", x.shape(), "; it takes (n, ..., features)");
  };
  require_features(x.shape().size() >= 2);
  const AxisShapes shapes = split_axes("BatchNormalization", x.shape(), {&options.axis, 1});
  const Shape& features = shapes.extents;
  require_features(features[0] > 0);
  const Tensor& mean = context.statistic(tape, moving_mean, features, options.moving_mean_initializer);
  const Tensor& variance = context.statistic(tape, moving_variance, features, options.moving_variance_initializer);
  Var centred, spread;
  if (context.training && context.trainable && !moving_mean.frozen) {
    require(x.value().size() > 0, "BatchNormalization: the batch ", x.shape(), " has no mean to train with");
    const Moments batch = moments(x, shapes.are_last ? features : shapes.only);
    move(moving_mean, batch.mean.value(), options.momentum);
    move(moving_variance, batch.variance.value(), options.momentum);
    centred = batch.centred;
    spread = batch.variance;
  } else {
    // Copied, not borrowed: a call in training may move them before this recording ends.
    centred = x - shapes.spread(tape.constant(mean));
    spread = shapes.spread(tape.constant(variance));
  }
  Var slope = rsqrt(spread + options.epsilon);
  if (options.scale) {
    const Var g = context.weight(tape, gamma, features, options.gamma_initializer);
    context.penalise(options.gamma_regularizer, gamma, g);
    slope = slope * shapes.spread(g);
  }
  Var y = centred * slope;
  if (options.center) {
    const Var b = context.weight(tape, beta, features, options.beta_initializer);
    context.penalise(options.beta_regularizer, beta, b);
    y = y + shapes.spread(b);
  }
  return y;
}

void BatchNormalization::fields(Fields& f) {
  f("axis", options.axis)("momentum", options.momentum)("epsilon", options.epsilon);
  f("center", options.center)("scale", options.scale);
  f("beta_initializer", options.beta_initializer)("gamma_initializer", options.gamma_initializer);
  f("moving_mean_initializer", options.moving_mean_initializer);
  f("moving_variance_initializer", options.moving_variance_initializer);
  f("beta_regularizer", options.beta_regularizer)("gamma_regularizer", options.gamma_regularizer);
  f("beta_constraint", options.beta_constraint)("gamma_constraint", options.gamma_constraint);
  options.beta_constraint.constrain(beta);
  options.gamma_constraint.constrain(gamma);
  if (options.scale) f("gamma", gamma);
  if (options.center) f("beta", beta);
  f("moving_mean", moving_mean)("moving_variance", moving_variance);
}

}  // namespace xgrad::inline XGRAD_PRECISION
