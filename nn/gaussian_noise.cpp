#include <xgrad/nn/gaussian_noise.hpp>

#include <xgrad/autograd/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

GaussianNoise::GaussianNoise(double stddev) : stddev_(stddev) {
  require<ValueError>(stddev >= 0 && stddev <= 1, "GaussianNoise: stddev is ", stddev, "; it takes 0 to 1");
}

Var GaussianNoise::operator()(Var x, const Context& context) const {
  if (!context.training || stddev_ == 0) return x;
  require<ValueError>(context.rng != nullptr,
                      "GaussianNoise: training without a generator; give {.training = true, .rng = &rng}");
  const Var noise = x.tape().constant(x.shape(), [&](Tensor& draws) {
    for (Real& draw : draws) draw = static_cast<Real>(stddev_ * context.rng->normal());
  });
  return x + noise;
}

void GaussianNoise::config(Config& options) {
  options("stddev", stddev_);
  *this = GaussianNoise(stddev_);  // checked again
}

}  // namespace xgrad::inline XGRAD_PRECISION
