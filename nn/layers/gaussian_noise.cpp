#include <xgrad/nn/layers/gaussian_noise.hpp>

#include <xgrad/autograd/ops/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

GaussianNoise::GaussianNoise(double stddev_) : stddev(stddev_) { check(); }

void GaussianNoise::check() const {
  require<ValueError>(stddev >= 0 && stddev <= 1, "GaussianNoise: stddev is ", stddev, "; it takes 0 to 1");
}

Var GaussianNoise::operator()(Var x, const Context& context) const {
  if (!context.training || stddev == 0) return x;
  Rng& rng = context.generator("GaussianNoise");
  const Var noise = x.tape().constant(x.shape(), [&](Tensor& draws) {
    for (Real& draw : draws) draw = static_cast<Real>(stddev * rng.normal());
  });
  return x + noise;
}

}  // namespace xgrad::inline XGRAD_PRECISION
