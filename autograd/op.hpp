#pragma once

// What an operation is: y = f(a, b, c) as code, and for each input the rule by which a gradient goes back to it, as
// text and as code. One function of the library holds one of these as a constant, and gives it to the tape to record.

#include <array>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include <xgrad/autograd/var.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What an operation is told beside its inputs: an axis, an offset, a factor. No gradient goes to it. A line of a tape
/// keeps it, so it is small; what does not fit is an input.
struct Attributes {
  static constexpr std::size_t most_axes = 8;

  std::array<std::int8_t, most_axes> axes{};  ///< one axis, the first; or a permutation, after which the others are -1
  std::int64_t begin = 0;                     ///< a place along that axis
  Real number = 0;                            ///< a factor, such as the alpha of elu

  std::size_t axis() const { return static_cast<std::size_t>(axes[0]); }
};

/// An attribute of one axis. Throws ShapeError, which begins with `who`, for an axis that does not fit.
std::array<std::int8_t, Attributes::most_axes> one_axis(const char* who, std::size_t axis);

using In = const Tensor&;

/// How an operation computes: a lambda without captures that writes y, whose shape the tape has set,
///   [](Tensor& y, In a, In b) { ... }
/// from one, two or three inputs. It may take the attributes after them, const Attributes& with.
class Forward {
 public:
  template <class F>
  constexpr Forward(F f) : Forward(f, std::make_index_sequence<1>()) {}

  std::size_t arity() const { return arity_; }
  void operator()(Tensor& y, const std::array<const Tensor*, 3>& x, const Attributes& with) const { call_(y, x, with); }

 private:
  template <class F, std::size_t... k>
  constexpr Forward(F, std::index_sequence<k...>) {
    static_assert(std::is_empty_v<F>, "an operation's forward is a lambda that captures nothing");
    static_assert(sizeof...(k) <= 3, "an operation's forward is (Tensor& y, In a, ...) of one to three inputs");
    if constexpr (std::is_invocable_v<F, Tensor&, decltype(k, std::declval<In>())...>)
      *this = Forward(sizeof...(k),
                      [](Tensor& y, const std::array<const Tensor*, 3>& x, const Attributes&) { F{}(y, *x[k]...); });
    else if constexpr (std::is_invocable_v<F, Tensor&, decltype(k, std::declval<In>())..., const Attributes&>)
      *this = Forward(sizeof...(k), [](Tensor& y, const std::array<const Tensor*, 3>& x, const Attributes& with) {
        F{}(y, *x[k]..., with);
      });
    else
      *this = Forward(F{}, std::make_index_sequence<sizeof...(k) + 1>());
  }
  using Call = void (*)(Tensor&, const std::array<const Tensor*, 3>&, const Attributes&);
  constexpr Forward(std::size_t arity, Call call) : arity_(arity), call_(call) {}

  std::size_t arity_ = 0;
  Call call_ = nullptr;
};

/// What a pullback is given: the gradient g of the final result by y, then y = f(a, b, c) and what it was computed
/// from. Of inputs that the operation does not have the Var is empty.
struct Pull {
  Var g, y, a, b, c;
  const Attributes& with;
};

/// A pullback: what an input's gradient gets, the vector g times the Jacobian of y by that input. It is written with
/// the recorded functions, so it can be differentiated again.
using Pullback = Var (*)(const Pull& p);

/// What a tape knows of an operation. An input without a pullback gets no gradient.
struct Op {
  const char* name;
  const char* rule;  ///< the pullbacks as text: "ā += ȳ b,  b̄ += ȳ a"
  Forward forward;
  Pullback pull_a = nullptr, pull_b = nullptr, pull_c = nullptr;
  std::string (*attributes)(const Attributes& with) = nullptr;  ///< as text, for explain(): "axis=0 begin=2"

  constexpr Pullback pull(std::size_t k) const { return k == 0 ? pull_a : k == 1 ? pull_b : pull_c; }
};

}  // namespace xgrad::inline XGRAD_PRECISION
