#include <limits>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/autograd/tools/check.hpp>

#include "support.hpp"

using namespace xgrad;

namespace {

// The loss of a line through two points, L = mean((w x + b - y)^2), and its gradients by hand.
const Tensor points{1, 3}, targets{2, 8};

Var line_loss(const std::vector<Var>& parameters) {
  return mean(square(parameters[0] * points + parameters[1] - targets));
}

// At w = 1, b = 0 the errors are -1 and -5: dL/dw = 2/2 (-1 * 1 - 5 * 3) = -16 and dL/db = -6.
std::string verdict(double gradient_of_w, double gradient_of_b) {
  const GradientCheck check = check_by_hand(line_loss, {{"w", Tensor{1}, {static_cast<Real>(gradient_of_w)}},
                                                        {"b", Tensor{0}, {static_cast<Real>(gradient_of_b)}}});
  CHECK(check.ok == check.message.empty());
  return check.message;
}

}  // namespace

TEST_CASE("a gradient derived by hand is right, or is told what is wrong with it") {
  if (sizeof(Real) == sizeof(float)) return;
  CHECK(verdict(-16, -6) == "");
  CHECK(verdict(16, -6) == "your gradient of w differs at (0,): yours 16, numeric -16: sign?");
  CHECK(verdict(-8, -6) ==
        "your gradient of w differs at (0,): yours -8, numeric -16: half; the factor 2 of a square?");
  CHECK(verdict(8, -6) ==
        "your gradient of w differs at (0,): yours 8, numeric -16: sign, and half; the factor 2 of a square?");
  CHECK(verdict(-16, -12) == "your gradient of b differs at (0,): yours -12, numeric -6: double; a factor 2 too many?");
  CHECK(verdict(-48, -6) ==
        "your gradient of w differs at (0,): yours -48, numeric -16: 3 times; a sum in place of a mean, or a constant "
        "factor?");
}

TEST_CASE("a mistake in one element is shown without a guess") {
  if (sizeof(Real) == sizeof(float)) return;
  const auto f = [](const std::vector<Var>& x) { return sum(square(x[0])); };
  const Tensor x{{1, 2, 0.4}, {3, 4, 5}};
  const GradientCheck check = check_by_hand(f, {{"w", x, {{2, 4, -0.8}, {6, 8, 10}}}});
  CHECK(check.message == "your gradient of w differs at (0, 2): yours -0.8, numeric 0.8");
  CHECK(check.element == 2);
}

TEST_CASE("a gradient of another shape than its input is refused") {
  const auto f = [](const std::vector<Var>& x) { return sum(x[0]); };
  CHECK(thrown_by<ShapeError>([&] {
          check_by_hand(f, {{"w", Tensor{1}, zeros({5, 5})}});
        }) ==
        "check_by_hand: your gradient of w has shape (5, 5); it takes the shape of w, (1,): was something broadcast, "
        "or not summed?");
}

TEST_CASE("the checks take a function of Vars, or of a list of them, and one input for each argument") {
  const Tensor x{1, 2}, y{3, 4};
  const double tolerance = either(1e-1, 1e-6);
  CHECK(check_gradient([](const std::vector<Var>& v) { return v[0] * v[1]; }, {x, y}, tolerance).ok);
  CHECK(check_gradient([](std::vector<Var> v) { return v[0]; }, {x}, tolerance).ok);
  int calls = 0;
  CHECK(check_gradient(
            [&calls](Var a, Var b) mutable {
              ++calls;
              return a * b;
            },
            {x, y}, tolerance)
            .ok);
  CHECK(calls > 0);
  CHECK(check_by_hand([](Var a, Var b) { return sum(a * b); }, {{"x", x, y}, {"y", y, x}}, tolerance).ok);
  check_close(numeric_gradient([](Var a, Var b) { return sum(a * b); }, {x, y})[0], y, tolerance);
  CHECK(thrown_by<ValueError>([&] { check_gradient([](Var a, Var b) { return a + b; }, {x}); }) ==
        "check_gradient: 1 inputs for a function of 2; it takes one for each argument");
  CHECK(thrown_by<ValueError>([&] {
          numeric_gradient([](Var a) { return a; }, {x, y});
        }) == "numeric_gradient: 2 inputs for a function of 1; it takes one for each argument");
}

TEST_CASE("a gradient that is NaN is wrong, wherever it is, and no other is worse") {
  static constexpr Op third_is_nan{
      .name = "third_is_nan",
      .rule = "ā += ȳ, NaN for the third",
      .forward = [](Tensor& y, In a) { y = a; },
      .pull_a =
          [](const Pull& p) {
            return p.g + Tensor{0, 0, NAN, 0, 100};
          },
  };
  const GradientCheck check = check_gradient([](Var x) { return record_elementwise(third_is_nan, x); },
                                             {Tensor{1, 2, 3, 4, 5}}, either(1, 1e-6));
  CHECK(!check.ok);
  CHECK(check.order == 1);
  CHECK(check.element == 2);
  CHECK(std::isnan(check.analytic));
  CHECK(check.message.find("at (2,): analytic nan") < check.message.size());

  const auto squares = [](Var x) { return sum(square(x)); };
  for (const Tensor& yours : {Tensor{NAN, 4}, Tensor{4, NAN}, Tensor{std::numeric_limits<Real>::infinity(), 8}}) {
    const GradientCheck by_hand = check_by_hand(squares, {{"x", Tensor{1, 2}, yours}}, either(1e-2, 1e-6));
    CHECK(!by_hand.ok);
    CHECK(by_hand.message.find('?') > by_hand.message.size());  // no guess
  }
}

TEST_CASE("check_gradient tells both values and the relative error") {
  if (sizeof(Real) == sizeof(float)) return;
  CHECK(check_gradient([](Var a) { return square(a); }, {Tensor{3}})
            .message.find("order 2: input 0 at (0,): analytic ") == 0);
}
