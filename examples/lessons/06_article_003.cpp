// Lesson 6: article 003, y = 2 x on five points. As printed it diverges. With the sign mended its loss falls, and the
// answer is still wrong: a product of shapes (5,) and (5, 1) is a table of 25 numbers.

#include <cmath>
#include <cstdio>
#include <iostream>
#include <xgrad/teach/lints.hpp>
#include <xgrad/xgrad.hpp>

#include <xgrad/teach/numpy_random.hpp>
#include "exercise.hpp"

using namespace xgrad;

namespace {

struct Line {
  double w, b;
};

// What is wrong in a version of the program.
struct Faults {
  double sign = 1;    // -1: the steps go uphill
  bool table = true;  // (y - y_pred) * X is 5 by 5, and its sum is sum(y - y_pred) sum(X)
  double factor = 1;  // of the gradient by b: 1 where the square asks for 2
  bool stale = true;  // b's gradient is computed after w has moved
};

// The gradient as the article's code computes it, with y - y_pred, times -1 to make it a descent.
Line slopes(Faults f, double w, double b) {
  double sum_r = 0, sum_x = 0, sum_rx = 0;
  for (int x = 1; x <= 5; ++x) {
    const double r = 2 * x - (w * x + b);
    sum_r += r, sum_x += x, sum_rx += r * x;
  }
  return {-f.sign * 2 / 5 * (f.table ? sum_r * sum_x : sum_rx), -f.sign * f.factor / 5 * sum_r};
}

Line run(Faults f, Line at, int epochs) {
  for (int i = 0; i < epochs; ++i) {
    const Line g = slopes(f, at.w, at.b);
    at.w -= 0.01 * g.w;
    at.b -= 0.01 * (f.stale ? slopes(f, at.w, at.b).b : g.b);
  }
  return at;
}

double error(Line at) {
  double sum = 0;
  for (int x = 1; x <= 5; ++x) sum += std::pow(2 * x - (at.w * x + at.b), 2);
  return sum / 5;
}

const Tensor x = column({1, 2, 3, 4, 5}), y = column({2, 4, 6, 8, 10});

Line by_tape(Line at) {
  Tape tape;
  const Lints lints(tape, std::cout);
  const Var w = tape.variable(Tensor{at.w}), b = tape.variable(Tensor{at.b});
  const std::vector<Var> g = gradient(mean_squared_error(y, w * x + b), {w, b});
  return {g[0].item(), g[1].item()};
}

void print(const char* what, Line at) {
  std::printf("%-34s w %.15g, b %.15g, mse %.6g\n", what, at.w, at.b, error(at));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1)
    return mark(argc, argv,
                {{25, 0, "every one of 5 rows meets every one of 5 columns"},
                 {6, 1e-9, "the mean of x is 3 and the mean of y is 6: which value has 3 w + b?"}});

  xgrad::NumpyRandom rng(0);
  Line start{0, 0};
  start.w = rng.randn(), start.b = rng.randn();
  print("start", start);
  const Faults printed{.sign = -1};
  for (const int epochs : {1, 2, 11})
    print(epochs == 1 ? "as printed, after 1 epoch" : epochs == 2 ? "2" : "11", run(printed, start, epochs));
  const Line far = run(printed, start, 1000);
  std::printf("%-34s w %.3g, b %.3g\n\n", "1000", far.w, far.b);

  std::printf("the printed gradient divided by the tape's, at three points\n");
  for (const Line at : {start, Line{0, 0}, Line{5, -3}}) {
    const Line g = slopes(printed, at.w, at.b), right = by_tape(at);
    std::printf("w %-8.4g b %-8.4g  dL/dw %.6f  dL/db %.6f\n", at.w, at.b, g.w / right.w, g.b / right.b);
  }
  try {
    Tape tape;
    const Lints lints(tape, std::cout);
    mean_squared_error(Tensor{2, 4, 6, 8, 10}, tape.constant(x));
  } catch (const ShapeError& refused) {
    std::printf("%s\n\n", refused.what());
  }

  for (const Line from : {start, Line{0, 0}, Line{5, -3}}) {
    const Line end = run({}, from, 1000);
    print("sign mended", end);
    std::printf("%-34s 3 w + b = %.9g\n", "", 3 * end.w + end.b);
  }
  print("sign and table mended", run({.table = false}, start, 1000));

  for (const int epochs : {1000, 10000}) {
    Line at = start;
    for (int i = 0; i < epochs; ++i) {
      const Line g = by_tape(at);
      at.w -= 0.01 * g.w;
      at.b -= 0.01 * g.b;
    }
    if (epochs == 1000)
      print("right, 1000 epochs", at);
    else
      std::printf("%-34s w and b are 2 and 0 %s\n", "right, 10000 epochs",
                  std::abs(at.w - 2) < 1e-14 && std::abs(at.b) < 1e-14 ? "to 1e-14" : "not yet");
  }
}
