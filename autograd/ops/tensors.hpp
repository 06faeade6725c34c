#pragma once

// The common operations on plain tensors, by the same names: softmax(x), matmul(a, b), mean(x, 0). Each runs the
// recorded operation on a tape of its own, which then ends, so the numbers are the same, bit for bit, as are shapes and
// errors. For + - * / and whatever is not here, xtensor's own functions take a Tensor.
//
// Of functions that xtensor has, too, such as exp and sum, it finds its own by the argument's type. Those here are
// chosen before them, but for the reductions of what has no name: give it one, const Tensor y = x + 1.

#include <initializer_list>

#include <xgrad/autograd/ops/operators.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Operands of which one is a tensor or an xtensor expression and none is a Var.
template <class... X>
concept NoVars = (IsTensor<X> || ...) && ((IsTensor<X> || IsNumber<X>)&&...);

/// A named tensor: xtensor's functions of anything are less special than those of these.
template <class X>
concept NamedTensor = std::same_as<std::remove_const_t<X>, Tensor>;

/// What a reduction takes for its axes beside {0, 1}: a number or a list.
template <class A>
concept OneOrMoreAxes = IsAxis<std::remove_cvref_t<A>> || std::same_as<std::remove_cvref_t<A>, Axes>;

namespace detail {

template <class X>
Var put_on(Tape& tape, const X& x) {
  if constexpr (std::same_as<X, Tensor>)
    return tape.borrow(x);
  else if constexpr (IsNumber<X>)
    return tape.constant(static_cast<Real>(x));
  else
    return tape.constant(x);
}

// f(x), computed off any other tape; so are the functions of two and of three, and the reductions.
template <class X>
Tensor of_one(Var (*f)(Var), const X& x) {
  Tape tape;
  return f(put_on(tape, x)).value();
}

template <class A, class B>
Tensor of_two(Var (*f)(Var, Var), const A& a, const B& b) {
  Tape tape;
  return f(put_on(tape, a), put_on(tape, b)).value();
}

template <class A, class B, class C>
Tensor of_three(Var (*f)(Var, Var, Var), const A& a, const B& b, const C& c) {
  Tape tape;
  return f(put_on(tape, a), put_on(tape, b), put_on(tape, c)).value();
}

inline Tensor along(Var (*f)(Var, int), const Tensor& x, int axis) {
  Tape tape;
  return f(tape.borrow(x), axis).value();
}

template <class A>
Tensor reduced(Var (*f)(Var, const Axes&, bool), const Tensor& x, const A& axes, bool keepdims) {
  Tape tape;
  if constexpr (IsAxis<A>)
    return f(tape.borrow(x), {static_cast<int>(axes)}, keepdims).value();
  else
    return f(tape.borrow(x), axes, keepdims).value();
}

}  // namespace detail

// Elementwise, and softmax along the last axis.

template <class X>
requires NoVars<X> Tensor square(X&& x) { return detail::of_one(square, x); }

template <class X>
requires NoVars<X> Tensor sqrt(X&& x) { return detail::of_one(sqrt, x); }

template <class X>
requires NoVars<X> Tensor rsqrt(X&& x) { return detail::of_one(rsqrt, x); }

template <class X>
requires NoVars<X> Tensor exp(X&& x) { return detail::of_one(exp, x); }

template <class X>
requires NoVars<X> Tensor expm1(X&& x) { return detail::of_one(expm1, x); }

template <class X>
requires NoVars<X> Tensor log(X&& x) { return detail::of_one(log, x); }

template <class X>
requires NoVars<X> Tensor log1p(X&& x) { return detail::of_one(log1p, x); }

template <class X>
requires NoVars<X> Tensor abs(X&& x) { return detail::of_one(abs, x); }

template <class X>
requires NoVars<X> Tensor sign(X&& x) { return detail::of_one(sign, x); }

