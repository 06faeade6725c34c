// Lesson 2: article 000 as printed. Its loss grows from 81 to 4.6e19. The ratio of its gradient to the right one says
// why: the sign is wrong, and the factor 2 of the square is missing.

#include <cstdio>
#include <iostream>
#include <xgrad/teach/check_by_hand.hpp>
#include <xgrad/xgrad.hpp>

#include "exercise.hpp"
#include "line_data.hpp"

using namespace xgrad;

namespace {

struct Slopes {
  double w, b;
};

// What the article's program subtracts from w and b: the means of (y - y_pred) x and of y - y_pred.
Slopes printed_gradient(const LineData& data, double w, double b) {
  Slopes sum{0, 0};
  for (std::size_t i = 0; i < 100; ++i) {
    const double error = data.y(i, 0) - (w * data.x(i, 0) + b);
    sum.w += error * data.x(i, 0);
    sum.b += error;
  }
  return {sum.w / 100, sum.b / 100};
}

// The first five x and y, and w and b, as NumPy 1.24 printed them.
bool is_as_numpy(const LineData& data) {
  const double x[] = {1.0976270078546495, 1.430378732744839, 1.2055267521432877, 1.0897663659937937,
                      0.8473095986778094};
  const double y[] = {6.127731182780592, 9.191962685188704, 8.082242696160323, 5.733055411704157, 8.030180989829027};
  bool same = data.w == -0.35399391125348395 && data.b == -1.3749512934180188;
  for (std::size_t i = 0; i < 5; ++i) same = same && data.x(i, 0) == x[i] && data.y(i, 0) == y[i];
  return same;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1)
    return mark(argc, argv,
                {{-0.5, 1e-9, "divide the program's 9.3679 by the tape's -18.7358"},
                 {0.02, 1e-9, "half a gradient with rate 2r goes as far as the whole gradient with rate r = 0.01"}});

  const LineData data;
  double w = data.w, b = data.b;
  std::printf("the numbers that NumPy draws, bit for bit: %s\n", is_as_numpy(data) ? "yes" : "no");
  std::printf("start: w %.17g, b %.17g\n\n", w, b);
  for (int i = 0; i < 1000; ++i) {
    if (i % 100 == 0) std::printf("iteration %3d: loss %.13g\n", i, data.error(w, b));
    const Slopes g = printed_gradient(data, w, b);
    w -= 0.01 * g.w;
    b -= 0.01 * g.b;
  }
  std::printf("the end:       loss %.13g, w %.11g, b %.11g\n\n", data.error(w, b), w, b);

  Tape tape;
  const Var vw = tape.variable(Tensor{data.w}), vb = tape.variable(Tensor{data.b});
  const std::vector<Var> right = gradient(mean_squared_error(data.y, vw * data.x + vb), {vw, vb});
  const Slopes printed = printed_gradient(data, data.w, data.b);
  std::printf("at the start  article's code   tape              ratio\n");
  std::printf("dL/dw         %.12f   %.12f  %g\n", printed.w, right[0].item(), printed.w / right[0].item());
  std::printf("dL/db         %.12f   %.12f  %g\n\n", printed.b, right[1].item(), printed.b / right[1].item());

  Tensor at_w{data.w}, at_b{data.b};  // check_by_hand moves them to random places, and back
  std::cout << check_by_hand([&](Var w, Var b) { return mean_squared_error(data.y, w * data.x + b); },
                             {{"w", at_w}, {"b", at_b}},
                             [&] {
                               const Slopes g = printed_gradient(data, at_w(0), at_b(0));
                               return HandGradients{{"w", g.w}, {"b", g.b}};
                             });
}
