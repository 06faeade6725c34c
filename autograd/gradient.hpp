#pragma once

#include <vector>

#include <xgrad/autograd/tape.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The gradients of y, a Var with one element, by each of the inputs, each of its input's shape: zeros where y does not
/// depend on the input. They are Vars on the same tape and can be differentiated again.
/// Throws ShapeError if y has more than one element, TapeError if an input is a constant.
std::vector<Var> gradient(Var y, const std::vector<Var>& inputs);

}  // namespace xgrad::inline XGRAD_PRECISION
