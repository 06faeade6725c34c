#include <xgrad/nn/layers/batch_normalization.hpp>

#include <cmath>
#include <limits>

#include <xgrad/autograd/ops/ops.hpp>
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
  require(x.shape().size() >= 2 && x.shape().back() > 0, "BatchNormalization: cannot take ", x.shape(),
          "; it takes (n, ..., features)");
  const Shape features{x.shape().back()};
  const Tensor& mean = context.statistic(tape, moving_mean, features, zeros);
  const Tensor& variance = context.statistic(tape, moving_variance, features, ones);
  Var centred, spread;
  if (context.training && context.trainable && !moving_mean.frozen) {
    require(x.value().size() > 0, "BatchNormalization: the batch ", x.shape(), " has no mean to train with");
    const Moments batch = moments(x, features);
    move(moving_mean, batch.mean.value(), options.momentum);
    move(moving_variance, batch.variance.value(), options.momentum);
    centred = batch.centred;
    spread = batch.variance;
  } else {
    // Copied, not borrowed: a call in training may move them before this recording ends.
    centred = x - mean;
    spread = tape.constant(variance);
  }
  Var slope = rsqrt(spread + options.epsilon);
  if (options.scale) slope = slope * context.weight(tape, gamma, features, ones);
  const Var y = centred * slope;
  return options.center ? y + context.weight(tape, beta, features, zeros) : y;
}

void BatchNormalization::fields(Fields& f) {
  f("momentum", options.momentum)("epsilon", options.epsilon)("center", options.center)("scale", options.scale);
  f("beta_constraint", options.beta_constraint)("gamma_constraint", options.gamma_constraint);
  options.beta_constraint.constrain(beta);
  options.gamma_constraint.constrain(gamma);
  if (options.scale) f("gamma", gamma);
  if (options.center) f("beta", beta);
  f("moving_mean", moving_mean)("moving_variance", moving_variance);
}

}  // namespace xgrad::inline XGRAD_PRECISION
