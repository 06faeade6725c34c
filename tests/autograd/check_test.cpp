#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/autograd/tools/check.hpp>

#include "support.hpp"

using namespace xgrad;

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
}

TEST_CASE("check_gradient tells both values and the relative error") {
  if (sizeof(Real) == sizeof(float)) return;
  CHECK(check_gradient([](Var a) { return square(a); }, {Tensor{3}})
            .message.find("order 2: input 0 at (0,): analytic ") == 0);
}
