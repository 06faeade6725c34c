#pragma once

// The operators + - * / and the functions of two or three for a Var with a Var, a Tensor, any xtensor expression or a
// number, on either side. What is not a Var becomes a constant on the other's tape.
//
// Give names to operands that both record. C++ leaves open which operand of + is evaluated first, as with the arguments
// of any call. In exp(a) + sin(b), g++ records the sine first and clang the exponential. The value is the same, but the
// lines of the tape are in another order, and a gradient that has several terms may be rounded otherwise. Write
//
//   const Var growth = exp(a), wave = sin(b);
//   const Var y = growth + wave;
//
// One operand that records needs no name: a + sin(b) has one order.

#include <concepts>
#include <type_traits>

#include <xgrad/autograd/ops/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A Var, or a reference to one.
template <class T>
concept IsVar = std::same_as<std::remove_cvref_t<T>, Var>;

/// A number of C++, or a reference to one.
template <class T>
concept IsNumber = std::is_arithmetic_v<std::remove_cvref_t<T>>;

/// A Tensor or another expression of xtensor, or a reference to one.
template <class T>
concept IsTensor = xt::is_xexpression<std::remove_cvref_t<T>>::value;

/// A Var and an operand that can stand beside it. The operators are constrained to these, because xtensor has operators
/// for operands of any type.
template <class A, class B>
concept WithVar = (IsVar<A> && (IsVar<B> || IsNumber<B> || IsTensor<B>)) || (IsVar<B> && (IsNumber<A> || IsTensor<A>));

/// A Var and an operand that is no Var.
template <class A, class B>
concept WithOneVar = WithVar<A, B> && !(IsVar<A> && IsVar<B>);

/// Three operands, one or two of them Vars.
template <class A, class B, class C>
concept WithOneOrTwoVars = (WithVar<A, B> || WithVar<B, C> || WithVar<A, C>)&&!(IsVar<A> && IsVar<B> && IsVar<C>);

/// The operand itself if it is a Var, else a constant on the tape of `other`.
template <class A>
Var beside(Var other, const A& operand) {
  if constexpr (IsVar<A>)
    return operand;
  else if constexpr (IsNumber<A>)
    return other.tape().constant(static_cast<Real>(operand));
  else
    return other.tape().constant(operand);
}

/// The first of three operands that is a Var.
template <class A, class B, class C>
Var some_var(const A& a, const B& b, const C& c) {
  if constexpr (IsVar<A>)
    return a;
  else if constexpr (IsVar<B>)
    return b;
  else
    return c;
}

/// f(a, b), after an operand that is no Var has become a constant.
template <class A, class B>
Var with_vars(Var (*f)(Var, Var), const A& a, const B& b) {
  if constexpr (IsVar<A>)
    return f(a, beside(a, b));
  else
    return f(beside(b, a), b);
}

template <class A, class B>
requires WithVar<A, B> Var operator+(A&& a, B&& b) { return with_vars(add, a, b); }

template <class A, class B>
requires WithVar<A, B> Var operator-(A&& a, B&& b) { return with_vars(subtract, a, b); }

template <class A, class B>
requires WithVar<A, B> Var operator*(A&& a, B&& b) { return with_vars(multiply, a, b); }

template <class A, class B>
requires WithVar<A, B> Var operator/(A&& a, B&& b) { return with_vars(divide, a, b); }

template <class A>
requires IsVar<A> Var operator-(A&& x) { return negative(x); }

// a += b is a = a + b: a is then the new line, and what was recorded from the old one stays.

template <class B>
requires WithVar<Var, B> Var& operator+=(Var& a, B&& b) { return a = a + b; }

template <class B>
requires WithVar<Var, B> Var& operator-=(Var& a, B&& b) { return a = a - b; }

template <class B>
requires WithVar<Var, B> Var& operator*=(Var& a, B&& b) { return a = a * b; }

template <class B>
requires WithVar<Var, B> Var& operator/=(Var& a, B&& b) { return a = a / b; }

// Comparisons, elementwise and broadcast as in NumPy: a Tensor, 1 where they hold and 0 elsewhere. Nothing is recorded:
// where(x > 0, x, 0) takes the mask as a constant.

