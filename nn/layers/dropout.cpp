#include <xgrad/nn/layers/dropout.hpp>

#include <xgrad/autograd/ops/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Dropout::Dropout(double rate_, DropoutOptions options_) : rate(rate_), options(std::move(options_)) { check(); }

void Dropout::check() const {
  require<ValueError>(rate >= 0 && rate <= 1, "Dropout: the rate is ", rate, "; it takes 0 to 1");
  for (const std::int64_t extent : options.noise_shape)
    require<ValueError>(extent == -1 || extent > 0, "Dropout: noise_shape has an extent of ", extent,
                        "; it takes 1 and more, or -1 for that of x");
}

namespace {

Shape shape_of_noise(const Shape& x, const std::vector<std::int64_t>& noise_shape) {
  Shape shape = x;
  bool fits = noise_shape.empty() || noise_shape.size() == x.size();
  for (std::size_t k = 0; fits && k < noise_shape.size(); ++k) {
    if (noise_shape[k] != -1) shape[k] = static_cast<std::size_t>(noise_shape[k]);
    fits = shape[k] == 1 || shape[k] == x[k];
  }
  require(fits, "Dropout: the noise_shape does not fit x of shape ", x, "; it takes 1 or -1 for each of its axes");
  return shape;
}

}  // namespace

Var Dropout::operator()(Var x, const Context& context) const {
  if (!context.training || rate == 0) return x;
  Rng& rng = context.generator("Dropout");
  const Var mask = x.tape().constant(shape_of_noise(x.shape(), options.noise_shape), [&](Tensor& keep) {
    const double threshold = rate * 4294967296.0;  // 2^32: dropped if 32 random bits are below
    const Real scale = rate < 1 ? static_cast<Real>(1 / (1 - rate)) : 0;
    for (Real& k : keep) k = rng.bits() < threshold ? 0 : scale;
  });
  return x * mask;
}

}  // namespace xgrad::inline XGRAD_PRECISION
