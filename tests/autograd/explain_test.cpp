#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/autograd/tools/explain.hpp>

#include <map>

#include "autograd/operations.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

// L = mean((w x - y)^2) for one parameter and three points, with its reverse sweep.
void record_line_fit(Tape& tape, Parameter& w) {
  const Var slope = tape.watch(w);
  const Var prediction = slope * tape.constant(Tensor{1, 2, 4});
  tape.backward(mean(square(prediction - tape.constant(Tensor{2, 2, 2}))));
}

}  // namespace

TEST_CASE("explain prints the recording, its rules, and the reverse sweep behind a bar") {
  Tape tape;
  Parameter w("w", Tensor{2});
  record_line_fit(tape, w);
  CHECK(explain(tape) == R"--(   #   operation     a  b  c  shape  value     rule
   0   w                      (1,)   2
   1   constant               (3,)   1 .. 4
   2   multiply      0  1     (3,)   2 .. 8    ā += ȳ b,  b̄ += ȳ a
   3   constant               (3,)   2
   4   subtract      2  3     (3,)   0 .. 6    ā += ȳ,  b̄ -= ȳ
   5   square        4        (3,)   0 .. 36   ā += 2 a ȳ
   6   sum_to        5        ()     40        ā += ȳ, broadcast to the shape of a
   7   constant               ()     3
   8   divide        6  7     ()     13.3333   ā += ȳ / b,  b̄ -= ȳ y / b
   9   constant               ()     1
|  10  divide        9  7     ()     0.333333  ā += ȳ / b,  b̄ -= ȳ y / b
|  11  broadcast_to  10       (3,)   0.333333  ā += ȳ, summed over the broadcast axes
|  12  constant               ()     2
|  13  multiply      12 4     (3,)   0 .. 12   ā += ȳ b,  b̄ += ȳ a
|  14  multiply      13 11    (3,)   0 .. 4    ā += ȳ b,  b̄ += ȳ a
|  15  multiply      14 1     (3,)   0 .. 16   ā += ȳ b,  b̄ += ȳ a
|  16  sum_to        15       (1,)   18.6667   ā += ȳ, broadcast to the shape of a
)--");
  CHECK(w.gradient(0) == doctest::Approx(2 / 3.0 * (0 * 1 + 2 * 2 + 6 * 4)));
}

TEST_CASE("explain prints what an operation was told beside its inputs, which is no line of the tape") {
  Tape tape;
  const Var x = tape.variable(Tensor{{1, 2, 3}, {4, 5, 6}});
  const Var tail = slice(x, 1, 1, 3);
  const Var turned = transpose(tail);
  elu(concatenate({turned, pad(turned, 0, 1, 3)}, 0), Real(0.5));
  CHECK(explain(tape) == R"--(#  operation              a b c  shape   value   rule
0  variable                      (2, 3)  1 .. 6
1  slice axis=1 begin=1   0      (2, 2)  2 .. 6  ā += ȳ, padded with zeros
2  transpose axes=(1, 0)  1      (2, 2)  2 .. 6  ā += ȳ, with the inverse permutation
3  pad axis=0 begin=1     2      (3, 2)  0 .. 6  ā += the slice of ȳ where a is
4  concatenate axis=0     2 3    (5, 2)  0 .. 6  ā += the first part of ȳ,  b̄ += the rest
5  elu alpha=0.5          4      (5, 2)  0 .. 6  ā += ȳ where a > 0, ȳ (y + alpha) elsewhere
)--");
}

