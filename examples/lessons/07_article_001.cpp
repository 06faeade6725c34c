// Lesson 7: article 001, a program of comments only, filled in. Linear regression with J = 1/(2m) sum r^2 on the data
// of article 000, and logistic regression by Newton's method on the O-rings of the space shuttle.

#include <cmath>
#include <cstdio>
#include <iostream>
#include <xgrad/teach/lints.hpp>
#include <xgrad/xgrad.hpp>

#include "exercise.hpp"
#include "line_data.hpp"

using namespace xgrad;

namespace {

// J of article 001: half the mean squared error, so that its gradient has no factor 2.
Var half_mean_square(const Tensor& y, Var h) { return mean_squared_error(y, h) / 2; }

void linear_regression() {
  const LineData data;
  Tensor w{data.w}, b{data.b};
  double gradient_by_hand = 0, gradient_by_tape = 0, loss = 0;
  Tape tape;
  const Lints lints(tape, std::cout);
  for (int i = 0; i <= 1000; ++i) {
    tape.rewind();
    const Var vw = tape.variable(w), vb = tape.variable(b);
    const Var j = half_mean_square(data.y, vw * data.x + vb);
    const std::vector<Var> g = gradient(j, {vw, vb});
    if (i == 0) {
      gradient_by_tape = g[0].item();
      for (std::size_t k = 0; k < 100; ++k)
        gradient_by_hand += (w(0) * data.x(k, 0) + b(0) - data.y(k, 0)) * data.x(k, 0) / 100;
    }
    loss = j.item();
    if (i == 1000) break;
    w -= 0.01 * g[0].value();
    b -= 0.01 * g[1].value();
  }
  std::printf("(1/m) sum (h - y) x / tape = %.12g\n", gradient_by_hand / gradient_by_tape);
  std::printf("linear regression: w %.16g, b %.16g, J %.15g\n\n", w(0), b(0), loss);
}

// The temperature (in degrees Fahrenheit) of 23 launches, and whether an O-ring was damaged (Dalal et al. 1989).
const double temperature[] = {66, 70, 69, 68, 67, 72, 73, 70, 57, 63, 70, 78,
                              67, 53, 67, 75, 70, 81, 76, 79, 75, 76, 58};
const double damage[] = {0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1};

struct Logistic {
  double intercept, slope;
};

// Newton's method: theta -= H^-1 g, with the gradient g and the Hessian H of the tape.
Logistic newton(bool print) {
  Tensor rows = ones({23, 2}), y = zeros({23, 1}), theta = zeros({2, 1});
  for (std::size_t i = 0; i < 23; ++i) rows(i, 1) = temperature[i], y(i, 0) = damage[i];
  Tape tape;
  const Lints lints(tape, std::cout);
  for (int i = 0; i < 10; ++i) {
    tape.rewind();
    const Var at = tape.variable(theta), x = tape.constant(rows);
    const Var loss = binary_crossentropy_from_logits(y, matmul(x, at));
    const Tensor g = gradient(loss, {at})[0].value(), h = hessian(loss, at).value();
    if (print && (i < 3 || i == 9)) std::printf("step %d: deviance %.10f\n", i, 2 * 23 * loss.item());
    const Real *p = h.data(), det = p[0] * p[3] - p[1] * p[2];
    theta(0, 0) -= (p[3] * g(0, 0) - p[1] * g(1, 0)) / det;
    theta(1, 0) -= (p[0] * g(1, 0) - p[2] * g(0, 0)) / det;
  }
  return {theta(0, 0), theta(1, 0)};
}

}  // namespace

int main(int argc, char** argv) {
  const Logistic fit = newton(argc == 1);
  if (argc > 1)
    return mark(argc, argv,
                {{-fit.intercept / fit.slope, 0.05, "the probability is 1/2 where intercept + slope t = 0"},
                 {1 / (1 + std::exp(-fit.intercept - fit.slope * 31)), 1e-3,
                  "1 / (1 + exp(-z)) with z = intercept + 31 slope"}});
  std::printf("logistic regression: intercept %.12f, slope %.14f\n\n", fit.intercept, fit.slope);
  linear_regression();
}
