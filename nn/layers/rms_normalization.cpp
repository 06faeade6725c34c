#include <xgrad/nn/layers/rms_normalization.hpp>

#include <cmath>
#include <limits>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/detail/axes.hpp>

namespace xgrad::inline XGRAD_PRECISION {

RMSNormalization::RMSNormalization(RMSNormalizationOptions options_) : options(std::move(options_)) { check(); }

void RMSNormalization::check() const {
  require<ValueError>(!options.axis.empty(), "RMSNormalization: no axes; it takes one or more");
  require<ValueError>(static_cast<Real>(options.epsilon) >= std::numeric_limits<Real>::min() &&
                          std::isfinite(static_cast<Real>(options.epsilon)),
                      "RMSNormalization: epsilon is ", options.epsilon, "; it takes a finite number above 0");
}

Var RMSNormalization::operator()(Var x, const Context& context) {
  const AxisShapes shapes = split_axes("RMSNormalization", x.shape(), options.axis);
  const std::size_t count = element_count(shapes.extents);
  require(count > 0, "RMSNormalization: cannot take ", x.shape(), "; it takes 1 or more along its axes");
  const Var y = x * rsqrt(sum_to(square(x), shapes.without) / count + options.epsilon);
  return y * shapes.spread(context.weight(x.tape(), scale, shapes.extents, ones));
}

void RMSNormalization::fields(Fields& f) { f("axis", options.axis)("epsilon", options.epsilon)("scale", scale); }

}  // namespace xgrad::inline XGRAD_PRECISION
