#include <xgrad/nn/batch_normalization.hpp>

#include <cmath>
#include <limits>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/nn/moments.hpp>

namespace xgrad::inline XGRAD_PRECISION {

BatchNormalization::BatchNormalization(BatchNormalizationOptions options) : options_(options) { check(); }

void BatchNormalization::check() const {
  require<ValueError>(options_.momentum >= 0 && options_.momentum <= 1, "BatchNormalization: the momentum is ",
                      options_.momentum, "; it takes 0 to 1");
  require<ValueError>(static_cast<Real>(options_.epsilon) >= std::numeric_limits<Real>::min() &&
                          std::isfinite(static_cast<Real>(options_.epsilon)),
                      "BatchNormalization: epsilon is ", options_.epsilon, "; it takes a finite number above 0");
}

Shape BatchNormalization::build(const Shape& input, Rng&) {
  require(!input.empty() && input.back() > 0, "BatchNormalization: cannot take inputs of shape ", input,
          "; it takes (..., features)");
  features_ = input.back();
  gamma_ = Parameter("gamma", ones({features_}));
  beta_ = Parameter("beta", zeros({features_}));
  moving_mean_ = Parameter("moving_mean", zeros({features_}), false);
  moving_variance_ = Parameter("moving_variance", ones({features_}), false);
  return input;
}

Var BatchNormalization::operator()(Var x, const Context& context) {
  Tape& tape = x.tape();
  require(x.shape().size() >= 2 && x.shape().back() == features_, "BatchNormalization: cannot take ", x.shape(),
          "; it is built for (n, ..., ", features_, ")");
  Var centred, variance;
  if (context.training && context.trainable) {
    require(x.value().size() > 0, "BatchNormalization: the batch ", x.shape(), " has no mean to train with");
    const Moments batch = moments(x, {features_});
    move(moving_mean_, batch.mean.value());
    move(moving_variance_, batch.variance.value());
    centred = batch.centred;
    variance = batch.variance;
  } else {
    // Copied, not borrowed: a call in training may move them before this recording ends.
    centred = x - moving_mean_.value();
    variance = tape.constant(moving_variance_.value());
  }
  Var slope = rsqrt(variance + options_.epsilon);
  if (options_.scale) slope = slope * context.weight(tape, gamma_);
  const Var y = centred * slope;
  return options_.center ? y + context.weight(tape, beta_) : y;
}

// In place, and not through a watched line of the tape, whose recording it would make invalid.
void BatchNormalization::move(Parameter& average, const Tensor& batch) const {
  const Real stays = static_cast<Real>(options_.momentum), comes = static_cast<Real>(1 - options_.momentum);
  Tensor& values = average.edit();
  for (std::size_t i = 0; i < features_; ++i) values.data()[i] = stays * values.data()[i] + comes * batch.data()[i];
}

void BatchNormalization::each_parameter(const ParameterVisitor& visit) {
  if (options_.scale) visit(gamma_);
  if (options_.center) visit(beta_);
  visit(moving_mean_);
  visit(moving_variance_);
}

void BatchNormalization::config(Config& options) {
  options("momentum", options_.momentum)("epsilon", options_.epsilon);
  options("center", options_.center)("scale", options_.scale);
  check();
}

}  // namespace xgrad::inline XGRAD_PRECISION
