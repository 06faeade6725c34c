#pragma once

// Readers of a recording, for people.

#include <string>

#include <xgrad/autograd/tape.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The recording as a table: line, operation, inputs, shape, value (least .. greatest, or the one that all have), and
/// the rule by which gradients flow back. Lines that a reverse sweep wrote are marked with a bar. Leaves are
/// parameters, by name, variables and constants.
std::string explain(const Tape& tape);

/// The recording as a graph for Graphviz: explain's lines as nodes, what a sweep wrote dashed.
std::string to_dot(const Tape& tape);

/// Throws ValueError if the line's value has a NaN or an infinity, with the operation, the place, and its inputs.
void require_finite(const Tape& tape, std::uint32_t line);

}  // namespace xgrad::inline XGRAD_PRECISION
