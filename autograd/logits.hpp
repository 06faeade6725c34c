#pragma once

// Looking back along the tape: a loss that is given probabilities finds the logits they were made of, for in those it
// does not saturate.

#include <optional>

#include <xgrad/autograd/var.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The x of which sigmoid(x) made p; none if anything else did, be it an operation of that name.
std::optional<Var> logits_of_sigmoid(Var p);

/// The x of which softmax(x), along the last axis, made p; none if anything else did.
std::optional<Var> logits_of_softmax(Var p);

}  // namespace xgrad::inline XGRAD_PRECISION
