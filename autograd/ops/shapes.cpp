#include <algorithm>
#include <numeric>
#include <xgrad/autograd/ops/detail/axes.hpp>
#include <xgrad/autograd/ops/ops.hpp>

// These operations move elements and change none. Axes and offsets are attributes, and an operation and its pullback
// have the same ones.

namespace xgrad::inline XGRAD_PRECISION {

std::size_t axis_of(const char* who, const Shape& shape, int axis) {
  const int rank = static_cast<int>(shape.size());
  require(rank > 0, who, ": the shape is ", shape, "; it takes at least one axis");
  require(-rank <= axis && axis < rank, who, ": no axis ", axis, " in ", shape, "; it takes ", -rank, " to ", rank - 1);
  return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}

namespace {

// A tensor seen as (before, extent, after) around one axis.
struct Around {
  std::size_t before = 1, after = 1;
  Around(const Shape& shape, std::size_t axis) {
    for (std::size_t k = 0; k < axis; ++k) before *= shape[k];
    for (std::size_t k = axis + 1; k < shape.size(); ++k) after *= shape[k];
  }
};

}  // namespace

Var reshape(Var a, const Shape& shape) {
  static constexpr Op op{
      .name = "reshape",
      .rule = "ā += ȳ, in the shape of a",
      .forward = [](Tensor& y, In a) { std::copy(a.begin(), a.end(), y.begin()); },
      .pull_a = [](const Pull& p) { return reshape(p.g, p.a.shape()); },
  };
  require(element_count(shape) == a.size(), "reshape: cannot turn ", a.shape(), " into ", shape,
          "; it takes a shape of ", a.size(), " elements");
  if (shape == a.shape()) return a;
  return a.tape().record(op, shape, a);
}

Var flatten(Var x) { return reshape(x, {x.size()}); }

Var expand_dims(Var x, int axis) {
  Shape shape = x.shape();
  shape.push_back(1);
  const std::size_t at = axis_of("expand_dims", shape, axis);
  std::rotate(shape.begin() + static_cast<std::ptrdiff_t>(at), shape.end() - 1, shape.end());
  return reshape(x, shape);
}

Var squeeze(Var x) {
  Shape shape;
  for (const std::size_t extent : x.shape())
    if (extent != 1) shape.push_back(extent);
  return reshape(x, shape);
}

Var squeeze(Var x, int axis) {
  const std::size_t gone = axis_of("squeeze", x.shape(), axis);
  require(x.shape()[gone] == 1, "squeeze: axis ", axis, " of ", x.shape(), " does not have extent 1");
  Shape shape;
  for (std::size_t k = 0; k < x.shape().size(); ++k)
    if (k != gone) shape.push_back(x.shape()[k]);
  return reshape(x, shape);
}

namespace {

// y = x with its axes permuted: y's axis k is x's axis permutation[k].
void transpose(Tensor& y, const Tensor& x, const Attributes& with) {
  const std::size_t rank = x.dimension();
  Shape stride(rank), step(rank), at(rank, 0);
  for (std::size_t axis = rank, next = 1; axis-- > 0; next *= x.shape(axis)) stride[axis] = next;
  for (std::size_t k = 0; k < rank; ++k) step[k] = stride[static_cast<std::size_t>(with.axes[k])];
  std::size_t offset = 0;
  for (Real& value : y) {
    value = x.data()[offset];
    for (std::size_t k = rank; k-- > 0;) {
      offset += step[k];
      if (++at[k] < y.shape(k)) break;
      offset -= step[k] * at[k];
      at[k] = 0;
    }
  }
}

std::string axis_text(const Attributes& with) { return text("axis=", with.axis()); }
std::string place_text(const Attributes& with) { return text("axis=", with.axis(), " begin=", with.begin); }
std::string permutation_text(const Attributes& with) {
  std::string list;
  for (const int axis : with.axes)
    if (axis >= 0) list += text(list.empty() ? "" : ", ", axis);
  return "axes=(" + list + ")";
}

// Where a part begins along an axis.
Attributes place_of(const char* who, std::size_t axis, std::size_t begin) {
  return {.axes = one_axis(who, axis), .begin = static_cast<std::int64_t>(begin)};
}

}  // namespace

Var transpose(Var a, const Axes& permutation) {
  static constexpr Op op{
      .name = "transpose",
      .rule = "ā += ȳ, with the inverse permutation",
      .forward = [](Tensor& y, In a, const Attributes& with) { transpose(y, a, with); },
      .pull_a =
          [](const Pull& p) {
            Axes back(p.g.shape().size());
            for (std::size_t k = 0; k < back.size(); ++k)
              back[static_cast<std::size_t>(p.with.axes[k])] = static_cast<int>(k);
            return transpose(p.g, back);
          },
      .attributes = permutation_text,
  };
  const std::size_t rank = a.shape().size();
  require(rank <= Attributes::most_axes, "transpose: the shape is ", a.shape(), "; it takes at most ",
          Attributes::most_axes, " axes");
  Axes sorted = permutation, expected(rank);
  for (int& axis : sorted) axis += axis < 0 ? static_cast<int>(rank) : 0;
  const Axes counted = sorted;
  std::sort(sorted.begin(), sorted.end());
  std::iota(expected.begin(), expected.end(), 0);
  if (sorted != expected) {
    std::string list;
    for (const int axis : permutation) list += text(list.empty() ? "" : ", ", axis);
    throw ShapeError(text("transpose: (", list, ") does not permute the axes of ", a.shape()));
  }
  Shape shape;
  Attributes with;
  with.axes.fill(-1);
  for (std::size_t k = 0; k < rank; ++k) {
    shape.push_back(a.shape()[static_cast<std::size_t>(counted[k])]);
    with.axes[k] = static_cast<std::int8_t>(counted[k]);
  }
  return a.tape().record(op, shape, with, a);
}

Var transpose(Var x) {
  Axes reversed(x.shape().size());
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  return transpose(x, reversed);
}

Var slice(Var a, int axis, std::size_t begin, std::size_t end) {
  static constexpr Op op{
      .name = "slice",
      .rule = "ā += ȳ, padded with zeros",
      .forward =
          [](Tensor& y, In a, const Attributes& with) {
            const std::size_t axis = with.axis(), begin = static_cast<std::size_t>(with.begin);
            const Around around(a.shape(), axis);
            const std::size_t length = y.shape(axis) * around.after;
            for (std::size_t i = 0; i < around.before; ++i)
              std::copy_n(a.data() + (i * a.shape(axis) + begin) * around.after, length, y.data() + i * length);
          },
      .pull_a =
          [](const Pull& p) {
            const std::size_t axis = p.with.axis(), begin = static_cast<std::size_t>(p.with.begin);
            return pad(p.g, static_cast<int>(axis), begin, p.a.shape()[axis]);
          },
      .attributes = place_text,
  };
  const std::size_t at = axis_of("slice", a.shape(), axis);
  require(begin <= end && end <= a.shape()[at], "slice: cannot take ", begin, " up to ", end, " of axis ", axis, " of ",
          a.shape());
  Shape shape = a.shape();
  shape[at] = end - begin;
  return a.tape().record(op, shape, place_of(op.name, at, begin), a);
}

Var pad(Var a, int axis, std::size_t begin, std::size_t extent) {
  static constexpr Op op{
      .name = "pad",
      .rule = "ā += the slice of ȳ where a is",
      .forward =
          [](Tensor& y, In a, const Attributes& with) {
            const std::size_t axis = with.axis(), begin = static_cast<std::size_t>(with.begin);
            const Around around(a.shape(), axis);
            const std::size_t length = a.shape(axis) * around.after;
            std::fill(y.begin(), y.end(), Real{0});
            for (std::size_t i = 0; i < around.before; ++i)
              std::copy_n(a.data() + i * length, length, y.data() + (i * y.shape(axis) + begin) * around.after);
          },
      .pull_a =
          [](const Pull& p) {
            const std::size_t axis = p.with.axis(), begin = static_cast<std::size_t>(p.with.begin);
            return slice(p.g, static_cast<int>(axis), begin, begin + p.a.shape()[axis]);
          },
      .attributes = place_text,
  };
  const std::size_t at = axis_of("pad", a.shape(), axis);
  require(begin <= extent && a.shape()[at] <= extent - begin, "pad: ", a.shape(), " at ", begin, " of axis ", axis,
          " does not fit an extent of ", extent);
  Shape shape = a.shape();
  shape[at] = extent;
  return a.tape().record(op, shape, place_of(op.name, at, begin), a);
}

Var rows(Var x, std::size_t begin, std::size_t end) { return slice(x, 0, begin, end); }

namespace {

// a followed by b along an axis.
Var join(Var a, Var b, std::size_t axis) {
  static constexpr Op op{
      .name = "concatenate",
      .rule = "ā += the first part of ȳ,  b̄ += the rest",
      .forward =
          [](Tensor& y, In a, In b, const Attributes& with) {
            const Around around(y.shape(), with.axis());
            const std::size_t m = a.shape(with.axis()) * around.after, n = b.shape(with.axis()) * around.after;
            for (std::size_t i = 0; i < around.before; ++i) {
              std::copy_n(a.data() + i * m, m, y.data() + i * (m + n));
              std::copy_n(b.data() + i * n, n, y.data() + i * (m + n) + m);
            }
          },
      .pull_a =
          [](const Pull& p) {
            const std::size_t at = p.with.axis();
            return slice(p.g, static_cast<int>(at), 0, p.a.shape()[at]);
          },
      .pull_b =
          [](const Pull& p) {
            const std::size_t at = p.with.axis();
            return slice(p.g, static_cast<int>(at), p.a.shape()[at], p.g.shape()[at]);
          },
      .attributes = axis_text,
  };
  Shape shape = a.shape(), other = b.shape();
  const bool same_rank = shape.size() == other.size();
  if (same_rank) other[axis] = shape[axis];
  require(same_rank && shape == other, "concatenate: cannot put ", b.shape(), " after ", a.shape(), " along axis ",
          axis, "; it takes shapes that differ there only");
  shape[axis] += b.shape()[axis];
  return a.tape().record(op, shape, {.axes = one_axis(op.name, axis)}, a, b);
}

// The parts are joined in halves, so that no number is copied more than log2(n) times.
Var join(const std::vector<Var>& parts, std::size_t first, std::size_t last, std::size_t axis) {
  if (last - first == 1) return parts[first];
  const std::size_t middle = (first + last) / 2;
  const Var left = join(parts, first, middle, axis);
  return join(left, join(parts, middle, last, axis), axis);
}

}  // namespace

Var concatenate(const std::vector<Var>& parts, int axis) {
  require(!parts.empty(), "concatenate: there are no parts; it takes one or more");
  return join(parts, 0, parts.size(), axis_of("concatenate", parts[0].shape(), axis));
}

Var stack(const std::vector<Var>& parts, int axis) {
  std::vector<Var> expanded;
  for (const Var part : parts) expanded.push_back(expand_dims(part, axis));
  return concatenate(expanded, axis);
}

}  // namespace xgrad::inline XGRAD_PRECISION
