#pragma once

// Is a gradient right? What a sweep computes, or a formula derived by hand, is compared with differences of the
// function itself.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/autograd/gradient.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A function of any number of Vars, to be checked. If its result is not a number, the check takes the sum of the
/// result times fixed random weights.
using Function = std::function<Var(const std::vector<Var>&)>;

/// What a check found: the worst disagreement, and where. The relative error of an analytic derivative a and a numeric
/// one n is |a - n| / max(1, |a|, |n|).
struct GradientCheck {
  bool ok = true;
  int order = 1;            ///< 1: the gradient; 2: the gradient of the gradient along a random direction
  std::size_t input = 0;    ///< the number of the input where it is worst
  std::size_t element = 0;  ///< the element of that input, in row-major order
  double analytic = 0, numeric = 0, relative_error = 0;

  /// One line: "order 1: input 0 at (0, 2): analytic 0.8, numeric -0.8, relative error 2".
  std::string message;
};

/// Gradients of a function by differences of fourth order, (8 (f(+h) - f(-h)) - (f(+2h) - f(-2h))) / 12h with h = 1e-3.
/// In double they are exact to some 1e-11; so check in the double twin.
std::vector<Tensor> numeric_gradient(const Function& f, const std::vector<Tensor>& inputs);

/// Compares the gradients that a sweep computes for f with differences, at order 1 and at order 2. f may be a function,
/// a layer, or an operation of one's own.
GradientCheck check_gradient(const Function& f, const std::vector<Tensor>& inputs, double tolerance = 1e-6);

/// Compares the gradients that a sweep computes for f with differences, where f takes one, two or three Vars, as many
/// as there are inputs: check_gradient([](Var a, Var b) { ... }, {x, y}).
template <class F>
GradientCheck check_gradient(F f, const std::vector<Tensor>& inputs, double tolerance = 1e-6) {
  return check_gradient(Function([&f](const std::vector<Var>& x) {
                          if constexpr (std::is_invocable_v<F, Var>)
                            return f(x.at(0));
                          else if constexpr (std::is_invocable_v<F, Var, Var>)
                            return f(x.at(0), x.at(1));
                          else
                            return f(x.at(0), x.at(1), x.at(2));
                        }),
                        inputs, tolerance);
}

/// For check_by_hand: an input x of a function, its name, and the gradient by it that somebody has derived.
struct Claim {
  std::string name;
  Tensor x, gradient;
};

/// Compares gradients derived by hand, of a function whose result is a number, with differences. The message names the
/// input, the place and both values, and what the mistake looks like: "your gradient of w differs at (0, 2): yours 0.8,
/// numeric -0.8: sign?".
GradientCheck check_by_hand(const Function& f, const std::vector<Claim>& claims, double tolerance = 1e-6);

}  // namespace xgrad::inline XGRAD_PRECISION
