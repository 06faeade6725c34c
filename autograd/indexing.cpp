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

Var gather(Var x, Var indices) {
  static constexpr Op op{
      .name = "gather",
      .rule = "x' += the rows of y', added up by index",
      .forward =
          [](Tensor& y, In x, In indices) {
            const std::size_t length = row_length(x);
            for (std::size_t i = 0; i < indices.size(); ++i)
              std::copy_n(x.data() + index(indices.data()[i]) * length, length, y.data() + i * length);
          },
      .pull_a = [](const Pull& p) { return scatter(p.g, p.b, p.a.shape()[0]); },
  };
  require(!x.shape().empty(), "gather: the shape is ", x.shape(), "; it takes rows, (m, ...)");
  check_indices("gather", indices, indices.value().size(), x.shape()[0]);
  Shape shape = x.shape();
  shape[0] = indices.value().size();
  return x.tape().record(op, shape, x, indices);
}

Var scatter(Var x, Var indices, std::size_t rows) {
  static constexpr Op op{
      .name = "scatter",
      .rule = "x' += the rows of y' at the indices",
      .forward =
          [](Tensor& y, In x, In indices) {
            const std::size_t length = row_length(x);
            std::fill(y.begin(), y.end(), Real{0});
            for (std::size_t i = 0; i < indices.size(); ++i)
              for (std::size_t k = 0; k < length; ++k)
                y.data()[index(indices.data()[i]) * length + k] += x.data()[i * length + k];
          },
      .pull_a = [](const Pull& p) { return gather(p.g, p.b); },
  };
  require(!x.shape().empty(), "scatter: the shape is ", x.shape(), "; it takes rows, (n, ...)");
  check_indices("scatter", indices, x.shape()[0], rows);
  Shape shape = x.shape();
  shape[0] = rows;
  return x.tape().record(op, shape, x, indices);
}

Var pick(Var x, Var labels) {
  static constexpr Op op{
      .name = "pick",
      .rule = "x' += y', each at its label",
      .forward =
          [](Tensor& y, In x, In labels) {
            for (std::size_t i = 0; i < labels.size(); ++i)
              y.data()[i] = x.data()[i * x.shape(1) + index(labels.data()[i])];
          },
      .pull_a = [](const Pull& p) { return place(p.g, p.b, p.a.shape()[1]); },
  };
  require(x.shape().size() == 2, "pick: the shape is ", x.shape(), "; it takes (n, k)");
  check_indices("pick", labels, x.shape()[0], x.shape()[1]);
  return x.tape().record(op, {x.shape()[0]}, x, labels);
}

Var place(Var x, Var labels, std::size_t classes) {
  static constexpr Op op{
      .name = "place",
      .rule = "x' += the element of y' at each label",
      .forward =
          [](Tensor& y, In x, In labels) {
            std::fill(y.begin(), y.end(), Real{0});
            for (std::size_t i = 0; i < labels.size(); ++i)
              y.data()[i * y.shape(1) + index(labels.data()[i])] = x.data()[i];
          },
      .pull_a = [](const Pull& p) { return pick(p.g, p.b); },
  };
  require(x.shape().size() == 1, "place: the shape is ", x.shape(), "; it takes (n,)");
  check_indices("place", labels, x.shape()[0], classes);
  return x.tape().record(op, {x.shape()[0], classes}, x, labels);
}

}  // namespace xgrad::inline XGRAD_PRECISION