template <class X>
requires NoVars<X> Tensor sin(X&& x) { return detail::of_one(sin, x); }

template <class X>
requires NoVars<X> Tensor cos(X&& x) { return detail::of_one(cos, x); }

template <class X>
requires NoVars<X> Tensor erf(X&& x) { return detail::of_one(erf, x); }

template <class X>
requires NoVars<X> Tensor tanh(X&& x) { return detail::of_one(tanh, x); }

template <class X>
requires NoVars<X> Tensor sigmoid(X&& x) { return detail::of_one(sigmoid, x); }

template <class X>
requires NoVars<X> Tensor softplus(X&& x) { return detail::of_one(softplus, x); }

template <class X>
requires NoVars<X> Tensor relu(X&& x) { return detail::of_one(relu, x); }

template <class X>
requires NoVars<X> Tensor leaky_relu(X&& x) { return detail::of_one(leaky_relu, x); }

template <class X>
requires NoVars<X> Tensor elu(X&& x) { return detail::of_one(elu, x); }

template <class X>
requires NoVars<X> Tensor selu(X&& x) { return detail::of_one(selu, x); }

template <class X>
requires NoVars<X> Tensor silu(X&& x) { return detail::of_one(silu, x); }

template <class X>
requires NoVars<X> Tensor gelu(X&& x) { return detail::of_one(gelu, x); }

template <class X>
requires NoVars<X> Tensor gelu_tanh(X&& x) { return detail::of_one(gelu_tanh, x); }

template <class X>
requires NoVars<X> Tensor softmax(X&& x) { return detail::of_one(softmax, x); }

template <class X>
requires NoVars<X> Tensor log_softmax(X&& x) { return detail::of_one(log_softmax, x); }

template <class A, class B>
requires NoVars<A, B> Tensor maximum(A&& a, B&& b) { return detail::of_two(maximum, a, b); }

template <class A, class B>
requires NoVars<A, B> Tensor minimum(A&& a, B&& b) { return detail::of_two(minimum, a, b); }

template <class A, class B>
requires NoVars<A, B> Tensor pow(A&& a, B&& b) { return detail::of_two(pow, a, b); }

template <class A, class B, class C>
requires NoVars<A, B, C> Tensor where(A&& a, B&& b, C&& c) { return detail::of_three(where, a, b, c); }

template <class A, class B, class C>
requires NoVars<A, B, C> Tensor clip(A&& a, B&& b, C&& c) { return detail::of_three(clip, a, b, c); }

inline Tensor softmax(const Tensor& x, int axis) { return detail::along(softmax, x, axis); }
inline Tensor log_softmax(const Tensor& x, int axis) { return detail::along(log_softmax, x, axis); }

// Products.

template <class A, class B>
requires NoVars<A, B> Tensor matmul(A&& a, B&& b) { return detail::of_two(matmul, a, b); }

template <class A, class B>
requires NoVars<A, B> Tensor matmul_nt(A&& a, B&& b) { return detail::of_two(matmul_nt, a, b); }

template <class A, class B>
requires NoVars<A, B> Tensor matmul_tn(A&& a, B&& b) { return detail::of_two(matmul_tn, a, b); }

template <class A, class B>
requires NoVars<A, B> Tensor dot(A&& a, B&& b) { return detail::of_two(dot, a, b); }

template <class A, class B>
requires NoVars<A, B> Tensor outer(A&& a, B&& b) { return detail::of_two(outer, a, b); }

template <class A, class B, class C>
requires NoVars<A, B, C> Tensor linear(A&& a, B&& b, C&& c) { return detail::of_three(linear, a, b, c); }

// Reductions, over all axes or those given: sum(x), sum(x, 1), sum(x, {0, 1}, true).

