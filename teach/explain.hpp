#pragma once

// A sweep for people: the chain rule, line by line, as text and as a graph. explain(tape) and to_dot(tape) of autograd/
// list what is on the tape; explain(y) and to_dot(y) tell what the sweep from y does with it.

#include <string>

#include <xgrad/autograd/tools/explain.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The chain-rule table. Runs trace(y), and writes the lines that y was computed from: number, operation, inputs, shape
/// and value. Under each line stands what the sweep did there; the sweep goes from the last line up. It is the line's
/// adjoint ȳ, and for each input the rule, the term that it gets, how many of its terms have arrived by then, and their
/// sum so far. Of a tensor it writes the least .. the greatest element. Throws what trace() throws.
std::string explain(Var y);

/// The chain rule as a graph in DOT, Graphviz's language. Runs trace(y): the lines that y was computed from are nodes
/// with their shape, their L2 norm and that of their adjoint. Beside each edge a red dashed one goes back, with the L2
/// norm of the term that it brings. Throws what trace() throws.
std::string to_dot(Var y);

}  // namespace xgrad::inline XGRAD_PRECISION
