#include <xgrad/optim/lbfgs.hpp>
#include <xgrad/optim/line_search.hpp>

#include "gradients.hpp"

using namespace xgrad;

namespace {

// (1 - x)^2 + 100 (y - x^2)^2, lowest at (1, 1), with its gradient (Rosenbrock 1960).
struct Rosenbrock {
  Parameter x{"x", Tensor{Real(-1.2)}}, y{"y", Tensor{1}};
  int evaluations = 0;

  std::vector<Parameter*> parameters() { return {&x, &y}; }
  double loss() {
    ++evaluations;
    const double a = x.value()(0), b = y.value()(0);
    give_gradient(x, Tensor{static_cast<Real>(-2 * (1 - a) - 400 * a * (b - a * a))});
    give_gradient(y, Tensor{static_cast<Real>(200 * (b - a * a))});
    return (1 - a) * (1 - a) + 100 * (b - a * a) * (b - a * a);
  }
};

// A search along f from 0, and what the strong Wolfe conditions say of where it ends.
template <class F, class Slope>
void check_search(F f, Slope slope, double first, int most) {
  int evaluations = 0;
  const LinePoint end = search_line(
      [&](double t) {
        ++evaluations;
        return LinePoint{t, f(t), slope(t)};
      },
      {0, f(0), slope(0)}, first, 1e-9);
  CAPTURE(first);
  CHECK(end.t > 0);
  CHECK(end.loss == f(end.t));
  CHECK(f(end.t) <= f(0) + 1e-4 * end.t * slope(0));
  CHECK(std::abs(slope(end.t)) <= 0.9 * std::abs(slope(0)));
  CHECK(evaluations <= most);
}

}  // namespace

TEST_CASE("L-BFGS finds the bottom of Rosenbrock's valley in one call") {
  Rosenbrock problem;
  LBFGS lbfgs({.max_iterations = 100, .tolerance_change = 1e-16});
  CHECK(lbfgs.step(problem.parameters(), [&] { return problem.loss(); }) == doctest::Approx(24.2));
  CHECK(problem.x.value()(0) == doctest::Approx(1).epsilon(either(1e-3, 1e-6)));
  CHECK(problem.y.value()(0) == doctest::Approx(1).epsilon(either(2e-3, 1e-6)));
  CHECK(problem.evaluations < 70);
}

TEST_CASE("L-BFGS goes on from call to call with what it has learnt") {
  Rosenbrock problem;
  LBFGS lbfgs({.max_iterations = 2, .tolerance_change = 1e-16});
  for (int i = 0; i < 40; ++i) lbfgs.step(problem.parameters(), [&] { return problem.loss(); });
  CHECK(problem.x.value()(0) == doctest::Approx(1).epsilon(either(1e-3, 1e-6)));
}

TEST_CASE("a history of one step is enough, in more steps") {
  Rosenbrock problem;
  LBFGS lbfgs({.max_iterations = 400, .history_size = 1});
  lbfgs.step(problem.parameters(), [&] { return problem.loss(); });
  CHECK(problem.x.value()(0) == doctest::Approx(1).epsilon(either(1e-2, 1e-5)));
}

TEST_CASE("L-BFGS asks for the loss no oftener than its options allow") {
  Rosenbrock problem;
  LBFGS lbfgs({.max_iterations = 100, .max_evaluations = 7});
  lbfgs.step(problem.parameters(), [&] { return problem.loss(); });
  CHECK(problem.evaluations >= 7);
  CHECK(problem.evaluations < 7 + 25);
}

TEST_CASE("L-BFGS stays where the gradient is 0") {
  Rosenbrock problem;
  problem.x.edit()(0) = 1;
  LBFGS lbfgs;
  CHECK(lbfgs.step(problem.parameters(), [&] { return problem.loss(); }) == 0);
  CHECK(problem.evaluations == 1);
  CHECK(problem.x.value()(0) == 1);
}

