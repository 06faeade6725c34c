#pragma once

// A row of the table of operations, and inputs to try them on: operations.hpp.

#include <functional>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/random.hpp>

namespace xgrad {

using Inputs = std::vector<Var>;

/// An operation, the shapes to try it on, and where its inputs may lie. Operands that both record have names, so that
/// every compiler records the rows in the same order (operators.hpp).
struct Operation {
  const char* name;  ///< the name of a function that ops.hpp declares; more may follow after a blank or a comma
  std::function<Var(const Inputs&)> f;
  std::vector<std::vector<Shape>> shapes;
  double low = -2, high = 2;
};

/// Shapes of rank 0 to 4 with extents 0 to 3, the first few by choice and the rest at random.
inline std::vector<std::vector<Shape>> any_one() {
  std::vector<std::vector<Shape>> shapes{{Shape{}}, {Shape{1}}, {Shape{0}}, {Shape{2, 0}}, {Shape{2, 1, 3}}};
  Rng rng(21);
  for (int i = 0; i < 6; ++i) {
    Shape shape;
    for (std::uint32_t rank = rng.integer(4); rank > 0; --rank) shape.push_back(1 + rng.integer(2));
    shapes.push_back({shape});
  }
  return shapes;
}

/// Shapes that broadcast to one another, from either side and from both, also to nothing.
inline std::vector<std::vector<Shape>> any_of(std::size_t arguments) {
  std::vector<std::vector<Shape>> shapes;
  Rng rng(22);
  for (int i = 0; i < 14; ++i) {
    Shape common;
    for (std::uint32_t rank = rng.integer(4); rank > 0; --rank)
      common.push_back(i % 5 == 4 ? rng.integer(3) : 1 + rng.integer(2));
    std::vector<Shape> row(arguments);
    for (Shape& shape : row) {
      const std::size_t dropped = rng.integer(static_cast<std::uint32_t>(common.size()));
      shape = rng.integer(2) == 0 ? common : Shape(common.begin() + static_cast<std::ptrdiff_t>(dropped), common.end());
      for (std::size_t& extent : shape)
        if (rng.integer(3) == 0) extent = 1;
    }
    shapes.push_back(row);
  }
  return shapes;
}

inline Var labels_for(Var x) {
  return x.tape().constant({x.shape()[0]}, [&](Tensor& labels) {
    for (std::size_t i = 0; i < labels.size(); ++i) labels(i) = static_cast<Real>((3 * i + 1) % x.shape()[1]);
  });
}
inline Var indices(Var x, std::initializer_list<Real> numbers) { return x.tape().constant(Tensor(numbers)); }
inline Var weights_for(Var x) {
  return x.tape().constant({x.shape()[0]}, [](Tensor& w) {
    for (std::size_t i = 0; i < w.size(); ++i) w(i) = static_cast<Real>(i) / 2;
  });
}

}  // namespace xgrad
