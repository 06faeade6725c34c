#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/elementwise.hpp>
#include <xgrad/core/math.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Var sum_to(Var x, const Shape& shape) {
  static constexpr Op op{.name = "sum_to",
                         .rule = "x' += y', stretched",
                         .forward = [](Tensor& y, In x) { sum_to(y, x); },
                         .pull_a = [](Var g, Var, Var x) { return broadcast_to(g, x.shape()); }};
  require(broadcasts_to(shape, x.shape()), "sum_to: cannot sum ", x.shape(), " down to ", shape,
          "; it takes a shape that broadcasts to ", x.shape());
  return x.tape().record(op, shape, x);
}

Var broadcast_to(Var x, const Shape& shape) {
  static constexpr Op op{.name = "broadcast_to",
                         .rule = "x' += y', summed over what was stretched",
                         .forward = [](Tensor& y, In x) { broadcast_to(y, x); },
                         .pull_a = [](Var g, Var, Var x) { return sum_to(g, x.shape()); }};
  require(broadcasts_to(x.shape(), shape), "broadcast_to: cannot stretch ", x.shape(), " to ", shape,
          "; counted from the last, extents must be equal, or that of x 1");
  return x.tape().record(op, shape, x);
}

Var sum(Var x) { return sum_to(x, {}); }

Var mean(Var x) {
  require(x.value().size() > 0, "mean: the shape is ", x.shape(), "; it takes at least one element");
  return sum(x) / x.value().size();
}

namespace {

// Each row along the last axis summed to one element that broadcasts back to it.
Var sum_rows(Var x) {
  Shape shape = x.shape();
  shape.back() = 1;
  return sum_to(x, shape);
}

}  // namespace

Var softmax(Var x) {
  static constexpr Op op{.name = "softmax",
                         .rule = "x' += y (y' - sum(y' y))",
                         .forward = [](Tensor& y, In x) { softmax(y, x); },
                         .pull_a = [](Var g, Var y, Var) { return y * (g - sum_rows(g * y)); }};
  require(!x.shape().empty(), "softmax: the shape is ", x.shape(), "; it takes at least one axis");
  return x.tape().record(op, x.shape(), x);
}

Var log_softmax(Var x) {
  static constexpr Op op{.name = "log_softmax",
                         .rule = "x' += y' - e^y sum(y')",
                         .forward = [](Tensor& y, In x) { log_softmax(y, x); },
                         .pull_a = [](Var g, Var y, Var) { return g - exp(y) * sum_rows(g); }};
  require(!x.shape().empty(), "log_softmax: the shape is ", x.shape(), "; it takes at least one axis");
  return x.tape().record(op, x.shape(), x);
}

}  // namespace xgrad::inline XGRAD_PRECISION
