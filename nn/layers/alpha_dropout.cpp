#include <xgrad/nn/layers/alpha_dropout.hpp>

#include <cmath>

#include <xgrad/autograd/ops/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

AlphaDropout::AlphaDropout(double rate_) : rate(rate_) { check(); }

void AlphaDropout::check() const {
  require<ValueError>(rate >= 0 && rate < 1, "AlphaDropout: the rate is ", rate, "; it takes 0 to 1, without 1");
}

// y = a x + b for what is kept, a limit + b for what is dropped
Var AlphaDropout::operator()(Var x, const Context& context) const {
  if (!context.training || rate == 0) return x;
  Rng& rng = context.generator("AlphaDropout");
  constexpr double limit = -1.67326324235437728482 * 1.05070098735548049342;
  const double a = 1 / std::sqrt((1 - rate) * (1 + rate * limit * limit)), b = -a * limit * rate;
  const Var factor = x.tape().constant(x.shape(), [&](Tensor& keep) {
    const double threshold = rate * 4294967296.0;  // 2^32: dropped if 32 random bits are below
    for (Real& k : keep) k = rng.bits() < threshold ? 0 : static_cast<Real>(a);
  });
  const Var shift = where(factor, b, a * limit + b);
  return x * factor + shift;
}

}  // namespace xgrad::inline XGRAD_PRECISION
