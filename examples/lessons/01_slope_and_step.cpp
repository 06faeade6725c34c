// Lesson 1: a slope, and a step against it. Gradient descent on y = x^2 from x = 10, with learning rate 0.2.

#include <cstdio>
#include <xgrad/xgrad.hpp>

#include "exercise.hpp"

using namespace xgrad;

int main(int argc, char** argv) {
  if (argc > 1)
    return mark(argc, argv,
                {{0.5, 1e-9, "one step goes to x - r 2x = (1 - 2r) x. Which r makes that 0?"},
                 {1, 1e-9, "|1 - 2r| is the factor of each step. From which r on is it no longer below 1?"}});

  const double rate = 0.2;
  double x = 10;
  Tape tape;
  std::printf("step  x                    slope of x^2\n");
  for (int step = 0; step <= 10; ++step) {
    tape.rewind();
    const Var vx = tape.variable(Tensor{x});
    const double slope = gradient(square(vx), {vx})[0].item();
    std::printf("%4d  %-19.16g  %.16g\n", step, x, slope);
    if (step < 10) x -= rate * slope;
  }
  std::printf("\nx after 10 steps: %.16g, which is 10 * 0.6^10\n", x);

  for (const double other : {0.01, 0.5, 0.99, 1.01}) {
    double z = 10;
    for (int step = 0; step < 100; ++step) z -= other * 2 * z;
    std::printf("learning rate %-4g: x after 100 steps is %.6g\n", other, z);
  }
}
