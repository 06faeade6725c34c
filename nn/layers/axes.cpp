#include <algorithm>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/detail/axes.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Var AxisShapes::spread(Var weight) const { return are_last ? weight : reshape(weight, only); }

AxisShapes split_axes(const char* who, const Shape& shape, std::span<const std::int64_t> axes, std::int64_t from) {
  const auto rank = static_cast<std::int64_t>(shape.size());
  Shape chosen(shape.size(), 0);
  for (const std::int64_t axis : axes) {
    const std::int64_t at = axis < 0 ? axis + rank : axis;
    require(at >= from && at < rank && std::exchange(chosen[static_cast<std::size_t>(at)], 1) == 0, who, ": axis ",
            axis, " of ", shape, "; it takes each of ", from, " to ", rank - 1, " once, where -1 is the last");
  }
  AxisShapes split{{}, shape, shape, std::is_sorted(chosen.begin(), chosen.end())};
  for (std::size_t k = 0; k < shape.size(); ++k) {
    if (chosen[k] == 1) split.extents.push_back(shape[k]);
    (chosen[k] == 1 ? split.without : split.only)[k] = 1;
  }
  return split;
}

}  // namespace xgrad::inline XGRAD_PRECISION
