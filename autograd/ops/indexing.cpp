#include <algorithm>
#include <cmath>
#include <xgrad/autograd/ops/ops.hpp>

// Rows and elements chosen by index. The indices are an input, b, without a gradient. The pullback of each function is
// another function of this file, with the same indices.

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

// y_i = a_(b_i), for rows
Var take(Var a, Var b) {
  static constexpr Op op{
      .name = "take",
      .rule = "ā += segment_sum(ȳ, b), the rows of ȳ added up by index",
      .forward =
          [](Tensor& y, In a, In b) {
            const std::size_t length = row_length(a);
            for (std::size_t i = 0; i < b.size(); ++i)
              std::copy_n(a.data() + index(b.data()[i]) * length, length, y.data() + i * length);
          },
      .pull_a = [](const Pull& p) { return segment_sum(p.g, p.b, p.a.shape()[0]); },
  };
  require(!a.shape().empty(), "take: the shape is ", a.shape(), "; it takes rows, (m, ...)");
  check_indices("take", b, b.size(), a.shape()[0]);
  Shape shape = a.shape();
  shape[0] = b.size();
  return a.tape().record(op, shape, a, b);
}

// y_s = the sum of a_i over all i with b_i = s, for rows
Var segment_sum(Var a, Var b, std::size_t num_segments) {
  static constexpr Op op{
      .name = "segment_sum",
      .rule = "ā += take(ȳ, b), to each row that of its segment",
      .forward =
          [](Tensor& y, In a, In b) {
            const std::size_t length = row_length(a);
            std::fill(y.begin(), y.end(), Real{0});
            for (std::size_t i = 0; i < b.size(); ++i)
              for (std::size_t k = 0; k < length; ++k)
                y.data()[index(b.data()[i]) * length + k] += a.data()[i * length + k];
          },
      .pull_a = [](const Pull& p) { return take(p.g, p.b); },
  };
  require(!a.shape().empty(), "segment_sum: the shape is ", a.shape(), "; it takes rows, (n, ...)");
  check_indices("segment_sum", b, a.shape()[0], num_segments);
  Shape shape = a.shape();
  shape[0] = num_segments;
  return a.tape().record(op, shape, a, b);
}

// y_i = a_ik for k = b_i
Var take_along_axis(Var a, Var b) {
  static constexpr Op op{
      .name = "take_along_axis",
      .rule = "ā += one_hot(ȳ, b), each element of ȳ at its label",
      .forward =
          [](Tensor& y, In a, In b) {
            for (std::size_t i = 0; i < b.size(); ++i) y.data()[i] = a.data()[i * a.shape(1) + index(b.data()[i])];
          },
      .pull_a = [](const Pull& p) { return one_hot(p.g, p.b, p.a.shape()[1]); },
  };
  require(a.shape().size() == 2, "take_along_axis: the shape is ", a.shape(), "; it takes (n, k)");
  check_indices("take_along_axis", b, a.shape()[0], a.shape()[1]);
  return a.tape().record(op, {a.shape()[0]}, a, b);
}

// y_ik = a_i for k = b_i, else 0
Var one_hot(Var a, Var b, std::size_t classes) {
  static constexpr Op op{
      .name = "one_hot",
      .rule = "ā += take_along_axis(ȳ, b), the element of ȳ at each label",
      .forward =
          [](Tensor& y, In a, In b) {
            std::fill(y.begin(), y.end(), Real{0});
            for (std::size_t i = 0; i < b.size(); ++i) y.data()[i * y.shape(1) + index(b.data()[i])] = a.data()[i];
          },
      .pull_a = [](const Pull& p) { return take_along_axis(p.g, p.b); },
  };
  require(a.shape().size() == 1, "one_hot: the shape is ", a.shape(), "; it takes (n,)");
  check_indices("one_hot", b, a.shape()[0], classes);
  return a.tape().record(op, {a.shape()[0], classes}, a, b);
}

}  // namespace xgrad::inline XGRAD_PRECISION
