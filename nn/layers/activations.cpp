#include <xgrad/nn/layers/activations.hpp>

#include <algorithm>
#include <cmath>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/detail/axes.hpp>
#include <xgrad/nn/parts/activation.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

void check_positive(const char* who, const char* name, double value) {
  require<ValueError>(std::isfinite(static_cast<Real>(value)) && value >= 0, who, ": ", name, " is ", value,
                      "; it takes a finite one from 0 up");
}

}  // namespace

ReLU::ReLU(ReLUOptions options_) : options(options_) { check(); }

void ReLU::check() const {
  check_positive("ReLU", "max_value", options.max_value.value_or(0));
  check_positive("ReLU", "negative_slope", options.negative_slope);
  check_positive("ReLU", "threshold", options.threshold);
}

Var ReLU::operator()(Var x, const Context&) const {
  const auto& [max_value, slope, threshold] = options;
  if (!max_value && threshold == 0) return slope == 0 ? relu(x) : leaky_relu(x, static_cast<Real>(slope));
  const bool is_relu6 = max_value == 6.0 && threshold == 0;
  Var y = is_relu6 ? relu6(x) : threshold == 0 ? relu(x) : where(greater(x, threshold), x, 0);
  if (max_value && !is_relu6) y = minimum(y, *max_value);
  return slope == 0 ? y : y - slope * relu(threshold - x);
}

void ReLU::fields(Fields& f) {
  f("max_value", options.max_value)("negative_slope", options.negative_slope)("threshold", options.threshold);
}

LeakyReLU::LeakyReLU(double slope) : negative_slope(slope) { check(); }
void LeakyReLU::check() const { check_positive("LeakyReLU", "negative_slope", negative_slope); }
Var LeakyReLU::operator()(Var x, const Context&) const { return leaky_relu(x, static_cast<Real>(negative_slope)); }

PReLU::PReLU(PReLUOptions options_) : options(std::move(options_)) { check(); }

void PReLU::check() const {
  for (const std::int64_t axis : options.shared_axes)
    require<ValueError>(axis >= 1, "PReLU: a shared axis is ", axis, "; it takes axes from 1 up, for 0 is the batch's");
}

Var PReLU::operator()(Var x, const Context& context) {
  require(!x.shape().empty(), "PReLU: cannot take (); it takes (n, ...)");
  Shape slopes = split_axes("PReLU", x.shape(), options.shared_axes).without;
  slopes.erase(slopes.begin());
  const Var slope = context.weight(x.tape(), alpha, slopes, options.alpha_initializer);
  context.penalise(options.alpha_regularizer, alpha, slope);
  const Var above = relu(x);
  return above - slope * relu(-x);
}

void PReLU::fields(Fields& f) {
  f("alpha_initializer", options.alpha_initializer)("alpha_regularizer", options.alpha_regularizer);
  f("shared_axes", options.shared_axes)("alpha", alpha);
}

ELU::ELU(double alpha_) : alpha(alpha_) { check(); }

void ELU::check() const {
  require<ValueError>(std::isfinite(static_cast<Real>(alpha)), "ELU: alpha is ", alpha, "; it takes a finite one");
}

Var ELU::operator()(Var x, const Context&) const { return elu(x, static_cast<Real>(alpha)); }

Softmax::Softmax(std::vector<std::int64_t> axis_) : axis(std::move(axis_)) { check(); }

void Softmax::check() const { require<ValueError>(!axis.empty(), "Softmax: no axes; it takes one or more"); }

Var Softmax::operator()(Var x, const Context&) const {
  const Shape sums = split_axes("Softmax", x.shape(), axis, 0).without;
  if (axis.size() == 1) return softmax(x, static_cast<int>(axis[0]));
  const Var largest = stop_gradient(max_to(x, sums)), e = exp(x - largest);
  return e / sum_to(e, sums);
}

}  // namespace xgrad::inline XGRAD_PRECISION
