#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>

#include <memory>
#include <thread>

#include "support.hpp"

using namespace xgrad;

TEST_CASE("a Var is a line of its tape") {
  Tape tape;
  const Var a = tape.constant(Tensor{1, 2}), b = tape.variable(Tensor{3, 4}), c = a + b;
  CHECK(c.line() == 2);
  CHECK(tape.size() == 3);
  check_close(c.value(), {4, 6}, 0);
  CHECK(std::string(tape[2].op->name) == "add");
  CHECK(!tape[0].active);
  CHECK(tape[2].active);
}

TEST_CASE("item gives the value of a Var with one element, and of no other") {
  Tape tape;
  CHECK(sum(tape.constant(Tensor{1, 2, 3})).item() == 6);
  CHECK(thrown_by<ShapeError>([&] {
          tape.constant(Tensor{1, 2}).item();
        }) == "item: the shape is (2,); it takes a Var with one element");
}

TEST_CASE("from the third recording on, each line finds its buffer again") {
  Tape tape;
  const Real* memory[4];
  for (const Real*& data : memory) {
    tape.rewind();
    data = exp(tape.constant(zeros({4, 4}))).value().data();
  }
  CHECK(memory[3] == memory[2]);
  CHECK(tape.size() == 2);
}

TEST_CASE("a Var used after rewind is refused") {
  Tape tape;
  const Var a = tape.variable(Tensor{1});
  tape.rewind();
  tape.variable(Tensor{2});
  CHECK(thrown_by<TapeError>([&] { square(a); }) ==
        "this Var (line 0) is of a recording that has ended; its tape was rewound or destroyed since");
}

TEST_CASE("a Var that outlives its tape is refused, though another tape has its place") {
  auto tape = std::make_unique<Tape>();
  const Var a = tape->variable(Tensor{1});
  tape.reset();
  const Tape other;
  CHECK(thrown_by<TapeError>([&] { a.value(); }) ==
        "this Var (line 0) is of a recording that has ended; its tape was rewound or destroyed since");
}

TEST_CASE("an empty Var is refused") {
  CHECK(thrown_by<TapeError>([] { square(Var()); }) == "this Var is empty; it comes from a tape or an operation");
}

TEST_CASE("Vars of two tapes do not mix") {
  Tape one, other;
  const Var a = one.variable(Tensor{1}), b = other.variable(Tensor{2});
  CHECK(thrown_by<TapeError>([&] { a + b; }) ==
        "an operation mixes Vars of two tapes; bring a value over with constant()");
}

TEST_CASE("a recording belongs to the thread that began it") {
  Tape tape;
  const Var a = tape.variable(Tensor{1});
  std::string message;
  std::thread([&] { message = thrown_by<TapeError>([&] { square(a); }); }).join();
  CHECK(message == "this recording belongs to another thread; give each thread its own tape");
  tape.rewind();
  std::thread([&] { message = thrown_by<TapeError>([&] { square(tape.variable(Tensor{1})); }); }).join();
  CHECK(message == "nothing");
}

TEST_CASE("a borrowed tensor is not copied") {
  Tape tape;
  const Tensor x{1, 2};
  CHECK(tape.borrow(x).value().data() == x.data());
}

TEST_CASE("a borrowed tensor is filled anew between recordings, and never copied") {
  Tape tape;
  Parameter w("w", Tensor{3});
  Tensor batch{0};
  for (const Real x : Tensor{1, 5, 7}) {
    tape.rewind();
    batch(0) = x;
    tape.backward(sum(tape.borrow(batch) * tape.watch(w)));
    check_close(w.gradient, {x}, 0);
  }
}

TEST_CASE("a borrowed tensor that is written to before backward mixes old and new numbers, as its declaration warns") {
  Tape tape;
  Parameter w("w", Tensor{3});
  Tensor x{2};
  const Var loss = square(tape.borrow(x) * tape.watch(w));  // 36; the slope is 2 (w x) x
  x(0) = 10;
  tape.backward(loss);
  check_close(w.gradient, {2 * 6 * 10}, 0);  // w x is what it was, x is not
}

