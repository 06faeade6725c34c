#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/autograd/sweep.hpp>
#include <xgrad/autograd/tools/explain.hpp>

#include "support.hpp"

using namespace xgrad;

TEST_CASE("a sweep goes up the tape line by line, and shows what each line has received") {
  Tape tape;
  const Var x = tape.variable(Tensor{1, 2}), w = tape.variable(Tensor{3, -1});
  const Var product = w * x, active = relu(product), again = active * x, y = sum(again);
  Sweep sweep(y, tape.constant(1));
  CHECK(sweep.line() == y.line() + 1);
  CHECK(sweep.reached(y.line()));
  CHECK(!sweep.reached(again.line()));
  CHECK(thrown_by<TapeError>([&] { sweep.gradient(x.line()); }) == "sweep: line 0 has received no gradient yet");

  CHECK(sweep.next());
  CHECK(sweep.line() == y.line());
  CHECK(sweep.gradient(again.line()).value() == Tensor{1, 1});

  CHECK(sweep.next());  // again = active x hands on to both
  CHECK(sweep.line() == again.line());
  CHECK(sweep.gradient(active.line()).value() == Tensor{1, 2});
  CHECK(sweep.gradient(x.line()).value() == Tensor{3, 0});  // one of the two contributions to x

  CHECK(sweep.next());
  CHECK(sweep.line() == active.line());
  CHECK(sweep.gradient(product.line()).value() == Tensor{1, 0});

  CHECK(sweep.next());
  CHECK(sweep.line() == product.line());
  CHECK(sweep.gradient(w.line()).value() == Tensor{1, 0});
  CHECK(sweep.gradient(x.line()).value() == Tensor{6, 0});  // both: 2 w x where w x > 0

  CHECK(!sweep.next());
  CHECK(!sweep.next());
  CHECK(gradient(y, {x})[0].value() == Tensor{6, 0});
}

TEST_CASE("a sweep from a line that a sweep wrote gives the second derivative, and one from its result the third") {
  Tape tape;
  const Var u = tape.variable(Tensor{3});
  const Var slope = gradient(square(u), {u})[0];
  CHECK(explain(tape) == R"--(   #  operation  a b c  shape  value  rule
   0  variable          (1,)   3
   1  square     0      (1,)   9      ā += 2 a ȳ
   2  constant          (1,)   1
|  3  constant          ()     2
|  4  multiply   3 0    (1,)   6      ā += ȳ b,  b̄ += ȳ a
|  5  multiply   4 2    (1,)   6      ā += ȳ b,  b̄ += ȳ a
)--");  // as in the picture in sweep.cpp
  CHECK(slope.line() == 5);
  const Var curve = gradient(slope, {u})[0];
  CHECK(curve.item() == 2);
  CHECK(gradient(curve, {u})[0].item() == 0);
}

TEST_CASE("what a sweep records is marked, what is recorded between its steps is not") {
  Tape tape;
  const Var x = tape.variable(Tensor{2}), y = square(x);
  Sweep sweep(y, tape.constant(Tensor{1}));
  CHECK(sweep.next());
  const Var swept = sweep.gradient(x.line()), between = swept * 3;
  CHECK(!sweep.next());
  CHECK(tape[swept.line()].swept);
  CHECK(!tape[between.line()].swept);
}

TEST_CASE("two sweeps go up one tape by turns, and gradients of gradients are taken between their steps") {
  Tape tape;
  const Var x = tape.variable(Tensor{2}), y = x * x * x, z = square(x);
  Sweep of_y(y, tape.constant(Tensor{1})), of_z(z, tape.constant(Tensor{1}));
  CHECK(of_y.next());
  CHECK(of_z.next());
  CHECK(of_y.next());
  CHECK(of_y.gradient(x.line()).value() == Tensor{12});
  CHECK(of_z.gradient(x.line()).value() == Tensor{4});
  CHECK(gradient(sum(of_y.gradient(x.line())), {x})[0].value() == Tensor{12});  // 6 x
}

TEST_CASE("a sweep through a recording that has ended, or of a parameter that was changed, is refused") {
  Tape tape;
  const Var x = tape.variable(Tensor{2}), y = square(x);
  {
    Sweep sweep(y, tape.constant(Tensor{1}));
    tape.rewind();
    CHECK(thrown_by<TapeError>([&] { sweep.next(); }).find("is of a recording that has ended") < 100);
  }
  Parameter p("p", Tensor{1});
  const Var loss = square(tape.watch(p));
  CHECK(thrown_by<ShapeError>([&] { Sweep(loss, tape.constant(1)); }) ==
        "gradient: the seed's shape is (); it takes y's, (1,)");
  p.edit()(0) = 3;
  CHECK(thrown_by<TapeError>([&] { Sweep(loss, tape.constant(Tensor{1})); }).find("parameter p was changed") < 100);
}