namespace detail {

enum class Comparison { less, less_equal, equal };
Tensor compared(Comparison comparison, const Tensor& a, const Tensor& b);

// The value of an operand, as what the kernels read.
template <class A>
decltype(auto) value_of(const A& a) {
  if constexpr (IsVar<A>)
    return a.value();
  else if constexpr (IsNumber<A>)
    return filled({}, static_cast<Real>(a));
  else if constexpr (std::same_as<A, Tensor>)
    return (a);
  else
    return Tensor(a);
}

}  // namespace detail

template <class A, class B>
requires WithVar<A, B> Tensor operator<(A&& a, B&& b) {
  return detail::compared(detail::Comparison::less, detail::value_of(a), detail::value_of(b));
}

template <class A, class B>
requires WithVar<A, B> Tensor operator<=(A&& a, B&& b) {
  return detail::compared(detail::Comparison::less_equal, detail::value_of(a), detail::value_of(b));
}

template <class A, class B>
requires WithVar<A, B> Tensor operator>(A&& a, B&& b) { return b < a; }

template <class A, class B>
requires WithVar<A, B> Tensor operator>=(A&& a, B&& b) { return b <= a; }

template <class A, class B>
requires WithVar<A, B> Tensor operator==(A&& a, B&& b) {
  return detail::compared(detail::Comparison::equal, detail::value_of(a), detail::value_of(b));
}

template <class A, class B>
requires WithVar<A, B> Tensor operator!=(A&& a, B&& b) { return 1 - (a == b); }

// Reductions over one axis: sum(x, 1) is sum(x, {1}).

/// One axis, by its number.
template <class A>
concept IsAxis = std::integral<A> && !std::same_as<A, bool>;

template <IsAxis A>
Var sum(Var x, A axis, bool keepdims = false) {
  return sum(x, Axes{static_cast<int>(axis)}, keepdims);
}

template <IsAxis A>
Var mean(Var x, A axis, bool keepdims = false) {
  return mean(x, Axes{static_cast<int>(axis)}, keepdims);
}

template <IsAxis A>
Var variance(Var x, A axis, bool keepdims = false) {
  return variance(x, Axes{static_cast<int>(axis)}, keepdims);
}

template <IsAxis A>
Var max(Var x, A axis, bool keepdims = false) {
  return max(x, Axes{static_cast<int>(axis)}, keepdims);
}

template <IsAxis A>
Var min(Var x, A axis, bool keepdims = false) {
  return min(x, Axes{static_cast<int>(axis)}, keepdims);
}

template <IsAxis A>
Var logsumexp(Var x, A axis, bool keepdims = false) {
  return logsumexp(x, Axes{static_cast<int>(axis)}, keepdims);
}

template <IsAxis A>
Var norm(Var x, A axis, bool keepdims = false) {
  return norm(x, Axes{static_cast<int>(axis)}, keepdims);
}

template <class A, class B>
requires WithOneVar<A, B> Var pow(A&& a, B&& b) { return with_vars(pow, a, b); }

template <class A, class B>
requires WithOneVar<A, B> Var maximum(A&& a, B&& b) { return with_vars(maximum, a, b); }

template <class A, class B>
requires WithOneVar<A, B> Var minimum(A&& a, B&& b) { return with_vars(minimum, a, b); }

namespace by_argument {
template <class A, class B>
requires WithOneVar<A, B> Var greater(A&& a, B&& b) { return with_vars(greater, a, b); }
}  // namespace by_argument

template <class A, class B>
requires WithOneVar<A, B> Var equal(A&& a, B&& b) { return with_vars(equal, a, b); }

template <class A, class B>
requires WithOneVar<A, B> Var matmul(A&& a, B&& b) { return with_vars(matmul, a, b); }

template <class A, class B>
requires WithOneVar<A, B> Var dot(A&& a, B&& b) { return with_vars(dot, a, b); }

template <class A, class B>
requires WithOneVar<A, B> Var outer(A&& a, B&& b) { return with_vars(outer, a, b); }

template <class A, class B, class C>
requires WithOneOrTwoVars<A, B, C> Var where(A&& mask, B&& a, C&& b) {
  const Var var = some_var(mask, a, b), m = beside(var, mask), u = beside(var, a);
  return where(m, u, beside(var, b));
}

template <class B, class C>
requires(!IsVar<B> || !IsVar<C>) Var clip(Var x, B&& low, C&& high) {
  const Var from = beside(x, low);
  return clip(x, from, beside(x, high));
}

}  // namespace xgrad::inline XGRAD_PRECISION
