#pragma once

// Is a gradient right? What a sweep computes is compared with differences of the function itself.
// teach/check_by_hand.hpp judges formulas that were derived by hand.

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

// Both for a function of one, two or three Vars, as many as there are inputs, or of a list of them, such as a
// lambda: check_gradient([](Var a, Var b) { ... }, {x, y}). They throw ValueError if there are more or fewer inputs.

namespace detail {

// f as a Function, which refers to f.
template <class F>
Function on_list(const char* who, F& f, std::size_t inputs) {
  return [who, &f, inputs](const std::vector<Var>& x) {
    const auto takes = [&](std::size_t n) {
      require<ValueError>(n == inputs, who, ": ", inputs, " inputs for a function of ", n,
                          "; it takes one for each argument");
    };
    if constexpr (std::is_invocable_v<F&, Var>)
      return takes(1), f(x[0]);
    else if constexpr (std::is_invocable_v<F&, Var, Var>)
      return takes(2), f(x[0], x[1]);
    else if constexpr (std::is_invocable_v<F&, Var, Var, Var>)
      return takes(3), f(x[0], x[1], x[2]);
    else
      return f(x);
  };
}

}  // namespace detail

template <class F>
std::vector<Tensor> numeric_gradient(F f, const std::vector<Tensor>& inputs) {
  return numeric_gradient(detail::on_list("numeric_gradient", f, inputs.size()), inputs);
}

template <class F>
GradientCheck check_gradient(F f, const std::vector<Tensor>& inputs, double tolerance = 1e-6) {
  return check_gradient(detail::on_list("check_gradient", f, inputs.size()), inputs, tolerance);
}

}  // namespace xgrad::inline XGRAD_PRECISION