template <NamedTensor X>
Tensor sum(X& x) {
  return detail::of_one(sum, x);
}
template <NamedTensor X, OneOrMoreAxes A>
Tensor sum(X& x, A&& axes, bool keepdims = false) {
  return detail::reduced(sum, x, axes, keepdims);
}
template <NamedTensor X>
Tensor sum(X& x, std::initializer_list<int> axes, bool keepdims = false) {
  return detail::reduced(sum, x, Axes(axes), keepdims);
}

template <NamedTensor X>
Tensor mean(X& x) {
  return detail::of_one(mean, x);
}
template <NamedTensor X, OneOrMoreAxes A>
Tensor mean(X& x, A&& axes, bool keepdims = false) {
  return detail::reduced(mean, x, axes, keepdims);
}
template <NamedTensor X>
Tensor mean(X& x, std::initializer_list<int> axes, bool keepdims = false) {
  return detail::reduced(mean, x, Axes(axes), keepdims);
}

template <NamedTensor X>
Tensor variance(X& x) {
  return detail::of_one(variance, x);
}
template <NamedTensor X, OneOrMoreAxes A>
Tensor variance(X& x, A&& axes, bool keepdims = false) {
  return detail::reduced(variance, x, axes, keepdims);
}
template <NamedTensor X>
Tensor variance(X& x, std::initializer_list<int> axes, bool keepdims = false) {
  return detail::reduced(variance, x, Axes(axes), keepdims);
}

template <NamedTensor X>
Tensor max(X& x) {
  return detail::of_one(max, x);
}
template <NamedTensor X, OneOrMoreAxes A>
Tensor max(X& x, A&& axes, bool keepdims = false) {
  return detail::reduced(max, x, axes, keepdims);
}
template <NamedTensor X>
Tensor max(X& x, std::initializer_list<int> axes, bool keepdims = false) {
  return detail::reduced(max, x, Axes(axes), keepdims);
}

template <NamedTensor X>
Tensor min(X& x) {
  return detail::of_one(min, x);
}
template <NamedTensor X, OneOrMoreAxes A>
Tensor min(X& x, A&& axes, bool keepdims = false) {
  return detail::reduced(min, x, axes, keepdims);
}
template <NamedTensor X>
Tensor min(X& x, std::initializer_list<int> axes, bool keepdims = false) {
  return detail::reduced(min, x, Axes(axes), keepdims);
}

template <NamedTensor X>
Tensor logsumexp(X& x) {
  return detail::of_one(logsumexp, x);
}
template <NamedTensor X, OneOrMoreAxes A>
Tensor logsumexp(X& x, A&& axes, bool keepdims = false) {
  return detail::reduced(logsumexp, x, axes, keepdims);
}
template <NamedTensor X>
Tensor logsumexp(X& x, std::initializer_list<int> axes, bool keepdims = false) {
  return detail::reduced(logsumexp, x, Axes(axes), keepdims);
}

template <NamedTensor X>
Tensor norm(X& x) {
  return detail::of_one(norm, x);
}
template <NamedTensor X, OneOrMoreAxes A>
Tensor norm(X& x, A&& axes, bool keepdims = false) {
  return detail::reduced(norm, x, axes, keepdims);
}
template <NamedTensor X>
Tensor norm(X& x, std::initializer_list<int> axes, bool keepdims = false) {
  return detail::reduced(norm, x, Axes(axes), keepdims);
}

// Where the largest is.

/// The index of the largest element in row-major order, of shape (); the first of equals, or of NaNs, as in NumPy.
/// Throws ShapeError if there is none. Indices above 2^24 are rounded in float.
Tensor argmax(const Tensor& x);
/// The indices along an axis of the largest elements, of which the first of equals, or of NaNs, as in NumPy. Negative
/// axes count from the last. Throws ShapeError if there is no such axis, or it has extent 0.
Tensor argmax(const Tensor& x, int axis);
inline Tensor argmax(Var x) { return argmax(x.value()); }
inline Tensor argmax(Var x, int axis) { return argmax(x.value(), axis); }

}  // namespace xgrad::inline XGRAD_PRECISION
