#pragma once

// What a sweep did, term by term: for the table, the page and the tests.

#include <vector>

#include <xgrad/autograd/sweep.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// One term of an adjoint: what a line handed to one of its inputs.
struct TraceTerm {
  std::uint32_t from;      ///< the line whose pullback computed the term
  std::size_t input;       ///< which of its inputs: 0 for a, 1 for b, 2 for c
  std::uint32_t to;        ///< the line of that input
  std::uint32_t value;     ///< the line of the term
  std::uint32_t adjoint;   ///< the line of the input's adjoint, with this term added
  std::size_t number, of;  ///< the term is the number-th, from 1, of so many that the input's adjoint gets
};

/// What one line did when the sweep came to it: its adjoint, and what it handed on.
struct TraceStep {
  std::uint32_t line;
  std::uint32_t adjoint;  ///< the line of its adjoint, complete
  std::vector<TraceTerm> terms;
};

/// Runs the sweep of gradient() from y, whose adjoint is `seed`, and tells every step. The tape then holds what the
/// sweep recorded; the numbers are those of a sweep that nobody looks at, bit for bit. Throws what Sweep throws.
std::vector<TraceStep> trace(Var y, Var seed);

/// The trace from y, whose adjoint is 1 for each element.
std::vector<TraceStep> trace(Var y);

}  // namespace xgrad::inline XGRAD_PRECISION
