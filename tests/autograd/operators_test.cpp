#include <xgrad/autograd/ops/ops.hpp>

#include <xtensor/xmath.hpp>

#include "support.hpp"

using namespace xgrad;

// a op b for every mix of Var, Tensor, xtensor expression and number, against the numbers computed by hand.
TEST_CASE_TEMPLATE("operators take every mix of Var, Tensor, expression and number", Number, int, float, double,
                   std::size_t) {
  Tape tape;
  const Tensor six{6, 6}, two{2, 2};
  const Var a = tape.variable(six), b = tape.variable(two);
  const auto is = [](Var y, double expected) { check_close(y.value(), filled({2}, static_cast<Real>(expected)), 0); };

  is(a + b, 8);
  is(a - b, 4);
  is(a * b, 12);
  is(a / b, 3);

  is(a + two, 8);
  is(a - two, 4);
  is(a * two, 12);
  is(a / two, 3);
  is(six + b, 8);
  is(six - b, 4);
  is(six * b, 12);
  is(six / b, 3);

  is(a + two * 2, 10);
  is(a - two * 2, 2);
  is(a * (two + 1), 18);
  is(a / (two + 1), 2);
  is(six * 2 + b, 14);
  is(six * 2 - b, 10);
  is((six + 1) * b, 14);
  is((six + 2) / b, 4);

  is(a + Number(2), 8);
  is(a - Number(2), 4);
  is(a * Number(2), 12);
  is(a / Number(2), 3);
  is(Number(6) + b, 8);
  is(Number(6) - b, 4);
  is(Number(6) * b, 12);
  is(Number(6) / b, 3);

  is(-a, -6);
  is(tape.constant(two) + tape.variable(two), 4);
}

TEST_CASE("operators take Vars that are not const, and temporaries") {
  Tape tape;
  Var a = tape.variable(Tensor{1, 2});
  Tensor t{3, 4};
  check_close((a + t).value(), {4, 6}, 0);
  check_close((t - a).value(), {2, 2}, 0);
  check_close((Var(a) * Tensor{2, 2}).value(), {2, 4}, 0);
  check_close((Tensor{2, 2} / Var(a)).value(), {2, 1}, 0);
}

TEST_CASE("functions of two take a Tensor on either side") {
  Tape tape;
  const Tensor identity{{1, 0}, {0, 1}};
  const Var a = tape.variable(Tensor{{1, 2}, {3, 4}});
  check_close(matmul(identity, a).value(), a.value(), 0);
  check_close(matmul(a, identity).value(), a.value(), 0);
  CHECK(mean_squared_error(identity, a).item() == (0 + 4 + 9 + 9) / 4.0);
  CHECK(softmax_cross_entropy(Tensor{0, 1}, a * 0).item() == doctest::Approx(std::log(2)));
}

TEST_CASE("what is not a Var becomes a constant without a gradient") {
  Tape tape;
  const Var a = tape.variable(Tensor{1, 2});
  const Var y = Tensor{3, 4} * a;
  CHECK(!tape[tape[y.line()].inputs[0]].active);
  CHECK(tape[y.line()].active);
}
