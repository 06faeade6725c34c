#include <xgrad/core/kernels/elementwise.hpp>
#include <xgrad/core/random.hpp>

#include "support.hpp"

using namespace xgrad;

TEST_CASE("shapes broadcast from the last extent backwards") {
  CHECK(broadcast_shape("f", {2, 3}, {3}) == Shape{2, 3});
  CHECK(broadcast_shape("f", {4, 1}, {5}) == Shape{4, 5});
  CHECK(broadcast_shape("f", {}, {2, 0}) == Shape{2, 0});
  CHECK(broadcast_shape("f", {1}, {0}) == Shape{0});
}

TEST_CASE("shapes that do not broadcast are named, with the function") {
  CHECK(thrown_by<ShapeError>([] {
          broadcast_shape("add", {2, 3}, {2});
        }) ==
        "add: shapes (2, 3) and (2,) do not broadcast: counted from the last, extents must be equal, or one of them 1");
}

TEST_CASE("broadcasts_to goes one way only") {
  CHECK(broadcasts_to({3}, {2, 3}));
  CHECK(broadcasts_to({1, 3}, {2, 3}));
  CHECK(!broadcasts_to({2, 3}, {3}));
  CHECK(!broadcasts_to({2, 3}, {1, 3}));
}

TEST_CASE("map agrees with xtensor's own broadcasting on every pair of shapes") {
  Rng rng(1);
  const std::vector<Shape> shapes{{},        {1},       {3},       {2, 3},       {2, 1},
                                  {4, 2, 3}, {4, 1, 3}, {1, 2, 1}, {5, 4, 1, 1}, {5, 1, 2, 3}};
  for (const Shape& s : shapes) {
    for (const Shape& t : shapes) {
      const Tensor a = random_uniform(rng, s, -1, 1), b = random_uniform(rng, t, -1, 1);
      const Tensor expected = a - 2 * b;
      Tensor y(broadcast_shape("map", s, t));
      map(y, a, b, [](Real u, Real v) { return u - 2 * v; });
      CAPTURE(text(s, " ", t));
      check_close(y, expected, 1e-6);
    }
  }
}

TEST_CASE("map leaves empty tensors alone") {
  Tensor y(Shape{0, 3});
  map(y, zeros({0, 3}), zeros({3}), [](Real a, Real b) { return a + b; });
  CHECK(y.size() == 0);
}