TEST_CASE("backward sets the gradient, so micro-batches are added up by the caller, or in one loss") {
  Tape tape;
  Parameter w("w", Tensor{3});
  Tensor total{0};
  for (const Real x : Tensor{1, 5, 7}) {
    tape.rewind();
    tape.backward(x * square(tape.watch(w)));
    check_close(w.gradient, {6 * x}, 0);
    total += w.gradient;
  }
  check_close(total, {6 * 13}, 0);
  tape.rewind();
  Var loss = tape.constant(Tensor{0});
  for (const Real x : Tensor{1, 5, 7}) loss = loss + x * square(tape.watch(w));
  tape.backward(loss);
  check_close(w.gradient, total, 0);
}

TEST_CASE("an operation that throws leaves no line behind") {
  Tape tape;
  const Var a = tape.variable(zeros({2, 3}));
  CHECK_THROWS_AS(matmul(a, a), ShapeError);
  CHECK(tape.size() == 1);
  CHECK(sum(a).item() == 0);
}

TEST_CASE("a parameter watched twice is one line, and a weight used twice receives both contributions") {
  Tape tape;
  Parameter w("w", Tensor{3});
  const Var first = tape.watch(w), second = tape.watch(w);
  CHECK(first.line() == second.line());
  tape.backward(sum(first * 2 + square(second)));
  check_close(w.gradient, {2 + 2 * 3}, 0);
  CHECK(w.fresh);
}

TEST_CASE("a watched parameter that the loss does not use gets zeros") {
  Tape tape;
  Parameter used("used", Tensor{3}), unused("unused", zeros({2, 2}));
  unused.gradient = filled({2, 2}, 9);
  tape.watch(unused);
  tape.backward(sum(square(tape.watch(used))));
  check_close(used.gradient, {6}, 0);
  check_close(unused.gradient, zeros({2, 2}), 0);
}

TEST_CASE("one line of the sweep is the gradient of two parameters, in every step") {
  Parameter a("a", {1, 2}), b("b", {3, 4});
  Tape tape;
  for (Real scale = 5; scale <= 8; ++scale) {
    tape.rewind();
    const Tensor factor{scale, 2 * scale};
    tape.backward(sum((tape.watch(a) + tape.watch(b)) * tape.borrow(factor)));
    CHECK(a.gradient == factor);
    CHECK(b.gradient == factor);
    a.gradient.fill(0);
    CHECK(b.gradient == factor);
  }
}

TEST_CASE("backward twice on a recording, for two losses, gives each its gradient") {
  Parameter a("a", {1, 2});
  Tape tape;
  for (int step = 0; step < 3; ++step) {
    tape.rewind();
    const Var x = tape.watch(a), first = sum(square(x)), second = sum(x * square(x));
    tape.backward(first);
    CHECK(a.gradient == Tensor{2, 4});
    tape.backward(second);
    CHECK(a.gradient == Tensor{3, 12});
    tape.backward(first);
    CHECK(a.gradient == Tensor{2, 4});
  }
}

TEST_CASE("a parameter changed between recording and backward is refused") {
  Tape tape;
  Parameter w("w", Tensor{3});
  const Var loss = sum(square(tape.watch(w)));
  w.edit()(0) = 4;
  CHECK(thrown_by<TapeError>([&] { tape.backward(loss); }) ==
        "gradient: parameter w was changed after the tape watched it; rewind() and record again");
}

TEST_CASE("only what a loss depends on has to be as it was watched: a GAN in PyTorch's order") {
  Tape tape;
  Parameter generator("dense/kernel", Tensor{3}), critic("dense/kernel", Tensor{2});
  const Var fake = square(tape.watch(generator));                           // 9, recorded once
  tape.backward(square(tape.constant(fake.value()) * tape.watch(critic)));  // 2 81 2 = 324, by what is now a number
  CHECK(critic.gradient == Tensor{324});
  const Var old = fake * tape.watch(critic);
  critic.edit()(0) = 5;  // its step
  const Var loss = fake * tape.watch(critic);
  CHECK(loss.item() == 45);
  tape.backward(loss);
  CHECK(generator.gradient == Tensor{30});  // 2 3 5
  CHECK(critic.gradient == Tensor{9});
  const std::string refusal =
      "gradient: parameter dense/kernel was changed after the tape watched it; rewind() and record again";
  for (const Var y : {old, loss + old, square(loss) * square(old)})
    CHECK(thrown_by<TapeError>([&] { tape.backward(y); }) == refusal);
  CHECK(critic.gradient == Tensor{9});
  CHECK(gradient(gradient(loss, {tape.watch(generator)})[0], {tape.watch(critic)})[0].item() == 6);
  tape.backward(loss);
  generator.edit()(0) = 4;
  CHECK(thrown_by<TapeError>([&] { tape.backward(loss); }) == refusal);
  CHECK(tape.watched().size() == 2);
}