TEST_CASE("the search along a line ends where the strong Wolfe conditions hold, however far it begins") {
  for (const double first : {1e-3, 0.1, 1.0, 10.0, 1000.0}) {
    check_search([](double t) { return (t - 3) * (t - 3); }, [](double t) { return 2 * (t - 3); }, first, 12);
    check_search([](double t) { return -t / (t * t + 2); },
                 [](double t) { return (t * t - 2) / ((t * t + 2) * (t * t + 2)); }, first, 12);  // Moré & Thuente 1994
    check_search([](double t) { return std::cos(3 * t) - t; }, [](double t) { return -3 * std::sin(3 * t) - 1; }, first,
                 12);
  }
}

TEST_CASE("the search along a line comes back from where the loss is not finite") {
  check_search([](double t) { return t < 2 ? -std::log(2 - t) - 5 * t : std::nan(""); },
               [](double t) { return t < 2 ? 1 / (2 - t) - 5 : std::nan(""); }, 10, 12);
}

TEST_CASE("the search along a line that has no such point gives its lowest one") {
  int evaluations = 0;
  const auto at = [&](double t) { return LinePoint{t, 1 + t, -1}; };  // a slope that is not true
  CHECK(search_line([&](double t) { return ++evaluations, at(t); }, {0, 1, -1}, 1, 1e-9).t == 0);
  CHECK(evaluations <= 25);
}

TEST_CASE("a loss or gradient that is not finite is refused, and the parameters stay") {
  const double nan = std::nan("");
  for (const bool search : {false, true}) {
    Parameter w("w", Tensor{2});
    LBFGS lbfgs({.strong_wolfe = search});
    CHECK(thrown_by<ValueError>([&] {
            lbfgs.step(std::vector{&w}, [&] {
              give_gradient(w, Tensor{1});
              return nan;
            });
          }) == "LBFGS: the loss is nan, the sum of the gradient's magnitudes 1; it takes finite ones");
    CHECK(w.value()(0) == 2);
  }
  Parameter w("w", Tensor{2});
  LBFGS plain({.strong_wolfe = false});
  CHECK(thrown_by<ValueError>([&] {
          plain.step(std::vector{&w}, [&] {  // log(w - 1.5), left by the first step of 1
            give_gradient(w, Tensor{1 / (w.value()(0) - Real(1.5))});
            return std::log(static_cast<double>(w.value()(0)) - 1.5);
          });
        }).starts_with("LBFGS: the loss is "));
  CHECK(w.value()(0) == 2);
}

TEST_CASE("a closure that throws, or leaves no gradient, leaves the parameters as they were") {
  Parameter w("w", Tensor{2});
  LBFGS lbfgs;
  int calls = 0;
  CHECK_THROWS_AS(lbfgs.step(std::vector{&w},
                             [&] {
                               if (++calls == 2) throw std::runtime_error("enough");
                               give_gradient(w, Tensor{3});
                               return 1.0;
                             }),
                  std::runtime_error);
  CHECK(w.value()(0) == 2);
  CHECK(thrown_by<ValueError>([&] { lbfgs.step(std::vector{&w}, [] { return 1.0; }); }) ==
        "LBFGS: parameter w has no gradient after the closure; run backward() in it");
  Parameter two("two", Tensor{1, 2});
  CHECK(thrown_by<ValueError>([&] { lbfgs.step(std::vector{&two}, [] { return 1.0; }); }) ==
        "LBFGS: parameters of 2 weights after 1; it takes the same parameters at every step");
}

TEST_CASE("L-BFGS refuses options out of range, with the range") {
  const auto refusal = [](const LBFGSOptions& options) { return thrown_by<ValueError>([&] { LBFGS{options}; }); };
  CHECK(refusal({.learning_rate = 0}) == "LBFGS: learning_rate is 0; it takes a number above 0");
  CHECK(refusal({.max_iterations = 0}) == "LBFGS: max_iterations is 0; it takes at least 1");
  CHECK(refusal({.max_evaluations = 0}) == "LBFGS: max_evaluations is 0; it takes at least 1");
  CHECK(refusal({.tolerance_gradient = -1}) == "LBFGS: tolerance_gradient is -1; it takes a number from 0");
  CHECK(refusal({.tolerance_change = std::nan("")}) == "LBFGS: tolerance_change is nan; it takes a number from 0");
  CHECK(refusal({.history_size = 0}) == "LBFGS: history_size is 0; it takes at least 1");
}
