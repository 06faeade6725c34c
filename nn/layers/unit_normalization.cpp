#include <xgrad/nn/layers/unit_normalization.hpp>

#include <xgrad/nn/layers/detail/axes.hpp>
#include <xgrad/nn/layers/detail/moments.hpp>

namespace xgrad::inline XGRAD_PRECISION {

UnitNormalization::UnitNormalization(std::vector<std::int64_t> axis_) : axis(std::move(axis_)) { check(); }

void UnitNormalization::check() const {
  require<ValueError>(!axis.empty(), "UnitNormalization: no axes; it takes one or more");
}

Var UnitNormalization::operator()(Var x, const Context&) const {
  return unit(x, split_axes("UnitNormalization", x.shape(), axis, 0).without, 1e-12);
}

}  // namespace xgrad::inline XGRAD_PRECISION
