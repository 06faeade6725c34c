#pragma once

#include <type_traits>

#include <xgrad/autograd/var.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A plain function whose last arguments are one, two or three operands; how many is the arity of its operation.
template <class Result, class Operand, class... First>
class Rule {
 public:
  constexpr Rule() : one_(nullptr) {}
  template <class F>
  constexpr Rule(F f) : one_(nullptr) {
    if constexpr (std::is_convertible_v<F, decltype(one_)>)
      one_ = f, arity_ = 1;
    else if constexpr (std::is_convertible_v<F, decltype(two_)>)
      two_ = f, arity_ = 2;
    else
      three_ = f, arity_ = 3;
  }

  constexpr std::size_t arity() const { return arity_; }

  /// Calls the function with operand(0), operand(1), ... for its operands.
  template <class Get>
  Result operator()(First... first, Get operand) const {
    if (arity_ == 1) return one_(first..., operand(0));
    if (arity_ == 2) return two_(first..., operand(0), operand(1));
    return three_(first..., operand(0), operand(1), operand(2));
  }

 private:
  union {
    Result (*one_)(First..., Operand);
    Result (*two_)(First..., Operand, Operand);
    Result (*three_)(First..., Operand, Operand, Operand);
  };
  std::size_t arity_ = 0;
};

using In = const Tensor&;

/// What a tape knows of an operation y = f(a, b, c), of one, two or three inputs.
struct Op {
  const char* name;
  const char* rule;                 ///< the pullbacks as text; x' is the gradient of the final result by x
  Rule<void, In, Tensor&> forward;  ///< writes y, whose shape the tape has set: (y, a, b, c)
  Rule<Var, Var, Var, Var> pull_a{}, pull_b{}, pull_c{};  ///< the part of a', b', c' due to y' = g: (g, y, a, b, c)

  constexpr const Rule<Var, Var, Var, Var>& pull(std::size_t k) const {
    return k == 0 ? pull_a : k == 1 ? pull_b : pull_c;
  }
};

}  // namespace xgrad::inline XGRAD_PRECISION
