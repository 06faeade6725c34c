#pragma once

// Readers of a recording, for people.

#include <string>

#include <xgrad/autograd/tape.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The recording as a table with a row for each line: its number, the operation, the lines of its inputs a, b and c,
/// the shape, the value (least .. greatest, or the one that all elements have), and the operation's rule, in which y is
/// the result and ȳ, ā, b̄, c̄ are adjoints. The mark | is on the lines that a sweep wrote. Leaves are parameters, by
/// name, variables and constants. It shows what is there, also sweeps of sweeps; explain(y) of teach/explain.hpp tells
/// one sweep, line by line, with what each hands on.
std::string explain(const Tape& tape);

/// A line in words: the operation with its attributes, "slice axis=0 begin=2"; or the name of a parameter, "variable"
/// or "constant".
std::string line_name(const Tape& tape, std::size_t line);

/// The recording as a graph in DOT, Graphviz's language: each line is a node, with edges from its inputs. What a sweep
/// wrote is dashed. to_dot(y) of teach/explain.hpp draws one sweep back along the edges.
std::string to_dot(const Tape& tape);

/// Throws ValueError if the value of a line has a NaN or an infinity. The message names the operation, the first such
/// element, and the inputs.
void require_finite(const Tape& tape, std::uint32_t line);

}  // namespace xgrad::inline XGRAD_PRECISION
