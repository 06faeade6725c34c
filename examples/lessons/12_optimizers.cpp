// Lesson 12: optimizers race over three surfaces. The end points are those of PyTorch 1.13 in double, after 2000 steps,
// and those that "Dive into Deep Learning" (d2l.ai) prints.

#include <cmath>
#include <cstdio>
#include <iostream>
#include <xgrad/teach/lints.hpp>
#include <xgrad/xgrad.hpp>

#include "../pytorch_rules.hpp"
#include "exercise.hpp"

using namespace xgrad;

namespace {

struct Point {
  double x, y;
};

struct Surface {
  const char* name;
  Var (*height)(Var x, Var y);
  Point start;
};

Var rosenbrock(Var x, Var y) {
  const Var valley = square(y - square(x)), along = square(1 - x);
  return 100 * valley + along;
}

Var beale(Var x, Var y) {
  const Var y2 = square(y), y3 = y2 * y;
  const Var xy = x * y, xy2 = x * y2, xy3 = x * y3;
  const Var a = square(1.5 - x + xy), b = square(2.25 - x + xy2), c = square(2.625 - x + xy3);
  return a + b + c;
}

Var ravine(Var x, Var y) {
  const Var flat = 0.1 * square(x), steep = 2 * square(y);
  return flat + steep;
}

struct End {
  double x, y, f;
};

End run(const Surface& surface, Optimizer optimizer, int steps) {
  Parameter x("x", Tensor{surface.start.x}), y("y", Tensor{surface.start.y});
  Tape tape;
  const Lints lints(tape, std::cout);
  const auto height = [&] {
    tape.rewind();
    const Var vx = tape.watch(x), vy = tape.watch(y);
    return surface.height(vx, vy);
  };
  for (int i = 0; i < steps; ++i) {
    tape.backward(height());
    optimizer.step({&x, &y});
  }
  const double f = height().item();
  return {x.value()(0), y.value()(0), f};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1)
    return mark(
        argc, argv,
        {{0.5, 1e-9, "along y the step is y - r 4 y: from which r on is |1 - 4 r| no longer below 1?"},
         {0.1, 1e-9, "a constant slope g gives m = g and v = g^2 after the corrections: the step is rate g / |g|"}});

  const struct {
    const char* name;
    Optimizer optimizer;
  } racers[] = {
      {"SGD 2e-4", SGD{.learning_rate = 2e-4}},
      {"momentum 2e-4, 0.9", SGD{.learning_rate = 2e-4, .momentum = 0.9}},
      {"Nesterov 2e-4, 0.9", SGD{.learning_rate = 2e-4, .momentum = 0.9, .nesterov = true}},
      {"RMSprop 1e-2, 0.9", pytorch::RMSprop{.learning_rate = 1e-2, .alpha = 0.9, .epsilon = 1e-7}},
      {"Adagrad 0.1", pytorch::Adagrad{.learning_rate = 0.1}},
      {"Adam 1e-2", pytorch::Adam{.learning_rate = 1e-2}},
  };
  const Surface surfaces[] = {{"Rosenbrock, minimum 0 at (1, 1)", rosenbrock, {-1.5, 2}},
                              {"Beale, minimum 0 at (3, 0.5)", beale, {1, 1.5}}};
  for (const Surface& surface : surfaces) {
    std::printf("%s, 2000 steps from (%g, %g)\n", surface.name, surface.start.x, surface.start.y);
    for (const auto& racer : racers) {
      const End end = run(surface, racer.optimizer, 2000);
      std::printf("  %-20s x %.9f, y %.9f, f %.8g\n", racer.name, end.x, end.y, end.f);
    }
  }

  const Surface d2l{"0.1 x^2 + 2 y^2", ravine, {-5, -2}};
  std::printf("%s, 20 steps from (-5, -2)\n", d2l.name);
  const struct {
    const char* name;
    Optimizer optimizer;
  } book[] = {
      {"SGD 0.4", SGD{.learning_rate = 0.4}},
      {"SGD 0.6", SGD{.learning_rate = 0.6}},
      {"momentum 0.6, 0.5", SGD{.learning_rate = 0.6, .momentum = 0.5}},
      {"momentum 0.6, 0.25", SGD{.learning_rate = 0.6, .momentum = 0.25}},
      {"RMSprop 0.4, 0.9", RMSprop{.learning_rate = 0.4, .rho = 0.9, .epsilon = 1e-6}},
  };
  for (const auto& racer : book) {
    const End end = run(d2l, racer.optimizer, 20);
    std::printf("  %-20s x %.6f, y %.6f\n", racer.name, end.x, end.y);
  }
}
