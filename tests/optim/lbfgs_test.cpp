#include <array>
#include <numeric>

#include <xgrad/optim/lbfgs.hpp>
#include <xgrad/optim/line_search.hpp>

#include "gradients.hpp"

using namespace xgrad;

namespace {

// unit ((1 - x)^2 + 100 (y - x^2)^2), lowest at (1, 1), with its gradient (Rosenbrock 1960).
struct Rosenbrock {
  double unit = 1;
  Parameter x{"x", Tensor{Real(-1.2)}}, y{"y", Tensor{1}};
  int evaluations = 0;

  std::vector<Parameter*> parameters() { return {&x, &y}; }
  double loss() {
    ++evaluations;
    const double a = x.value()(0), b = y.value()(0);
    give_gradient(x, Tensor{static_cast<Real>(unit * (-2 * (1 - a) - 400 * a * (b - a * a)))});
    give_gradient(y, Tensor{static_cast<Real>(unit * 200 * (b - a * a))});
    return unit * ((1 - a) * (1 - a) + 100 * (b - a * a) * (b - a * a));
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
      {0, f(0), slope(0)}, first, 0);
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

TEST_CASE("L-BFGS finds the bottom in about as many evaluations, whatever the loss's unit") {
  for (const double unit : {1e-20, 1e-12, 1e-8, 1e-4, 1.0, 1e4, 1e12, 1e20}) {
    CAPTURE(unit);
    Rosenbrock problem{.unit = unit};
    LBFGS lbfgs({.max_iterations = 60, .max_evaluations = 80, .tolerance_gradient = 0, .tolerance_change = 0});
    lbfgs.step(problem.parameters(), [&] { return problem.loss(); });
    CHECK(std::abs(problem.x.value()(0) - 1) < either(2e-3, 1e-8));
    CHECK(std::abs(problem.y.value()(0) - 1) < either(4e-3, 1e-8));
  }
}

TEST_CASE("the tolerances of L-BFGS are in the loss's unit, as in PyTorch") {
  Rosenbrock problem{.unit = 1e-12};  // no entry of its gradient is above 1e-7
  LBFGS lbfgs;
  lbfgs.step(problem.parameters(), [&] { return problem.loss(); });
  CHECK(problem.evaluations == 1);
}

namespace {

constexpr std::size_t dimensions = 4;
using Vector = std::array<double, dimensions>;
using Matrix = std::array<Vector, dimensions>;

double dot(const Vector& a, const Vector& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

Vector operator-(Vector a, const Vector& b) {
  for (std::size_t i = 0; i < dimensions; ++i) a[i] -= b[i];
  return a;
}

// (I - s y' / s'y) H (I - y s' / s'y) + s s' / s'y: how BFGS takes a step and its change of the gradient into the
// inverse Hessian, written as matrices (Nocedal & Wright 2006, 7.16).
Matrix updated(const Matrix& h, const Vector& s, const Vector& y) {
  Matrix v{}, result{};
  for (std::size_t i = 0; i < dimensions; ++i)
    for (std::size_t j = 0; j < dimensions; ++j) v[i][j] = (i == j) - s[i] * y[j] / dot(s, y);
  for (std::size_t i = 0; i < dimensions; ++i)
    for (std::size_t j = 0; j < dimensions; ++j) {
      result[i][j] = s[i] * s[j] / dot(s, y);
      for (std::size_t k = 0; k < dimensions; ++k) result[i][j] += v[i][k] * dot(h[k], v[j]);
    }
  return result;
}

}  // namespace

TEST_CASE("a history of two or three steps is the last two or three, the newest last") {
  const Vector factors{1, 3, 10, 0.5};  // of sum c x^2 / 2 + x^4 / 4
  for (const std::size_t history : {1, 2, 3, 5}) {
    CAPTURE(history);
    Parameter w("w", Tensor{1, -2, Real(0.5), 3});
    LBFGS lbfgs({.learning_rate = 0.5, .max_iterations = 1, .history_size = history, .strong_wolfe = false});
    std::vector<Vector> x, g;
    for (int k = 0; k < 8; ++k)
      lbfgs.step(std::vector{&w}, [&] {
        Vector at{}, slope{};
        for (std::size_t i = 0; i < dimensions; ++i) {
          at[i] = w.value()(i);
          slope[i] = static_cast<Real>(at[i] * (factors[i] + at[i] * at[i]));
        }
        give_gradient(w, Tensor{Real(slope[0]), Real(slope[1]), Real(slope[2]), Real(slope[3])});
        x.push_back(at);
        g.push_back(slope);
        return 1.0 / static_cast<double>(x.size());
      });
    REQUIRE(x.size() == 8);
    for (std::size_t k = 1; k + 1 < x.size(); ++k) {
      const Vector s = x[k] - x[k - 1], y = g[k] - g[k - 1];
      Matrix h{};
      for (std::size_t i = 0; i < dimensions; ++i) h[i][i] = dot(s, y) / dot(y, y);
      for (std::size_t j = k - std::min(k, history); j < k; ++j) h = updated(h, x[j + 1] - x[j], g[j + 1] - g[j]);
      for (std::size_t i = 0; i < dimensions; ++i)
        CHECK(x[k + 1][i] == doctest::Approx(x[k][i] - 0.5 * dot(h[i], g[k])).epsilon(either(1e-3, 1e-9)));
    }
  }
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

TEST_CASE("the search along a line does not see the loss's unit") {
  for (const double unit : {1e-12, 1e12}) {
    CAPTURE(unit);
    for (const double first : {1e-3, 1.0, 1000.0}) {
      check_search([=](double t) { return unit * (t - 3) * (t - 3); }, [=](double t) { return unit * 2 * (t - 3); },
                   first, 12);
      check_search([=](double t) { return unit * (std::cos(3 * t) - t); },
                   [=](double t) { return unit * (-3 * std::sin(3 * t) - 1); }, first, 12);
    }
  }
}

TEST_CASE("the search along a line goes on from a step too short to change anything") {
  const auto seen = [](double t) { return static_cast<double>(static_cast<float>(1 + t)) - 1; };
  check_search([=](double t) { return (seen(t) - 3) * (seen(t) - 3); }, [=](double t) { return 2 * (seen(t) - 3); },
               1e-12, 20);
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
