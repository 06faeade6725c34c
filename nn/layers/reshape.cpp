#include <xgrad/nn/layers/reshape.hpp>

#include <algorithm>

#include <xgrad/autograd/ops/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

std::string shape_text(const std::vector<std::int64_t>& extents) {
  std::string list;
  for (const std::int64_t extent : extents) list += text(list.empty() ? "" : ",", extent);
  return "(" + list + ")";
}

// The sample's shape after it.
Shape reshaped(const Shape& sample, const std::vector<std::int64_t>& target) {
  const std::size_t count = element_count(sample);
  std::size_t left = count;  // elements for the -1, once the other extents have been divided out
  bool fits = true, open = false;
  for (const std::int64_t extent : target) {
    if (extent == -1) {
      open = true;
      continue;
    }
    fits = fits && left % static_cast<std::size_t>(extent) == 0;
    left /= static_cast<std::size_t>(extent);
  }
  if (!fits || !(open || left == 1))
    throw ShapeError(text("Reshape: cannot turn ", sample, " into ", shape_text(target),
                          "; it takes the same number of elements, ", count));
  Shape shape;
  for (const std::int64_t extent : target) shape.push_back(extent == -1 ? left : static_cast<std::size_t>(extent));
  return shape;
}

}  // namespace

Reshape::Reshape(std::vector<std::int64_t> target_shape_) : target_shape(std::move(target_shape_)) { check(); }

void Reshape::check() const {
  const auto& target = target_shape;
  require<ValueError>(target.size() <= 64, "Reshape: the target shape has ", target.size(), " axes; it takes up to 64");
  require<ValueError>(
      std::count(target.begin(), target.end(), -1) <= 1 &&
          std::all_of(target.begin(), target.end(), [](auto extent) { return extent == -1 || extent > 0; }),
      "Reshape: the target shape is ", shape_text(target), "; it takes extents from 1 up, one of which may be -1");
}

Var Reshape::operator()(Var x, const Context&) const {
  require(!x.shape().empty(), "Reshape: the shape is (); it takes a batch, (n, ...)");
  const Shape sample = reshaped(Shape(x.shape().begin() + 1, x.shape().end()), target_shape);
  Shape shape{x.shape()[0]};
  shape.insert(shape.end(), sample.begin(), sample.end());
  return reshape(x, shape);
}

}  // namespace xgrad::inline XGRAD_PRECISION
