// The first value that is refused beside the last that is taken.

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/autograd/tools/check.hpp>

#include <limits>

#include "support.hpp"

using namespace xgrad;

TEST_CASE("an axis is at most the last, and at least the first counted from the last") {
  Tape tape;
  const Var x = tape.constant(zeros({2, 3}));
  CHECK(sum(x, {1}).shape() == Shape{2});
  CHECK(sum(x, {-2}).shape() == Shape{3});
  CHECK(thrown_by<ShapeError>([&] { sum(x, {2}); }) == "sum: no axis 2 in (2, 3); it takes -2 to 1");
  CHECK(thrown_by<ShapeError>([&] { sum(x, {-3}); }) == "sum: no axis -3 in (2, 3); it takes -2 to 1");
}

TEST_CASE("an index is a whole number below the number of rows") {
  Tape tape;
  const Var x = tape.constant(Tensor{10, 20, 30});
  const auto take_at = [&](Real index) { return take(x, tape.constant(Tensor{index})).item(); };
  CHECK(take_at(2) == 30);
  for (const Real index : {Real(3), Real(1.5), Real(-1), std::numeric_limits<Real>::quiet_NaN()})
    CHECK(thrown_by<ValueError>([&] { take_at(index); }).starts_with("take: index " + text(index) + " at 0; it takes"));
}

TEST_CASE("padding whose place and length wrap around is refused") {
  Tape tape;
  const Var x = tape.constant(Tensor{1, 2, 3});
  CHECK(pad(x, 0, 2, 5).value() == Tensor{0, 0, 1, 2, 3});
  const std::size_t most = std::numeric_limits<std::size_t>::max();
  CHECK(thrown_by<ShapeError>([&] { pad(x, 0, most, 5); }).starts_with("pad: (3,) at "));
  CHECK(thrown_by<ShapeError>([&] { pad(x, 0, 3, 5); }).starts_with("pad: (3,) at 3 of axis 0 does not fit"));
}

TEST_CASE("there is no mean of nothing, and no huber loss without a width") {
  Tape tape;
  const Var nothing = tape.constant(zeros({2, 0}));
  for (Var (*f)(Var, const Axes&, bool) :
       {static_cast<Var (*)(Var, const Axes&, bool)>(mean), variance, max, logsumexp})
    CHECK(thrown_by<ShapeError>([&] { f(nothing, {1}, false); }).ends_with("at least one element to reduce"));
  CHECK(mean(nothing, {0}).shape() == Shape{0});
  const Var p = tape.constant(Tensor{1});
  CHECK(thrown_by<ValueError>([&] { huber(Tensor{0}, p, 0); }) == "huber: delta is 0; it takes a number above 0");
}

TEST_CASE("a gradient that is right but for its order is wrong") {
  static constexpr Op reversed{
      .name = "reversed",
      .rule = "ā += ȳ, the last first",
      .forward = [](Tensor& y, In a) { y = a; },
      .pull_a =
          [](const Pull& p) {
            return take(p.g, p.g.tape().constant(Tensor{2, 1, 0}));
          },
  };
  const auto identity = [](const std::vector<Var>& x) { return record_elementwise(reversed, x[0]); };
  CHECK(!check_gradient(Function(identity), {Tensor{1, 2, 3}}, 1e-2).ok);
}
