#pragma once

// Is this gradient right? The recorded sweep against differences of the function itself.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/autograd/gradient.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What check_gradient found: the worst disagreement, and where.
struct GradientCheck {
  bool ok = true;
  int order = 0;          ///< 1: the gradient; 2: the gradient of the gradient along a random direction
  std::size_t input = 0;  ///< which input, and which element of it in row-major order
  std::size_t element = 0;
  double analytic = 0, numeric = 0, relative_error = 0;

  /// One line: "order 1: input 0 at (0, 2): analytic 0.8, numeric -0.8, relative error 2".
  std::string message;
};

/// Compares the gradients that the tape computes for f with differences, at order 1 and at order 2. A result of f that
/// is not a number is summed with fixed random weights first. The differences are of fourth order,
/// (8 (f(+h) - f(-h)) - (f(+2h) - f(-2h))) / 12h with h = 1e-3, and are exact to some 1e-11 in double: check in the
/// double twin. The relative error is |analytic - numeric| / max(1, |analytic|, |numeric|).
GradientCheck check_gradient(const std::function<Var(const std::vector<Var>&)>& f, const std::vector<Tensor>& inputs,
                             double tolerance = 1e-6);

/// The same for a function of so many Vars as there are inputs: check_gradient([](Var a, Var b) { ... }, {x, y}).
template <class F>
GradientCheck check_gradient(F f, const std::vector<Tensor>& inputs, double tolerance = 1e-6) {
  return check_gradient(std::function<Var(const std::vector<Var>&)>([&f](const std::vector<Var>& x) {
                          if constexpr (std::is_invocable_v<F, Var>)
                            return f(x.at(0));
                          else if constexpr (std::is_invocable_v<F, Var, Var>)
                            return f(x.at(0), x.at(1));
                          else
                            return f(x.at(0), x.at(1), x.at(2));
                        }),
                        inputs, tolerance);
}

}  // namespace xgrad::inline XGRAD_PRECISION
