#include <xgrad/nn/layers/dropout.hpp>

#include <xgrad/autograd/ops/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Dropout::Dropout(double rate_) : rate(rate_) { check(); }

void Dropout::check() const {
  require<ValueError>(rate >= 0 && rate <= 1, "Dropout: the rate is ", rate, "; it takes 0 to 1");
}

Var Dropout::operator()(Var x, const Context& context) const {
  if (!context.training || rate == 0) return x;
  Rng& rng = context.generator("Dropout");
  const Var mask = x.tape().constant(x.shape(), [&](Tensor& keep) {
    const double threshold = rate * 4294967296.0;  // 2^32: dropped if 32 random bits are below
    const Real scale = rate < 1 ? static_cast<Real>(1 / (1 - rate)) : 0;
    for (Real& k : keep) k = rng.bits() < threshold ? 0 : scale;
  });
  return x * mask;
}

}  // namespace xgrad::inline XGRAD_PRECISION
