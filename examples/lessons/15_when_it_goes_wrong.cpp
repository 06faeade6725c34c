// Lesson 15: when it goes wrong. Each mistake below is one that learners make, and each is refused in words.

#include <cmath>
#include <cstdio>
#include <iostream>
#include <xgrad/teach/lints.hpp>
#include <xgrad/xgrad.hpp>

#include "exercise.hpp"

using namespace xgrad;

namespace {

// Runs a mistake, and prints what it says.
template <class F>
void mistake(const char* what, F f) {
  std::cout << what << "\n  ";
  try {
    f();
    std::cout << "(no error)\n";
  } catch (const std::exception& error) {
    std::cout << error.what() << "\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1)
    return mark(argc, argv,
                {{0, 0, "relu has slope 0 where its input is below 0, for every row of the batch"},
                 {2.302585, 1e-3, "before it has learnt, a network gives each of 10 classes about 1/10: -log(1/10)"}});

  mistake("a logarithm of 0", [] {
    Tape tape;
    tape.check_finite(true);
    const Var p = tape.variable(Tensor{0.5, 0});
    log(p);
  });
  mistake("a learning rate below 0", [] { Optimizer(SGD{.learning_rate = -0.1}); });
  mistake("labels 1 to 3 for three classes", [] {
    Tape tape;
    softmax_cross_entropy(Tensor{1, 2, 3}, tape.variable(zeros({3, 3})));
  });
  mistake("targets (5,) for predictions (5, 1)", [] {
    Tape tape;
    mean_squared_error(Tensor{2, 4, 6, 8, 10}, tape.variable(zeros({5, 1})));
  });
  mistake("matrices that do not fit", [] {
    Tape tape;
    const Var x = tape.constant(zeros({128, 784})), w = tape.variable(zeros({512, 10}));
    matmul(x, w);
  });
  mistake("the gradient of a table", [] {
    Tape tape;
    const Var x = tape.variable(Tensor{1, 2, 3});
    gradient(square(x), {x});
  });
  mistake("a Var of a tape that was rewound", [] {
    Tape tape;
    const Var x = tape.variable(Tensor{1});
    tape.rewind();
    square(x);
  });
  mistake("a step without a gradient", [] {
    Parameter w("w", Tensor{1});
    Optimizer(SGD{}).step({&w});
  });
  mistake("a learning rate that is too large", [] {
    Parameter w("w", Tensor{1});
    Optimizer sgd = SGD{.learning_rate = 1e200};
    Tape tape;
    for (int i = 0; i < 5; ++i) {
      tape.rewind();
      tape.backward(square(square(tape.watch(w))));
      sgd.step({&w});
    }
  });

  // Hints are for what is no error, and yet suspicious: they are written while the tape records.
  Tape tape;
  const Lints lints(tape, std::cout, {.untrained = true});
  std::cout << "a residual that became a table\n";
  const Var target = tape.constant(Tensor{2, 4, 6, 8, 10}), prediction = tape.variable(zeros({5, 1}));
  mean(square(prediction - target));
  std::cout << "probabilities for a loss that takes logits\n";
  const Var p = softmax(tape.variable(Tensor{{2, 1, -1}, {0, 3, 1}}));
  softmax_cross_entropy(Tensor{0, 1}, p);
  std::cout << "pixels of 0 to 255\n";
  Rng rng(0);
  const Var pixels = tape.constant(random_uniform(rng, {32, 784}, 0, 255));
  const Var first = tape.variable(random_uniform(rng, {784, 10}, -0.09, 0.09));
  softmax_cross_entropy(zeros({32}), matmul(pixels, first));

  // No error can tell of a dead unit: its numbers are right, and it learns nothing.
  const Var x = tape.constant(Tensor{{1, 2}, {3, 4}, {5, 6}}), w = tape.variable(Tensor{{-1, 0.5}, {-1, 0.5}});
  const Var z = matmul(x, w);
  std::cout << "a dead unit: relu's input is below 0 in every row\n";
  const Tensor g = gradient(sum(relu(z)), {w})[0].value();
  std::cout << "gradient of the dead unit's weights " << g(0, 0) << " " << g(1, 0) << ", of the other unit's "
            << g(0, 1) << " " << g(1, 1) << "\n";

  // The first loss says whether a network begins as it should: ln(classes).
  const Var logits = tape.constant(random_normal(rng, {1000, 10}, 0, 0.01));
  std::printf("the first loss of ten classes: %.3f; ln 10 is %.3f\n",
              softmax_cross_entropy(zeros({1000}), logits).item(), std::log(10.));
}
