#include <xgrad/nn/layers/flatten.hpp>
#include <xgrad/nn/layers/reshape.hpp>

#include "layer_checks.hpp"

using namespace xgrad;

TEST_CASE("Flatten keeps the batch") {
  Tape tape;
  Rng rng;
  CHECK(build(Flatten(), {28, 28}, rng) == Shape{784});
  CHECK(Flatten()(tape.constant(zeros({5, 2, 3}))).shape() == Shape{5, 6});
  CHECK(Flatten()(tape.constant(zeros({5}))).shape() == Shape{5, 1});
  CHECK(thrown_by<ShapeError>([&] { Flatten()(tape.constant(1)); }) ==
        "Flatten: the shape is (); it takes a batch, (n, ...)");
}

TEST_CASE("Flatten takes an empty batch") {
  Tape tape;
  CHECK(Flatten()(tape.constant(zeros({0, 2, 3}))).shape() == Shape{0, 6});
}

TEST_CASE("Reshape keeps the batch and the order") {
  Tape tape;
  Rng rng(1);
  const Var y = Reshape({3, 2})(tape.constant(Tensor{{1, 2, 3, 4, 5, 6}}));
  check_close(y.value(), {{{1, 2}, {3, 4}, {5, 6}}}, 0);
  CHECK(build(Reshape({3, 2}), {6}, rng) == Shape{3, 2});
  CHECK(build(Reshape({4}), {2, 2}, rng) == Shape{4});
}

TEST_CASE("Reshape finds one extent by itself") {
  Tape tape;
  Rng rng(1);
  CHECK(build(Reshape({-1}), {2, 3}, rng) == Shape{6});
  CHECK(build(Reshape({-1, 2, 2}), {12}, rng) == Shape{3, 2, 2});
  CHECK(Reshape({3, -1})(tape.constant(ones({5, 3}))).shape() == Shape{5, 3, 1});
  CHECK(Reshape({3, -1})(tape.constant(zeros({0, 12}))).shape() == Shape{0, 3, 4});
  CHECK(Reshape({})(tape.constant(ones({5, 1}))).shape() == Shape{5});
}

TEST_CASE("Reshape refuses shapes that do not fit") {
  Rng rng(1);
  CHECK(thrown_by<ValueError>([] {
          Reshape({-1, 2, -1});
        }) == "Reshape: the target shape is (-1,2,-1); it takes extents from 1 up, one of which may be -1");
  CHECK(thrown_by<ValueError>([] {
          Reshape({2, 0});
        }) == "Reshape: the target shape is (2,0); it takes extents from 1 up, one of which may be -1");
  CHECK(thrown_by<ValueError>([] { Reshape({-2}); }) ==
        "Reshape: the target shape is (-2); it takes extents from 1 up, one of which may be -1");
  CHECK(thrown_by<ShapeError>([&] {
          build(Reshape({3, -1}), {5}, rng);
        }) == "Reshape: cannot turn (5,) into (3,-1); it takes the same number of elements, 5");
  CHECK(thrown_by<ShapeError>([&] { build(Reshape({2}), {4}, rng); }) ==
        "Reshape: cannot turn (4,) into (2); it takes the same number of elements, 4");
  // 2^33 2^33 2 elements are not the 2 that they would be modulo 2^64
  CHECK_THROWS_AS(build(Reshape({8589934592, 8589934592, 2}), {2}, rng), ShapeError);
  Tape tape;
  CHECK(thrown_by<ShapeError>([&] { Reshape({1})(tape.constant(1)); }) ==
        "Reshape: the shape is (); it takes a batch, (n, ...)");
  Layer layer = Reshape({1});
  const auto read = [&](const Json& target) {
    return thrown_by<ValueError>([&] {
      set_options(layer, {{"kind", "reshape"}, {"trainable", true}, {"target_shape", target}});
    });
  };
  CHECK(read({2, "x"}) == "option target_shape: \"x\" is no whole number that fits");
  CHECK(read({2, 0}) == "Reshape: the target shape is (2,0); it takes extents from 1 up, one of which may be -1");
}
