#pragma once

// Derivatives of what a tape has recorded. All are made of the one recorded sweep, so all can be differentiated again.

#include <vector>

#include <xgrad/autograd/tape.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The gradients of y, a Var with one element, by each of the inputs, each of its input's shape: zeros where y does not
/// depend on the input. Throws ShapeError if y has more than one element, TapeError if an input is a constant.
std::vector<Var> gradient(Var y, const std::vector<Var>& inputs);

/// Vector times Jacobian: the gradients of sum(v y) for a v of y's shape. Throws as gradient does.
std::vector<Var> vjp(Var y, const std::vector<Var>& inputs, Var v);

/// Jacobian times vector: how y, of any shape, changes when each input moves along its direction, of the input's shape.
/// It is the gradient by u of sum(vjp(y, u) direction), which is linear in u: forward mode from reverse mode, run
/// twice. Throws ShapeError if directions do not fit, TapeError if an input is a constant.
Var jvp(Var y, const std::vector<Var>& inputs, const std::vector<Var>& directions);

/// Every derivative of every element of y by every element of x, of y's shape followed by x's. One sweep for each
/// element of y. Throws TapeError if x is a constant.
Var jacobian(Var y, Var x);

/// The second derivatives of y, a Var with one element: the Jacobian of its gradient, of x's shape twice.
Var hessian(Var y, Var x);

/// The Hessian of y, a Var with one element, times a vector, without the Hessian: the gradients of sum(gradient
/// direction). One direction for each input, of its shape.
std::vector<Var> hessian_vector_product(Var y, const std::vector<Var>& inputs, const std::vector<Var>& directions);

}  // namespace xgrad::inline XGRAD_PRECISION