TEST_CASE("every rule speaks of the adjoints of the inputs that have a pullback, and of no other") {
  std::map<std::string, const Op*> ops;
  Rng rng(3);
  for (const Operation& row : operations) {
    Tape tape;
    std::vector<Var> inputs;
    for (const Shape& shape : row.shapes.front()) inputs.push_back(tape.variable(random_uniform(rng, shape, 0.2, 0.8)));
    const Var y = row.f(inputs);
    gradient(sum(y * y), inputs);
    for (std::size_t line = 0; line < tape.size(); ++line)
      if (tape[line].op != nullptr) ops[tape[line].op->name] = tape[line].op;
  }
  CHECK(ops.size() > 45);
  for (const auto& entry : ops) {
    const Op* const op = entry.second;
    CAPTURE(entry.first);
    const std::string rule = op->rule;
    const auto says = [&](const char* words) { return rule.find(words) < rule.size(); };
    CHECK(says("ā") == (op->pull_a != nullptr));
    CHECK(says("b̄") == (op->pull_b != nullptr));
    CHECK(says("c̄") == (op->pull_c != nullptr));
    CHECK(says("ȳ") != says("no gradient"));
    CHECK(!says("'"));
  }
}

TEST_CASE("a line break or a control character in a label breaks neither the table nor the graph") {
  Tape tape;
  Parameter w("w\n\t\x1b", Tensor{2});
  tape.watch(w);
  CHECK(explain(tape) == R"--(#  operation    a b c  shape  value  rule
0  w\n\x09\x1b         (1,)   2
)--");
  CHECK(to_dot(tape).find(R"--(n0 [label="0 w\\n\\x09\\x1b (1,)")--") < to_dot(tape).size());
}

TEST_CASE("a line break or a control character in a name does not break an error text") {
  Tape tape;
  Parameter w("w\n\tx", Tensor{2});
  const Var y = square(tape.watch(w));
  w.edit()(0) = 3;
  CHECK(thrown_by<TapeError>([&] { tape.backward(y); }) ==
        "gradient: parameter w\\n\\x09x was changed after the tape watched it; rewind() and record again");
}

TEST_CASE("explain counts characters, not bytes, and tells of a NaN among numbers") {
  Tape tape;
  Parameter w("größe", Tensor{2, NAN, 5}), v("v", Tensor{NAN, NAN});
  tape.watch(w);
  tape.watch(v);
  CHECK(explain(tape) == R"--(#  operation  a b c  shape  value        rule
0  größe             (3,)   2 .. 5, nan
1  v                 (2,)   nan
)--");
}

TEST_CASE("to_dot draws the recording for Graphviz") {
  Tape tape;
  Parameter w("w \"quoted\"", Tensor{2});
  const Var y = square(tape.watch(w));
  gradient(sum(y), {tape.watch(w)});
  CHECK(to_dot(tape) == R"--(digraph tape {
  rankdir=LR
  node [shape=box]
  n0 [label="0 w \"quoted\" (1,)" shape=ellipse]
  n1 [label="1 square (1,)"]
  n0 -> n1
  n2 [label="2 sum_to ()"]
  n1 -> n2
  n3 [label="3 constant ()" shape=ellipse]
  n4 [label="4 broadcast_to (1,)" style=dashed]
  n3 -> n4 [style=dashed]
  n5 [label="5 constant ()" shape=ellipse style=dashed]
  n6 [label="6 multiply (1,)" style=dashed]
  n5 -> n6 [style=dashed]
  n0 -> n6 [style=dashed]
  n7 [label="7 multiply (1,)" style=dashed]
  n6 -> n7 [style=dashed]
  n4 -> n7 [style=dashed]
}
)--");
}

TEST_CASE("a finite check stops at the first operation that yields NaN or infinity") {
  Tape tape;
  tape.check_finite(true);
  const Var a = tape.variable(Tensor{1, 0, 2}), b = tape.variable(Tensor{1, 0, 1});
  CHECK(thrown_by<ValueError>([&] { exp(a / b); }) ==
        "divide (line 2) gave " + text(Real(0) / a.value()(1)) +
            " at element 1 of (3,); its inputs: line 0 (variable) (3,) = 0 .. 2, line 1 (variable) (3,) = 0 .. 1");
  tape.rewind();
  const Var x = tape.variable(Tensor{0});
  CHECK(thrown_by<ValueError>([&] { gradient(sum(sqrt(x)), {x}); }).find("divide (line ") == 0);  // 1 / (2 sqrt(0))
  tape.check_finite(false);
  CHECK(std::isinf(log(x).item()));
}
