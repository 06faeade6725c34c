#include <xgrad/teach/explain.hpp>
#include <xgrad/xgrad.hpp>

#include "support.hpp"

using namespace xgrad;

TEST_CASE("explain(y): the chain-rule table of the program of docs/backprop.md") {
  Tape tape;
  const Var u = tape.variable(Tensor{2}), v = tape.variable(Tensor{3});
  const Var p = u * v, s = p + u;
  const Var L = square(s);
  CHECK(explain(L) == R"(#  operation  a b c  shape  value
0  variable          (1,)   2
1  variable          (1,)   3
2  multiply   0 1    (1,)   6
      ȳ = 16
      to a, line 0: ā += ȳ b gives 48; 2 of 2 contributions arrived, sum 64
      to b, line 1: b̄ += ȳ a gives 32; 1 of 1 contribution arrived, sum 32
3  add        2 0    (1,)   8
      ȳ = 16
      to a, line 2: ā += ȳ gives 16; 1 of 1 contribution arrived, sum 16
      to b, line 0: b̄ += ȳ gives 16; 1 of 2 contributions arrived, sum 16
4  square     3      (1,)   64
      ȳ = 1
      to a, line 3: ā += 2 a ȳ gives 16; 1 of 1 contribution arrived, sum 16
)");
}

TEST_CASE("explain(y): the chain-rule table of a small net with a relu") {
  Tape tape;
  const Var x = tape.constant(Tensor{{1, 2}, {3, -1}});
  Parameter kernel("kernel", Tensor{{1, -1}, {0.5, 1}}), bias("bias", Tensor{0, 1});
  const Var w = tape.watch(kernel), b = tape.watch(bias);
  const Var L = mean(relu(linear(x, w, b)));
  CHECK(explain(L) == R"(#  operation  a b c  shape   value
0  constant          (2, 2)  -1 .. 3
1  kernel            (2, 2)  -1 .. 1
2  bias              (2,)    0 .. 1
3  linear     0 1 2  (2, 2)  -3 .. 2.5
      ȳ = 0 .. 0.25
      to b, line 1: b̄ += a^T ȳ gives 0.25 .. 1; 1 of 1 contribution arrived, sum 0.25 .. 1
      to c, line 2: c̄ += the rows of ȳ, summed gives 0.25 .. 0.5; 1 of 1 contribution arrived, sum 0.25 .. 0.5
4  relu       3      (2, 2)  0 .. 2.5
      ȳ = 0.25
      to a, line 3: ā += ȳ where a > 0 gives 0 .. 0.25; 1 of 1 contribution arrived, sum 0 .. 0.25
5  sum_to     4      ()      6.5
      ȳ = 0.25
      to a, line 4: ā += ȳ, broadcast to the shape of a gives 0.25; 1 of 1 contribution arrived, sum 0.25
6  constant          ()      4
7  divide     5 6    ()      1.625
      ȳ = 1
      to a, line 5: ā += ȳ / b gives 0.25; 1 of 1 contribution arrived, sum 0.25
)");
}

TEST_CASE("explain(y) shows what an operation was told") {
  Tape tape;
  const Var x = tape.variable(Tensor{1, 2, 3});
  const Var L = sum(slice(x, 0, 1, 3));
  CHECK(explain(L).find("slice axis=0 begin=1") != std::string::npos);
}

TEST_CASE("to_dot(y) has a red edge back for each term") {
  Tape tape;
  const Var u = tape.variable(Tensor{2}), v = tape.variable(Tensor{3, 4});
  const Var p = u * v, L = sum(p);
  CHECK(to_dot(L) == R"(digraph trace {
  rankdir=LR
  node [shape=box]
  n0 [label="0 variable (1,)  |y| 2  |ȳ| 7" shape=ellipse]
  n1 [label="1 variable (2,)  |y| 5  |ȳ| 2.82843" shape=ellipse]
  n2 [label="2 multiply (2,)  |y| 10  |ȳ| 1.41421"]
  n0 -> n2
  n1 -> n2
  n3 [label="3 sum_to ()  |y| 14  |ȳ| 1"]
  n2 -> n3
  n3 -> n2 [color=red style=dashed constraint=false label="1.41421"]
  n2 -> n0 [color=red style=dashed constraint=false label="7"]
  n2 -> n1 [color=red style=dashed constraint=false label="2.82843"]
}
)");
  // what depends on no variable has no adjoints but its own
  tape.rewind();
  CHECK(to_dot(tape.constant(1)) == R"(digraph trace {
  rankdir=LR
  node [shape=box]
  n0 [label="0 constant ()  |y| 1" shape=ellipse]
}
)");
}
