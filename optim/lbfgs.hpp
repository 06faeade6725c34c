#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <xgrad/core/parameter.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The options of LBFGS: PyTorch's, with its defaults, except that the line search is on.
struct LBFGSOptions {
  double learning_rate = 1;  ///< the length of a step in directions, or with a line search the first that is tried
  std::size_t max_iterations = 20;  ///< the most steps in one call of step()

  /// After so many evaluations of the closure in one call of step(), no further step is begun. By default, 5/4
  /// max_iterations.
  std::optional<std::size_t> max_evaluations = {};

  /// Stops where no entry of the gradient is larger in magnitude. It is absolute, as in PyTorch, in the loss's unit: a
  /// loss times 1e-8 takes a tolerance times 1e-8. With 0, only a gradient of 0 stops.
  double tolerance_gradient = 1e-7;

  /// Stops where no weight changed by more, the loss changed by less, or its slope along the direction is less in
  /// magnitude. It is absolute, as in PyTorch, in the units of weights and loss. With 0, only a step that changes
  /// nothing stops.
  double tolerance_change = 1e-9;

  std::size_t history_size = 100;  ///< how many past steps the curvature is estimated from
  bool strong_wolfe = true;        ///< whether the length of each step is searched for: see search_line()
};

/// Limited-memory BFGS (Liu & Nocedal 1989), for small problems whose loss is of all samples at once. A step goes along
/// -H g, where H is the inverse Hessian, estimated from past steps s and the changes y of the gradient in them (Nocedal
/// & Wright 2006, algorithm 7.4). Computes in double. But for the two tolerances, the path does not depend on the
/// loss's unit, as far as PyTorch's first step, of length min(1, 1 / |g|_1) along -g, lets it: the line search makes up
/// for it.
class LBFGS {
 public:
  /// An optimizer that has taken no step. Throws ValueError for an option out of range.
  explicit LBFGS(LBFGSOptions options = {});

  /// Takes up to max_iterations steps for the parameters, the same ones at every call. The closure computes the loss
  /// and all gradients for the values that the parameters then have: rewind(), the forward pass, backward(). Returns
  /// the loss before the first step. Throws ValueError if a parameter is left without a gradient, and if loss or
  /// gradient are not finite, at the start or, without a line search, after a step. Throws what the closure throws. In
  /// all these cases the parameters are then as before the step that failed.
  double step(std::span<Parameter* const> parameters, const std::function<double()>& closure);

  /// Takes up to max_iterations steps for these parameters: step({&kernel, &bias}, closure). Throws what step() throws.
  double step(std::initializer_list<Parameter*> parameters, const std::function<double()>& closure) {
    return step(std::span(parameters.begin(), parameters.size()), closure);
  }

 private:
  using Vector = std::vector<double>;
  struct Pair {
    Vector s, y;
    double rho = 0, alpha = 0;  // 1 / (y . s), and a coefficient of find_direction()
  };

  void read_values(std::span<Parameter* const> parameters);
  void read_gradient(std::span<Parameter* const> parameters);
  void move_to(double t, std::span<Parameter* const> parameters) const;
  void remember();
  void find_direction();

  LBFGSOptions options_;
  std::vector<Pair> history_;  // oldest first
  double inverse_curvature_ = 1;
  Vector x_, gradient_, gradient_before_, direction_;  // all parameters in a row; direction_ starts at x_
  double length_ = 0;                                  // the last step was so many times direction_
};

}  // namespace xgrad::inline XGRAD_PRECISION
