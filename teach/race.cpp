#include <xgrad/teach/race.hpp>

#include <cmath>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/autograd/tape.hpp>
#include <xgrad/optim/adagrad.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/rmsprop.hpp>
#include <xgrad/optim/sgd.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Surface rosenbrock() {
  const auto f = [](Var x, Var y) {
    const Var along = square(1 - x), parabola = square(x);
    return along + 100 * square(y - parabola);
  };
  return {"Rosenbrock", f, {-1.5, 2}, {-2, 2, -1, 3}, {{1, 1}}};
}

Surface beale() {
  const auto f = [](Var x, Var y) {
    const Var y2 = y * y, y3 = y2 * y;
    const Var a = square(1.5 - x + x * y), xy2 = x * y2, b = square(2.25 - x + xy2), xy3 = x * y3;
    const Var c = square(2.625 - x + xy3);
    return a + b + c;
  };
  return {"Beale", f, {1, 1.5}, {-1, 4, -1, 2}, {{3, 0.5}}};
}

Surface himmelblau() {
  const auto f = [](Var x, Var y) {
    const Var x2 = square(x), a = square(x2 + y - 11), y2 = square(y), b = square(x + y2 - 7);
    return a + b;
  };
  return {"Himmelblau",
          f,
          {0, 0},
          {-5, 5, -5, 5},
          {{3, 2}, {-2.805118, 3.131312}, {-3.779310, -3.283186}, {3.584428, -1.848126}}};
}

Surface ravine() {
  const auto f = [](Var x, Var y) {
    const Var a = 0.1 * square(x), b = 2 * square(y);
    return a + b;
  };
  return {"0.1 x² + 2 y²", f, {-10, 1}, {-11, 3, -2.5, 2.5}, {{0, 0}}};
}

std::vector<Runner> runners() {
  return {{"SGD", SGD{.learning_rate = 2e-4}},
          {"momentum", SGD{.learning_rate = 2e-4, .momentum = 0.9}},
          {"Nesterov", SGD{.learning_rate = 2e-4, .momentum = 0.9, .nesterov = true}},
          {"RMSprop", RMSprop{.learning_rate = 1e-2}},
          {"Adagrad", Adagrad{.learning_rate = 0.1, .initial_accumulator_value = 0}},
          {"Adam", Adam{.learning_rate = 1e-2}},
          {"L-BFGS", LBFGSOptions{.max_iterations = 1}}};
}

std::vector<Track> race(const Surface& surface, const std::vector<Runner>& runners, std::size_t steps) {
  std::vector<Track> tracks;
  for (Runner runner : runners) {
    Parameter x("x", Tensor{static_cast<Real>(surface.start[0])}), y("y", Tensor{static_cast<Real>(surface.start[1])});
    Tape tape;
    const auto f = [&] {
      tape.rewind();
      const Var at_x = tape.watch(x), at_y = tape.watch(y), loss = surface.f(at_x, at_y);
      tape.backward(loss);
      return static_cast<double>(loss.value()(0));
    };
    Track track{runner.name, {}};
    const auto look = [&] {
      const double value = f();
      const std::array<double, 3> point{x.value()(0), y.value()(0), value};
      const bool finite =
          std::isfinite(point[0] + point[1] + value) && std::isfinite(x.gradient(0)) && std::isfinite(y.gradient(0));
      if (std::isfinite(point[0] + point[1] + value)) track.points.push_back(point);
      return finite;
    };
    std::array<Parameter*, 2> both{&x, &y};
    Optimizer* const optimizer = std::get_if<Optimizer>(&runner.moves);
    LBFGS lbfgs(optimizer != nullptr ? LBFGSOptions() : std::get<LBFGSOptions>(runner.moves));
    for (std::size_t step = 0; look() && step < steps; ++step)
      optimizer != nullptr ? optimizer->step(both) : static_cast<void>(lbfgs.step(both, f));
    tracks.push_back(std::move(track));
  }
  return tracks;
}

}  // namespace xgrad::inline XGRAD_PRECISION
