#include <limits>
#include <xgrad/autograd/ops/detail/axes.hpp>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/kernels/elementwise.hpp>
#include <xgrad/core/kernels/math.hpp>

// To reduce over axes is to sum down to the shape in which they have extent 1, and then to drop them: sum_to, reshape.

namespace xgrad::inline XGRAD_PRECISION {

Var sum_to(Var a, const Shape& shape) {
  static constexpr Op op{
      .name = "sum_to",
      .rule = "ā += ȳ, broadcast to the shape of a",
      .forward = [](Tensor& y, In a) { sum_to(y, a); },
      .pull_a = [](const Pull& p) { return broadcast_to(p.g, p.a.shape()); },
  };
  require(broadcasts_to(shape, a.shape()), "sum_to: cannot sum ", a.shape(), " down to ", shape,
          "; it takes a shape that broadcasts to ", a.shape());
  return a.tape().record(op, shape, a);
}

Var broadcast_to(Var a, const Shape& shape) {
  static constexpr Op op{
      .name = "broadcast_to",
      .rule = "ā += ȳ, summed over the broadcast axes",
      .forward = [](Tensor& y, In a) { broadcast_to(y, a); },
      .pull_a = [](const Pull& p) { return sum_to(p.g, p.a.shape()); },
  };
  require(broadcasts_to(a.shape(), shape), "broadcast_to: cannot broadcast ", a.shape(), " to ", shape,
          "; counted from the last, extents must be equal, or that of x 1");
  return a.tape().record(op, shape, a);
}

Var max_to(Var a, const Shape& shape) {
  static constexpr Op op{
      .name = "max_to",
      .rule = "ā += ȳ where a = y, shared evenly among equals",
      .forward = [](Tensor& y, In a) { max_to(y, a); },
      .pull_a =
          [](const Pull& p) {
            const Var largest = equal(p.a, p.y);
            return largest * (p.g / sum_to(largest, p.y.shape()));
          },
  };
  require(broadcasts_to(shape, a.shape()), "max: cannot reduce ", a.shape(), " to ", shape,
          "; it takes a shape that broadcasts to ", a.shape());
  require(a.size() > 0 || element_count(shape) == 0, "max: the shape is ", a.shape(), "; there is nothing to reduce");
  return a.tape().record(op, shape, a);
}

Var sum_rows(Var x) {
  Shape shape = x.shape();
  shape.back() = 1;
  return sum_to(x, shape);
}

namespace {

// x's shape with extent 1 in the given axes, and without them.
struct Reduced {
  Shape kept, dropped;
  std::size_t count = 1;  // how many elements become one
};

Reduced reduced(const char* who, Var x, const Axes& axes) {
  Reduced r{.kept = x.shape(), .dropped = {}};
  std::vector<bool> gone(x.shape().size(), false);
  for (const int axis : axes) {
    const std::size_t k = axis_of(who, x.shape(), axis);
    require(!gone[k], who, ": axis ", axis, " of ", x.shape(), " is given twice; it takes each once");
    gone[k] = true;
    r.kept[k] = 1;
    r.count *= x.shape()[k];
  }
  for (std::size_t k = 0; k < gone.size(); ++k)
    if (!gone[k]) r.dropped.push_back(r.kept[k]);
  return r;
}

Axes all_axes(Var x) {
  Axes axes;
  for (std::size_t k = 0; k < x.shape().size(); ++k) axes.push_back(static_cast<int>(k));
  return axes;
}

void require_elements(const char* who, Var x, const Reduced& r) {
  require(r.count > 0, who, ": the shape is ", x.shape(), "; it takes at least one element to reduce");
}

}  // namespace

Var sum(Var x) { return sum_to(x, {}); }

Var sum(Var x, const Axes& axes, bool keepdims) {
  const Reduced r = reduced("sum", x, axes);
  const Var y = sum_to(x, r.kept);
  return keepdims ? y : reshape(y, r.dropped);
}

Var mean(Var x) {
  require(x.size() > 0, "mean: the shape is ", x.shape(), "; it takes at least one element to reduce");
  return sum(x) / x.size();
}

Var mean(Var x, const Axes& axes, bool keepdims) {
  const Reduced r = reduced("mean", x, axes);
  require_elements("mean", x, r);
  return sum(x, axes, keepdims) / r.count;
}

Var variance(Var x) { return variance(x, all_axes(x)); }

Var variance(Var x, const Axes& axes, bool keepdims) {
  require_elements("variance", x, reduced("variance", x, axes));
  return mean(square(x - mean(x, axes, true)), axes, keepdims);
}

Var max(Var x) { return max(x, all_axes(x)); }

Var max(Var x, const Axes& axes, bool keepdims) {
  const Reduced r = reduced("max", x, axes);
  require_elements("max", x, r);
  const Var y = max_to(x, r.kept);
  return keepdims ? y : reshape(y, r.dropped);
}

Var min(Var x) { return -max(-x); }
Var min(Var x, const Axes& axes, bool keepdims) { return -max(-x, axes, keepdims); }

Var logsumexp(Var x) { return logsumexp(x, all_axes(x)); }

Var logsumexp(Var x, const Axes& axes, bool keepdims) {
  const Reduced r = reduced("logsumexp", x, axes);
  require_elements("logsumexp", x, r);
  using Limits = std::numeric_limits<Real>;
  // Any shift gives the same result and slope. A finite one leaves infinite elements what they are, for inf - inf is
  // NaN.
  const Var shift = stop_gradient(clip(max_to(x, r.kept), Limits::lowest(), Limits::max()));
  const Var y = log(sum_to(exp(x - shift), r.kept)) + shift;
  return keepdims ? y : reshape(y, r.dropped);
}

Var norm(Var x) { return norm(x, all_axes(x)); }

Var norm(Var x, const Axes& axes, bool keepdims) {
  const Reduced r = reduced("norm", x, axes);
  using Limits = std::numeric_limits<Real>;
  // The norm is homogeneous, so any scale gives the same result and slope. With the largest element no square
  // overflows.
  const Var scale =
      r.count == 0 ? x.tape().constant(1) : stop_gradient(clip(max_to(abs(x), r.kept), Limits::min(), Limits::max()));
  const Var squares = sum_to(square(x / scale), r.kept);
  const Var zero = equal(squares, 0);
  const Var y = scale * where(zero, 0, sqrt(where(zero, 1, squares)));  // the infinite slope of sqrt at 0 is never met
  return keepdims ? y : reshape(y, r.dropped);
}

}  // namespace xgrad::inline XGRAD_PRECISION
