#pragma once

// An operation is a function y = f(a, b, c) of one to three tensors, with its rule: what ȳ, the adjoint of its result,
// adds to ā, b̄ and c̄, the adjoints of its inputs. elementwise.cpp says what an adjoint is. The rule is written twice,
// as text and as code. One constant holds all of it, within the function that programs call:
//
//   Var square(Var a) {
//     static constexpr Op op{
//         .name = "square",
//         .rule = "ā += 2 a ȳ",
//         .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return a * a; }); },
//         .pull_a = [](const Pull& p) { return 2 * p.a * p.g; },
//     };
//     return record_elementwise(op, a);
//   }
//
// The function checks the shapes and gives the constant to the tape, which runs forward and writes down a line. An
// operation of one's own is written in the same way: examples/own_operation.cpp.

#include <array>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

class Var;
struct Attributes;
struct Pull;

/// An input of an operation's forward.
using In = const Tensor&;

/// How an operation computes y: a lambda without captures, [](Tensor& y, In a, In b) { ... }, of one, two or three
/// inputs. It writes y, whose shape the tape has set. After the inputs it may take the attributes, const Attributes&.
class Forward {
 public:
  /// Of a lambda without captures, (Tensor& y, In a, ...), of one to three inputs, with or without attributes.
  template <class F>
  constexpr Forward(F f);

  /// How many inputs it takes: 1, 2 or 3.
  std::size_t arity() const { return arity_; }
  void operator()(Tensor& y, const std::array<const Tensor*, 3>& inputs, const Attributes& with) const {
    call_(y, inputs, with);
  }

 private:
  using Call = void (*)(Tensor&, const std::array<const Tensor*, 3>&, const Attributes&);
  template <class F, std::size_t... k>
  constexpr Forward(F, std::index_sequence<k...>);
  constexpr Forward(std::size_t arity, Call call) : arity_(arity), call_(call) {}

  std::size_t arity_ = 0;
  Call call_ = nullptr;
};

/// A pullback computes the vector-Jacobian product of one input: from ȳ what is added to that input's adjoint, such as
/// ȳ b for the first input of y = a b. It calls recorded functions only, so its result can be differentiated again.
/// Which it calls may depend on shapes, attributes, and numbers that it reads by value() or item(): of nothing else
/// does Sweep::finish() know whether it has changed since the recording before.
using Pullback = Var (*)(const Pull& p);

/// What a tape knows of an operation. An input without a pullback gets no gradient.
struct Op {
  const char* name;
  const char* rule;  ///< the pullbacks as text, such as "ā += ȳ b,  b̄ += ȳ a"
  Forward forward;
  Pullback pull_a = nullptr, pull_b = nullptr, pull_c = nullptr;
  std::string (*attributes)(const Attributes& with) = nullptr;  ///< writes them for explain(): "axis=0 begin=2"

  /// The pullback of input k: 0 is a, 1 is b, 2 is c. Null if that input gets no gradient.
  constexpr Pullback pull(std::size_t k) const { return k == 0 ? pull_a : k == 1 ? pull_b : pull_c; }
};

/// What an operation is told beside its inputs: an axis, an offset, a factor. No gradient goes to it. Every line of a
/// tape has room for one Attributes, so it is small; what does not fit is an input.
struct Attributes {
  static constexpr std::size_t most_axes = 8;

  std::array<std::int8_t, most_axes> axes{};  ///< one axis, the first; or a permutation, after which the others are -1
  std::int64_t begin = 0;                     ///< an offset along that axis
  Real number = 0;                            ///< a factor, such as the alpha of elu

  /// The one axis, where there is one.
  std::size_t axis() const { return static_cast<std::size_t>(axes[0]); }
};

/// One axis, for Attributes::axes. Throws ShapeError for an axis above 127; the message begins with `who`.
std::array<std::int8_t, Attributes::most_axes> one_axis(const char* who, std::size_t axis);

// How Forward is made of a lambda: it tries one input, then two, then three, without attributes and with them.

template <class F>
constexpr Forward::Forward(F f) : Forward(f, std::make_index_sequence<1>()) {}

template <class F, std::size_t... k>
constexpr Forward::Forward(F, std::index_sequence<k...>) {
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

}  // namespace xgrad::inline XGRAD_PRECISION

#include <xgrad/autograd/var.hpp>  // here, for it includes tape.hpp, which needs the above

namespace xgrad::inline XGRAD_PRECISION {

/// What a pullback is given: g, which is ȳ, the adjoint of the result; the result y = f(a, b, c); and the inputs. The
/// Var of an input that the operation does not have is empty.
struct Pull {
  Var g, y, a, b, c;
  const Attributes& with;
};

}  // namespace xgrad::inline XGRAD_PRECISION
