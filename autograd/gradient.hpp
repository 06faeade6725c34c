#pragma once

// Derivatives of what a tape has recorded. All are made of recorded sweeps (sweep.cpp), so all can be differentiated
// again.

#include <vector>

#include <xgrad/autograd/tape.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The gradients of y, a Var with one element, by each of the inputs: dy/dinput, in the input's shape. Zeros for an
/// input that y does not depend on. Throws ShapeError if y has more than one element, TapeError if an input is a
/// constant.
std::vector<Var> gradient(Var y, const std::vector<Var>& inputs);

/// Vector-Jacobian products: v, of y's shape, times the Jacobian of y by each of the inputs. They are the gradients of
/// sum(v y). Throws ShapeError if v has another shape, TapeError if an input is a constant.
std::vector<Var> vjp(Var y, const std::vector<Var>& inputs, Var v);

/// Jacobian-vector product: how y, of any shape, changes when each input moves along its direction, of the input's
/// shape. It is forward mode from reverse mode, run twice: sum(vjp(y, u) direction) is linear in u, and the product is
/// its gradient by u. Throws ShapeError if directions do not fit, TapeError if an input is a constant.
Var jvp(Var y, const std::vector<Var>& inputs, const std::vector<Var>& directions);

/// The Jacobian: the derivative of every element of y by every element of x. Its shape is y's followed by x's. It takes
/// one sweep for each element of y. Throws TapeError if x is a constant.
Var jacobian(Var y, Var x);

/// The Hessian: the second derivatives of y, a Var with one element, by every two elements of x. Its shape is x's
/// twice. Throws ShapeError if y has more than one element, TapeError if x is a constant.
Var hessian(Var y, Var x);

/// Hessian-vector product: the Hessian of y, a Var with one element, times a vector, computed without the Hessian as
/// the gradients of sum(gradient direction). It takes one direction for each input, of the input's shape. Throws
/// ShapeError if y has more than one element or directions do not fit, TapeError if an input is a constant.
std::vector<Var> hessian_vector_product(Var y, const std::vector<Var>& inputs, const std::vector<Var>& directions);

}  // namespace xgrad::inline XGRAD_PRECISION
