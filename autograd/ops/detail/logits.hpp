#pragma once

// Looking back along the tape: a loss that is given probabilities finds the logits they were made of, for in those it
// does not saturate.

#include <optional>

#include <xgrad/autograd/var.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The x of p = sigmoid(x). None if p was made by another operation, even by one that has the same name.
std::optional<Var> logits_of_sigmoid(Var p);

/// The x of p = softmax(x), along the last axis. None if p was made by another operation, even by one that has the same
/// name.
std::optional<Var> logits_of_softmax(Var p);

}  // namespace xgrad::inline XGRAD_PRECISION
