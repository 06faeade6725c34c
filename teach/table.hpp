#pragma once

// A sweep for people: the chain rule, line by line, as text and as a graph.

#include <string>
#include <vector>

#include <xgrad/teach/trace.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Runs trace(y), and writes the lines that y was computed from: number, operation, inputs, shape and value. Under each
/// line stands what the sweep did there; the sweep goes from the last line up. It is the line's adjoint ȳ, and for each
/// input the rule, the term that it gets, how many of its terms have arrived by then, and their sum so far. Of a tensor
/// it writes the least .. the greatest element. Throws what trace() throws.
std::string chain_rule_table(Var y);

/// A trace as a graph in DOT, Graphviz's language: the lines of the program are nodes with their shape, their L2 norm
/// and that of their adjoint. Beside each edge a red dashed one goes back, with the L2 norm of the term that it brings.
std::string to_dot(const Tape& tape, const std::vector<TraceStep>& steps);

}  // namespace xgrad::inline XGRAD_PRECISION
