#pragma once

// a + b, a - b, a * b, a / b, matmul(a, b) and the losses for a Var with a Var, a Tensor, any xtensor expression or a
// number, on either side. What is not a Var becomes a constant on the other's tape.

#include <concepts>
#include <type_traits>

#include <xgrad/autograd/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

template <class T>
concept IsVar = std::same_as<std::remove_cvref_t<T>, Var>;

template <class T>
concept IsNumber = std::is_arithmetic_v<std::remove_cvref_t<T>>;

template <class T>
concept IsTensor = xt::is_xexpression<std::remove_cvref_t<T>>::value;

/// A Var with something that can stand beside it. Constrained, because xtensor has operators for operands of any type.
template <class A, class B>
concept WithVar = (IsVar<A> && (IsVar<B> || IsNumber<B> || IsTensor<B>)) || (IsVar<B> && (IsNumber<A> || IsTensor<A>));

template <class A, class B>
concept WithOneVar = WithVar<A, B> && !(IsVar<A> && IsVar<B>);

/// The operand itself if it is a Var, else a constant beside `other`.
template <class A>
Var beside(Var other, const A& operand) {
  if constexpr (IsVar<A>)
    return operand;
  else if constexpr (IsNumber<A>)
    return other.tape().constant(static_cast<Real>(operand));
  else
    return other.tape().constant(operand);
}

/// f(a, b) after the one that is not a Var has become one.
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

template <class A, class B>
requires WithOneVar<A, B> Var matmul(A&& a, B&& b) { return with_vars(matmul, a, b); }

template <class A, class B>
requires WithOneVar<A, B> Var mean_squared_error(A&& target, B&& prediction) {
  return with_vars(mean_squared_error, target, prediction);
}

template <class A>
requires IsTensor<A> Var softmax_cross_entropy(A&& labels, Var logits) {
  return softmax_cross_entropy(beside(logits, labels), logits);
}

template <class A>
requires IsTensor<A> Var sparse_categorical_crossentropy(A&& labels, Var probabilities) {
  return sparse_categorical_crossentropy(beside(probabilities, labels), probabilities);
}

}  // namespace xgrad::inline XGRAD_PRECISION
