// Lesson 3: article 000 with the right gradient; the least-squares solution; and the largest learning rate, 2 / lambda.

#include <cmath>
#include <cstdio>
#include <iostream>
#include <xgrad/teach/lints.hpp>
#include <xgrad/xgrad.hpp>

#include "exercise.hpp"
#include "line_data.hpp"

using namespace xgrad;

namespace {

struct Line {
  double w, b;
};

// Gradient descent from the article's start. The tape derives the gradient, 2/n sum (w x + b - y) x for w.
Line descend(const LineData& data, double rate, int iterations, bool print = false) {
  Tensor w{data.w}, b{data.b};
  Tape tape;
  const Lints lints(tape, std::cout);
  for (int i = 0; i < iterations; ++i) {
    tape.rewind();
    const Var vw = tape.variable(w), vb = tape.variable(b);
    const Var loss = mean_squared_error(data.y, vw * data.x + vb);
    const std::vector<Var> g = gradient(loss, {vw, vb});
    if (print && i % 100 == 0) std::printf("iteration %4d: loss %.10g\n", i, loss.item());
    w -= rate * g[0].value();
    b -= rate * g[1].value();
  }
  return {w(0), b(0)};
}

void print(const char* what, const LineData& data, Line line) {
  std::printf("%-25s w %.16g, b %.16g, mse %.15g\n", what, line.w, line.b, data.error(line.w, line.b));
}

// The solution of the normal equations: w = cov(x, y) / var(x), b = mean(y) - w mean(x).
Line least_squares(const LineData& data) {
  double mx = 0, my = 0, xx = 0, xy = 0;
  for (std::size_t i = 0; i < 100; ++i) mx += data.x(i, 0) / 100, my += data.y(i, 0) / 100;
  for (std::size_t i = 0; i < 100; ++i) {
    xx += (data.x(i, 0) - mx) * (data.x(i, 0) - mx);
    xy += (data.x(i, 0) - mx) * (data.y(i, 0) - my);
  }
  return {xy / xx, my - xy / xx * mx};
}

// The largest eigenvalue of the loss's Hessian in (w, b), which the tape computes.
double largest_curvature(const LineData& data) {
  Tape tape;
  const Lints lints(tape, std::cout);
  const Var theta = tape.variable(zeros({2, 1}));
  Tensor design = ones({100, 2});
  for (std::size_t i = 0; i < 100; ++i) design(i, 0) = data.x(i, 0);
  const Var rows = tape.constant(design);
  const Var loss = mean_squared_error(data.y, matmul(rows, theta));
  const Tensor h = hessian(loss, theta).value();
  const double a = h.data()[0], b = h.data()[1], d = h.data()[3];
  return (a + d) / 2 + std::sqrt((a - d) * (a - d) / 4 + b * b);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1)
    return mark(
        argc, argv,
        {{7.0291, 1e-3, "the line passes through the mean of the data: evaluate it at mean(x) = 0.945588"},
         {0.242054, 1e-5, "the limit is 2 / lambda: what becomes of the curvature lambda when the loss is doubled?"}});

  const LineData data;
  print("after 1000 iterations:", data, descend(data, 0.01, 1000, true));
  print("after 10000 iterations:", data, descend(data, 0.01, 10000));
  print("least squares:", data, least_squares(data));

  std::printf("\nlargest curvature %.12g, so the learning rate has to be below %.6g\n", largest_curvature(data),
              2 / largest_curvature(data));
  for (const double rate : {0.48, 0.49}) {
    const Line end = descend(data, rate, 1000);
    std::printf("learning rate %.2f: mse %.2g after 1000 iterations\n", rate, data.error(end.w, end.b));
  }
}
