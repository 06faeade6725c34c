#include <optional>
#include <sstream>

#include <xgrad/teach/lints.hpp>
#include <xgrad/xgrad.hpp>

#include "support.hpp"

using namespace xgrad;

namespace {

// The notes as "line: message".
std::vector<std::string> texts(const std::vector<Lint>& notes) {
  std::vector<std::string> result;
  for (const Lint& note : notes) result.push_back(text(note.line, ": ", note.message));
  return result;
}

std::vector<LintKind> kinds(const std::vector<Lint>& notes) {
  std::vector<LintKind> result;
  for (const Lint& note : notes) result.push_back(note.kind);
  return result;
}

using Kinds = std::vector<LintKind>;
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("lint notes a broadcast that grows beyond both operands") {
  Tape tape;
  const Var y = tape.variable(Tensor{1, 2, 3, 4, 5}), p = tape.variable(ones({5, 1}));
  const Var loss = mean(square(y - p));
  CHECK(texts(lint(tape)) == Texts{"2: subtract: (5,) with (5, 1) is broadcast to (5, 5), more elements than both; if "
                                   "every pair is meant, write outer()"});
  trace(loss);
  CHECK(lint(tape).size() == 1);  // the sweep's own lines are not read
}

TEST_CASE("lint does not note a broadcast to one operand's shape, nor one that was asked for") {
  Tape tape;
  const Var x = tape.variable(ones({5, 3})), b = tape.variable(Tensor{1, 2, 3}), u = tape.variable(Tensor{1, 2});
  const Var shifted = x + b;
  square(2 * shifted);
  outer(u, b);
  CHECK(lint(tape).empty());
}

TEST_CASE("lint notes labels that were changed to what is no class") {
  Tape tape;
  Tensor labels{0, 2};
  const Var z = tape.variable(Tensor{{1, 2, 3}, {3, 2, 1}}), t = tape.borrow(labels);
  softmax_cross_entropy(t, z);
  CHECK(lint(tape).empty());
  labels(1) = 3;
  CHECK(texts(lint(tape)) == Texts{"3: softmax_cross_entropy: label 3 at row 1 is not an integer from 0 to 2"});
  labels(1) = 0.5;
  CHECK(kinds(lint(tape)) == Kinds{LintKind::bad_label});
}

TEST_CASE("lint notes probabilities where a loss takes logits") {
  Tape tape;
  const Var z = tape.variable(Tensor{{1, 2, 3}, {3, 2, 1}}), p = softmax(z);
  const Tensor labels{0, 2};
  softmax_cross_entropy(labels, z);
  sparse_categorical_crossentropy(labels, p);
  CHECK(lint(tape).empty());
  const std::uint32_t next = static_cast<std::uint32_t>(tape.size());
  softmax_cross_entropy(labels, p);
  categorical_crossentropy_from_logits(Tensor{{1, 0, 0}, {0, 0, 1}}, p);
  binary_crossentropy_from_logits(Tensor{{1, 0, 0}, {0, 0, 1}}, sigmoid(z));
  const std::vector<Lint> notes = lint(tape);
  CHECK(kinds(notes) == Kinds{LintKind::probabilities, LintKind::probabilities, LintKind::probabilities});
  CHECK(notes[0].line == next + 2);
  CHECK(
      notes[0].message ==
      "softmax_cross_entropy: it takes logits, and line 1 has rows of probabilities; the loss applies its own softmax");
}

TEST_CASE("lint notes logits where a loss takes probabilities") {
  Tape tape;
  const Var p = tape.variable(Tensor{{0.25, 0.75}, {0.5, 0.5}}), z = tape.variable(Tensor{{1, 2}, {3, 5}});
  const Tensor labels{0, 1}, targets{{1, 0}, {0, 1}};
  sparse_categorical_crossentropy(labels, p);
  categorical_crossentropy(targets, p);
  binary_crossentropy(targets, p);
  CHECK(lint(tape).empty());
  sparse_categorical_crossentropy(labels, z);
  categorical_crossentropy(targets, z);
  binary_crossentropy(targets, z);
  const std::vector<Lint> notes = lint(tape);
  CHECK(kinds(notes) == Kinds{LintKind::logits, LintKind::logits, LintKind::logits});
  CHECK(notes[2].message ==
        "clip: the loss takes probabilities, and line 1 has numbers that are not between 0 and 1; "
        "for logits there is the loss with _from_logits");
}

TEST_CASE("lint notes the units of a relu that are 0 for the whole batch") {
  Tape tape;
  relu(tape.variable(Tensor{{1, -1, 0, 2}, {-1, -2, -3, 4}}));
  CHECK(texts(lint(tape)) == Texts{"1: relu: 2 of 4 units are 0 for all 2 rows: 1, 2; no gradient comes through them"});
  tape.rewind();
  relu(tape.variable(Tensor{{1, -1}}));  // one row says nothing
  CHECK(lint(tape).empty());
}

TEST_CASE("lint compares the first loss with ln C, if it is told that it is the first") {
  Tape tape;
  const Tensor labels{0, 1};
  softmax_cross_entropy(labels, tape.variable(zeros({2, 10})));
  CHECK(lint(tape, LintOptions{.untrained = true}).empty());
  Tensor large = zeros({2, 10});
  large(0, 5) = large(1, 5) = 100;
  softmax_cross_entropy(labels, tape.variable(large));
  CHECK(lint(tape).empty());
  CHECK(texts(lint(tape, LintOptions{.untrained = true})) ==
        Texts{"7: softmax_cross_entropy: the first loss is 100, far from ln 10 = 2.30259, that of guessing; are the "
              "inputs scaled, and the weights not too large?"});
}

TEST_CASE("lint of a trace notes parameters without a gradient, with 0, and with what is not finite") {
  Tape tape;
  Parameter used("used", Tensor{2}), unused("unused", Tensor{1}), dead("dead", Tensor{-1}), steep("steep", Tensor{0}),
      frozen("frozen", Tensor{1});
  frozen.frozen = true;
  const Var u = tape.watch(used), d = tape.watch(dead), s = tape.watch(steep);
  tape.watch(unused), tape.watch(frozen);
  const Var off = relu(d), root = sqrt(s);
  const Var part = u + off, loss = part + root;
  const std::vector<Lint> notes = lint(tape, trace(loss));
  CHECK(kinds(notes) == Kinds{LintKind::zero_gradient, LintKind::not_finite, LintKind::no_gradient});
  CHECK(texts(notes) == Texts{"1: parameter dead: the gradient is 0, so a step does not change it",
                              "2: parameter steep: the gradient has a NaN or an infinity",
                              "3: parameter unused: no gradient; the loss does not depend on it"});
}

TEST_CASE("Lints writes a hint while the tape records, before the error that follows from it") {
  std::ostringstream out;
  Tape tape;
  const Lints lints(tape, out);
  const Var y = tape.variable(Tensor{1, 2, 3}), p = tape.variable(ones({3, 1})), r = tape.constant(ones({2, 2}));
  CHECK_THROWS_AS(matmul(y - p, r), ShapeError);
  CHECK(out.str() ==
        "hint: line 3: subtract: (3,) with (3, 1) is broadcast to (3, 3), more elements than both; if every pair is "
        "meant, write outer()\n");
  CHECK(kinds(lints.notes()) == Kinds{LintKind::growing_broadcast});
}

TEST_CASE("Lints writes each hint once, however many steps are taken, and that of the gradients after the step") {
  std::ostringstream out;
  Tape tape;
  Parameter w("w", Tensor{{-1, 1}, {-1, 1}}), unused("unused", Tensor{1}), dead("dead", Tensor{-1});
  {
    const Lints lints(tape, out, {.untrained = true});
    Optimizer sgd = SGD{.learning_rate = 1e-6};
    for (int step = 0; step < 3; ++step) {
      tape.rewind();
      const Var x = tape.constant(Tensor{{1, 2}, {3, 4}}), kernel = tape.watch(w), off = tape.watch(dead);
      tape.watch(unused);
      const Var h = relu(matmul(x, kernel)), logits = 100 * h, lost = sum(relu(off));
      const Var loss = softmax_cross_entropy(Tensor{0, 0}, logits);
      tape.backward(loss + lost);
      sgd.step({&w});
      if (step == 0) CHECK(lints.notes().size() == 2);
    }
    CHECK(lints.notes().size() == 4);
  }
  CHECK(out.str() ==
        "hint: line 5: relu: 1 of 2 units are 0 for all 2 rows: 0; no gradient comes through them\n"
        "hint: line 12: softmax_cross_entropy: the first loss is 500, far from ln 2 = 0.693147, that of guessing; are "
        "the inputs scaled, and the weights not too large?\n"
        "hint: line 2: parameter dead: the gradient is 0, so a step does not change it\n"
        "hint: line 3: parameter unused: no gradient; the loss does not depend on it\n");
  tape.rewind();
  relu(tape.variable(Tensor{{-1, 1}, {-1, 1}}));
  CHECK(out.str().find("hint: line 1:") == std::string::npos);  // it has ended
}

TEST_CASE("Lints reads a whole network's step, sweep and all, without a hint, and changes no bit") {
  const auto train = [](bool with_lints) {
    std::ostringstream out;
    Sequential model{Dense(8, relu), BatchNormalization(), Dropout(0.1), Dense(6, "gelu"), Dense(3, softmax)};
    Rng rng(3);
    model.build({4}, rng);
    Optimizer adam = Adam{};
    Tape tape;
    std::optional<Lints> lints;
    if (with_lints) lints.emplace(tape, out, LintOptions{.untrained = true});
    for (int step = 0; step < 3; ++step) {
      tape.rewind();
      const Var p = model(tape.constant(random_normal(rng, {16, 4}, 0, 1)), {.training = true, .rng = &rng});
      Tensor labels = zeros({16});
      for (Real& label : labels) label = rng.integer(2);
      tape.backward(sparse_categorical_crossentropy(labels, p));
      adam.step(model.parameters());
    }
    lints.reset();
    CHECK(out.str() == "");
    std::vector<Tensor> weights;
    for (const Parameter* p : model.parameters()) weights.push_back(p->value());
    return weights;
  };
  CHECK(train(true) == train(false));
}

TEST_CASE("a function that Tape::on_line() calls may not record, and check_finite() works beside it") {
  Tape tape;
  std::vector<std::uint32_t> lines;
  tape.on_line([&](std::uint32_t line) { lines.push_back(line); });
  tape.check_finite(true);
  const Var x = tape.variable(Tensor{0}), y = square(x);
  CHECK(lines == std::vector<std::uint32_t>{1});
  CHECK_THROWS_AS(log(x), ValueError);
  tape.check_finite(false);
  square(y);
  CHECK(lines.size() == 2);
  tape.on_line([&](std::uint32_t) { tape.constant(1); });
  CHECK_THROWS_AS(square(y), TapeError);
  tape.on_line({});
  CHECK_NOTHROW(log(x));
  CHECK(lines.size() == 2);
}
