#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <xgrad/core/parameter.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// PyTorch's options and defaults, but for the line search, which is on.
struct LBFGSOptions {
  double learning_rate = 1;         ///< the step that is tried first: with a line search, rarely the last
  std::size_t max_iterations = 20;  ///< in one call of step()
  std::optional<std::size_t> max_evaluations = {};  ///< in one call, after which no step is begun; 5/4 max_iterations
  double tolerance_gradient = 1e-7;                 ///< stops where no entry of the gradient is larger
  double tolerance_change = 1e-9;                   ///< stops where no weight, or the loss, changed by more
  std::size_t history_size = 100;                   ///< how many past steps the curvature is estimated from
  bool strong_wolfe = true;                         ///< whether each step's length is searched for
};

/// Limited-memory BFGS (Liu & Nocedal 1989), for small problems whose loss is of all samples at once. Each direction is
/// -H g, where H is the inverse Hessian as past steps s and the changes y of the gradient in them show it (Nocedal &
/// Wright 2006, algorithm 7.4). Computes in double.
class LBFGS {
 public:
  /// Throws ValueError for an option out of range.
  explicit LBFGS(LBFGSOptions options = {});

  /// Up to max_iterations steps for the parameters, the same ones at every call. The closure computes the loss and all
  /// gradients at the parameters' values as they then are: rewind(), the forward pass, backward(). Returns the loss
  /// before the first step. Throws ValueError if a parameter is left without a gradient, or if loss or gradient are not
  /// finite: at the start, or, without a line search, after a step; the parameters are then as before it, as they are
  /// if the closure throws.
  double step(std::span<Parameter* const> parameters, const std::function<double()>& closure);

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