TEST_CASE("a loss that is not a scalar is refused") {
  Tape tape;
  Parameter w("w", Tensor{1, 2});
  const Var loss = square(tape.watch(w));
  CHECK(thrown_by<ShapeError>([&] { tape.backward(loss); }) ==
        "backward: the loss has shape (2,); it takes one element, such as the mean over the batch");
}

TEST_CASE("a parameter that is assigned or built again between recording and backward is refused") {
  Tape tape;
  Parameter w("w", Tensor{3});
  const Var loss = sum(square(tape.watch(w)));
  w = Parameter("w", Tensor{100});
  CHECK_THROWS_AS(tape.backward(loss), TapeError);
}

TEST_CASE("an operation takes the number of inputs that it has") {
  Tape tape;
  const Var a = tape.variable(Tensor{1}), b = tape.variable(Tensor{2});
  const Op& add_op = *tape[(a + b).line()].op;
  CHECK(thrown_by<TapeError>([&] { tape.record(add_op, Shape{1}, a); }) == "add: not its number of inputs");
}

TEST_CASE("a temporary cannot be borrowed, nor cut into batches") {
  const auto can_borrow = [](auto&& x) {
    return requires(Tape tape) { tape.borrow(std::forward<decltype(x)>(x)); };
  };
  Tensor x{1};
  CHECK(can_borrow(x));
  CHECK(!can_borrow(Tensor{1}));
}

TEST_CASE("a loss without parameters is refused, and no parameter is touched") {
  Tape tape;
  Parameter unused("unused", Tensor{1});
  tape.watch(unused);
  for (const Var loss : {sum(tape.constant(Tensor{1, 2})), sum(tape.variable(Tensor{1, 2}))})
    CHECK(thrown_by<TapeError>([&] { tape.backward(loss); }) == "backward: the loss depends on no watched parameter");
  CHECK(!unused.fresh);
}

TEST_CASE("recording while a line is being written is refused, and the tape goes on") {
  const std::string refused =
      "recorded while a line is being written, by the fill of constant(shape, fill) or an operation's forward; record "
      "it before, and read its value there";
  Tape tape;
  const Var a = tape.variable(Tensor{1, 2});
  const auto filling = [&](auto f) { return thrown_by<TapeError>([&] { tape.constant({3}, [&](Tensor&) { f(); }); }); };
  CHECK(filling([&] { square(a); }) == refused);
  CHECK(filling([&] { tape.constant(zeros({100, 100})); }) == refused);
  CHECK(filling([&] { tape.borrow(a.value()); }) == refused);
  CHECK(filling([&] { tape.constant({3}, [](Tensor& x) { x.fill(1); }); }) == refused);
  CHECK(filling([&] { tape.rewind(); }) == "rewind: a line is being written");
  CHECK(filling([&] { throw TapeError("its own error"); }) == "its own error");
  CHECK(tape.size() == 1);
  check_close(tape.constant({2}, [&](Tensor& x) { x = a.value(); }).value(), {1, 2}, 0);
  CHECK(sum(square(a)).item() == 5);
}

namespace {
Var outer_variable;
}

TEST_CASE("an operation whose forward records is refused, and leaves no line behind") {
  static constexpr Op meddling{
      .name = "meddling", .rule = "none", .forward = [](Tensor&, In) { square(outer_variable); }};
  Tape tape;
  outer_variable = tape.variable(Tensor{3});
  CHECK(thrown_by<TapeError>([&] {
          record_elementwise(meddling, outer_variable);
        }).find("recorded while a line is being written") == 0);
  CHECK(tape.size() == 1);
  CHECK(square(outer_variable).item() == 9);
}
