#pragma once

// For check_by_hand: what mistakes would give, and which of them explains a gradient.

#include <xgrad/teach/check_by_hand.hpp>
#include <xgrad/teach/detail/lines.hpp>
#include <xgrad/teach/trace.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The gradient that a mistake would give.
struct Mistake {
  Cause cause;
  std::string says;
  Tensor gradient;
  bool is_any_step = false;  ///< of a step whose rate is not known: any multiple of the difference may be it
};

/// What is known of one parameter at one point.
struct HandPoint {
  Tensor yours, right;
  double noise = 0;               ///< a difference that rounding makes, beside that relative to the gradient
  std::vector<Mistake> mistakes;  ///< in the same order at all points
};

/// The mistakes of each parameter x of a loss at its current point, but for those that need another one. `stepped` has
/// the parameters after the learner's steps, or nothing if these are not known.
std::vector<std::vector<Mistake>> mistakes_of(Var loss, const std::vector<Var>& x, const std::vector<Tensor>& right,
                                              const std::vector<std::string>& names,
                                              const std::vector<Tensor>& stepped);

/// Adds those in what a line hands on: a transposed matrix, a missing mask, a matrix that was already updated.
void add_wrong_rules(const std::vector<TraceStep>& steps, const std::vector<Var>& x, const std::vector<Tensor>& right,
                     const std::vector<std::string>& names, const std::vector<Tensor>& stepped,
                     std::vector<std::vector<Mistake>>& all);

/// The counts that a mean or a sum among the lines before `end` may have been taken over.
std::vector<std::size_t> counts_of(const Tape& tape, std::size_t end);

/// How many elements of the lines before `end` are on a kink.
std::size_t kinks_of(const Tape& tape, std::size_t end);

/// Whether gradients, one for each point, are c times the right ones but for rounding.
bool is_multiple(const std::vector<HandPoint>& points, const std::vector<const Tensor*>& yours,
                 const std::vector<const Tensor*>& right, double c);

/// What explains one parameter's gradient at all points.
HandVerdict judge(const std::string& name, const std::vector<HandPoint>& points,
                  const std::vector<std::size_t>& counts);

}  // namespace xgrad::inline XGRAD_PRECISION
