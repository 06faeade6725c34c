#include <algorithm>
#include <cmath>
#include <xgrad/autograd/ops.hpp>

// Rows and elements chosen by number. The numbers are an input without a gradient, and each function's adjoint has the
// same ones.

namespace xgrad::inline XGRAD_PRECISION {

namespace {

std::size_t index(Real x) { return static_cast<std::size_t>(x); }

std::size_t row_length(const Tensor& x) { return element_count(Shape(x.shape().begin() + 1, x.shape().end())); }

void check_indices(const char* who, Var indices, std::size_t n, std::size_t limit) {
  require(indices.shape() == Shape{n}, who, ": indices of shape ", indices.shape(), "; it takes ", Shape{n});
  for (std::size_t i = 0; i < n; ++i) {
    const Real value = indices.value().data()[i];
    require<ValueError>(value >= 0 && double{value} < static_cast<double>(limit) && value == std::floor(value), who,
                        ": index ", value, " at ", i, "; it takes integers from 0 up to ", limit, ", excluded");
  }
}

}  // namespace

Var take(Var x, Var indices) {
  static constexpr Op op{
      .name = "take",
      .rule = "x' += the rows of y', added up by index",
      .forward =
          [](Tensor& y, In x, In indices) {
            const std::size_t length = row_length(x);
            for (std::size_t i = 0; i < indices.size(); ++i)
              std::copy_n(x.data() + index(indices.data()[i]) * length, length, y.data() + i * length);
          },
      .pull_a = [](const Pull& p) { return segment_sum(p.g, p.b, p.a.shape()[0]); },
  };
  require(!x.shape().empty(), "take: the shape is ", x.shape(), "; it takes rows, (m, ...)");
  check_indices("take", indices, indices.value().size(), x.shape()[0]);
  Shape shape = x.shape();
  shape[0] = indices.value().size();
  return x.tape().record(op, shape, x, indices);
}

Var segment_sum(Var x, Var segment_ids, std::size_t num_segments) {
  static constexpr Op op{
      .name = "segment_sum",
      .rule = "x' += the rows of y' at the indices",
      .forward =
          [](Tensor& y, In x, In indices) {
            const std::size_t length = row_length(x);
            std::fill(y.begin(), y.end(), Real{0});
            for (std::size_t i = 0; i < indices.size(); ++i)
              for (std::size_t k = 0; k < length; ++k)
                y.data()[index(indices.data()[i]) * length + k] += x.data()[i * length + k];
          },
      .pull_a = [](const Pull& p) { return take(p.g, p.b); },
  };
  require(!x.shape().empty(), "segment_sum: the shape is ", x.shape(), "; it takes rows, (n, ...)");
  check_indices("segment_sum", segment_ids, x.shape()[0], num_segments);
  Shape shape = x.shape();
  shape[0] = num_segments;
  return x.tape().record(op, shape, x, segment_ids);
}

Var take_along_axis(Var x, Var labels) {
  static constexpr Op op{
      .name = "take_along_axis",
      .rule = "x' += y', each at its label",
      .forward =
          [](Tensor& y, In x, In labels) {
            for (std::size_t i = 0; i < labels.size(); ++i)
              y.data()[i] = x.data()[i * x.shape(1) + index(labels.data()[i])];
          },
      .pull_a = [](const Pull& p) { return one_hot(p.g, p.b, p.a.shape()[1]); },
  };
  require(x.shape().size() == 2, "take_along_axis: the shape is ", x.shape(), "; it takes (n, k)");
  check_indices("take_along_axis", labels, x.shape()[0], x.shape()[1]);
  return x.tape().record(op, {x.shape()[0]}, x, labels);
}

Var one_hot(Var x, Var labels, std::size_t classes) {
  static constexpr Op op{
      .name = "one_hot",
      .rule = "x' += the element of y' at each label",
      .forward =
          [](Tensor& y, In x, In labels) {
            std::fill(y.begin(), y.end(), Real{0});
            for (std::size_t i = 0; i < labels.size(); ++i)
              y.data()[i * y.shape(1) + index(labels.data()[i])] = x.data()[i];
          },
      .pull_a = [](const Pull& p) { return take_along_axis(p.g, p.b); },
  };
  require(x.shape().size() == 1, "one_hot: the shape is ", x.shape(), "; it takes (n,)");
  check_indices("one_hot", labels, x.shape()[0], classes);
  return x.tape().record(op, {x.shape()[0], classes}, x, labels);
}

}  // namespace xgrad::inline XGRAD_PRECISION
