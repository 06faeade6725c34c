#include <xgrad/nn/dropout.hpp>

#include <xgrad/autograd/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Dropout::Dropout(double rate) : rate_(rate) {
  require<ValueError>(rate >= 0 && rate <= 1, "Dropout: the rate is ", rate, "; it takes 0 to 1");
}

Var Dropout::operator()(Var x, const Context& context) const {
  if (!context.training || rate_ == 0) return x;
  require<ValueError>(context.rng != nullptr,
                      "Dropout: training without a generator; give {.training = true, .rng = &rng}");
  const Var mask = x.tape().constant(x.shape(), [&](Tensor& keep) {
    const double threshold = rate_ * 4294967296.0;  // 2^32: dropped if 32 random bits are below
    const Real scale = rate_ < 1 ? static_cast<Real>(1 / (1 - rate_)) : 0;
    for (Real& k : keep) k = context.rng->bits() < threshold ? 0 : scale;
  });
  return x * mask;
}

void Dropout::config(Config& options) {
  options("rate", rate_);
  *this = Dropout(rate_);  // checked again
}

}  // namespace xgrad::inline XGRAD_PRECISION
