// Lesson 11: article 004 as a program. Mini-batches, the accumulation of their gradients, and the L2 penalty.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <xgrad/teach/lints.hpp>
#include <xgrad/xgrad.hpp>

#include "exercise.hpp"
#include "iris.hpp"
#include "line_data.hpp"

using namespace xgrad;

namespace {

struct Line {
  double w, b;
};

// The gradient of (1/size) sum r^2 + lambda (w^2 + b^2) over a part of the data. Without `bias`, b is not penalised.
Line slopes(const LineData& data, Line at, std::size_t first, std::size_t size, double lambda = 0, bool bias = true) {
  Tape tape;
  const Lints lints(tape, std::cout);
  const Var w = tape.variable(Tensor{at.w}), b = tape.variable(Tensor{at.b});
  const Var x = tape.constant(data.x), y = tape.constant(data.y);
  const Var part = rows(x, first, first + size), target = rows(y, first, first + size);
  const Var error = mean_squared_error(target, w * part + b);
  const Var w2 = sum(square(w)), b2 = sum(square(b));
  const Var penalty = lambda * (bias ? w2 + b2 : w2);
  const std::vector<Var> g = gradient(error + penalty, {w, b});
  return {g[0].item(), g[1].item()};
}

Line ridge(const LineData& data, double lambda, bool bias) {
  Line at{data.w, data.b};
  for (int i = 0; i < 1500; ++i) {
    const Line g = slopes(data, at, 0, 100, lambda, bias);
    at.w -= 0.2 * g.w;
    at.b -= 0.2 * g.b;
  }
  return at;
}

// Softmax regression on the irises: mean cross-entropy + 0.01 sum W^2, at its minimum.
void irises() {
  Parameter W("W", zeros({4, 3})), b("b", zeros({3}));
  const Tensor x = iris_flowers(), kinds = iris_kinds();
  LBFGS lbfgs({.max_iterations = 1000, .tolerance_gradient = 1e-10, .tolerance_change = 0});
  Tape tape;
  const Lints lints(tape, std::cout);
  double loss = 0;
  std::size_t right = 0;
  const auto closure = [&] {
    tape.rewind();
    const Var vx = tape.borrow(x), w = tape.watch(W), vb = tape.watch(b);
    const Var z = linear(vx, w, vb);
    const Var data = softmax_cross_entropy(kinds, z);
    const Var total = data + 0.01 * sum(square(w));
    tape.backward(total);
    right = 0;
    for (std::size_t i = 0; i < 150; ++i) {
      const Real* row = z.value().data() + 3 * i;
      right += static_cast<std::size_t>(std::max_element(row, row + 3) - row) == i / 50;
    }
    return loss = total.item();
  };
  lbfgs.step({&W, &b}, closure);
  closure();
  std::printf("\nirises: loss %.14f, %zu of 150 right\n", loss, right);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1)
    return mark(
        argc, argv,
        {{0.2, 1e-9, "the slope of lambda w^2 is 2 lambda w: put lambda = 0.1, w = 1 in"},
         {4, 1e-9, "each mini-batch's gradient is a mean over 25; the mean over 100 is their sum, divided by?"}});

  const LineData data;
  const Line start{data.w, data.b}, full = slopes(data, start, 0, 100);
  Line sum{0, 0};
  for (std::size_t k = 0; k < 4; ++k) {
    const Line g = slopes(data, start, 25 * k, 25);
    std::printf("mini-batch %zu: dL/dw %.10f, dL/db %.10f\n", k + 1, g.w, g.b);
    sum.w += g.w / 4;
    sum.b += g.b / 4;
  }
  std::printf("their mean:   dL/dw %.10f, dL/db %.10f\n", sum.w, sum.b);
  std::printf("all 100:      dL/dw %.10f, dL/db %.10f\n\n", full.w, full.b);

  Line at = start;
  for (int epoch = 0; epoch < 1000; ++epoch)
    for (std::size_t k = 0; k < 4; ++k) {
      const Line g = slopes(data, at, 25 * k, 25, 0.1);
      const double rate = 0.05 / (1 + 0.05 * epoch);
      at.w -= rate * g.w;
      at.b -= rate * g.b;
    }
  std::printf("mini-batches, lambda 0.1, a falling learning rate: w %.3f, b %.3f\n\n", at.w, at.b);

  for (const bool bias : {true, false})
    for (const double lambda : {0.01, 0.1, 1.0}) {
      const Line end = ridge(data, lambda, bias);
      std::printf("bias %-12s lambda %-5g w %.14f, b %.14f\n", bias ? "penalised," : "free,", lambda, end.w, end.b);
    }
  irises();
}
