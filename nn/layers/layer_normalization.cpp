#include <xgrad/nn/layers/layer_normalization.hpp>

#include <cmath>
#include <limits>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/detail/moments.hpp>

namespace xgrad::inline XGRAD_PRECISION {

LayerNormalization::LayerNormalization(LayerNormalizationOptions options_) : options(std::move(options_)) {
  check();
  options.beta_constraint.constrain(beta);
  options.gamma_constraint.constrain(gamma);
}

void LayerNormalization::check() const {
  require<ValueError>(static_cast<Real>(options.epsilon) >= std::numeric_limits<Real>::min() &&
                          std::isfinite(static_cast<Real>(options.epsilon)),
                      "LayerNormalization: epsilon is ", options.epsilon, "; it takes a finite number above 0");
}

Var LayerNormalization::operator()(Var x, const Context& context) {
  Tape& tape = x.tape();
  Shape rows = x.shape();
  require(rows.size() >= 2 && rows.back() > 0, "LayerNormalization: cannot take ", x.shape(),
          "; it takes (n, ..., features)");
  const Shape features{std::exchange(rows.back(), 1)};
  const Moments row = moments(x, rows);
  Var y = row.centred * rsqrt(row.variance + options.epsilon);
  if (options.scale) y = y * context.weight(tape, gamma, features, ones);
  if (options.center) y = y + context.weight(tape, beta, features, zeros);
  return y;
}

void LayerNormalization::fields(Fields& f) {
  f("epsilon", options.epsilon)("center", options.center)("scale", options.scale);
  f("beta_constraint", options.beta_constraint)("gamma_constraint", options.gamma_constraint);
  options.beta_constraint.constrain(beta);
  options.gamma_constraint.constrain(gamma);
  if (options.scale) f("gamma", gamma);
  if (options.center) f("beta", beta);
}

}  // namespace xgrad::inline XGRAD_PRECISION
