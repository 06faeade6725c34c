#pragma once

#include <type_traits>

#include <xgrad/autograd/var.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A plain function whose last arguments are one, two or three operands; how many is the arity of its operation.
template <class Result, class Operand, class... First>
struct Rule {
  Result (*one)(First..., Operand) = nullptr;
  Result (*two)(First..., Operand, Operand) = nullptr;
  Result (*three)(First..., Operand, Operand, Operand) = nullptr;

  constexpr Rule() = default;
  template <class F>
  constexpr Rule(F f) {
    if constexpr (std::is_convertible_v<F, decltype(one)>)
      one = f;
    else if constexpr (std::is_convertible_v<F, decltype(two)>)
      two = f;
    else
      three = f;
  }

  constexpr std::size_t arity() const { return one ? 1 : two ? 2 : three ? 3 : 0; }

  /// Calls the function with operand(0), operand(1), ... for its operands.
  template <class Get>
  Result operator()(First... first, Get operand) const {
    if (one) return one(first..., operand(0));
    if (two) return two(first..., operand(0), operand(1));
    return three(first..., operand(0), operand(1), operand(2));
  }
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
