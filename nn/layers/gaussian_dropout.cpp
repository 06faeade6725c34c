#include <xgrad/nn/layers/gaussian_dropout.hpp>

#include <cmath>

#include <xgrad/autograd/ops/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

GaussianDropout::GaussianDropout(double rate_) : rate(rate_) { check(); }

void GaussianDropout::check() const {
  require<ValueError>(rate >= 0 && rate < 1, "GaussianDropout: the rate is ", rate, "; it takes 0 to 1, without 1");
}

Var GaussianDropout::operator()(Var x, const Context& context) const {
  if (!context.training || rate == 0) return x;
  Rng& rng = context.generator("GaussianDropout");
  const Var noise = x.tape().constant(x.shape(), [&](Tensor& draws) {
    const double stddev = std::sqrt(rate / (1 - rate));
    for (Real& draw : draws) draw = static_cast<Real>(1 + stddev * rng.normal());
  });
  return x * noise;
}

}  // namespace xgrad::inline XGRAD_PRECISION
