// Lesson 5: a value that is read twice gets two terms, and the order of the walk matters. b = a + a, c = b + b, dc/da
// = 4.

#include <cstdio>
#include <iostream>
#include <vector>
#include <xgrad/teach/lints.hpp>
#include <xgrad/teach/trace.hpp>
#include <xgrad/xgrad.hpp>

#include "exercise.hpp"

using namespace xgrad;

namespace {

// A wrong walk: as soon as a line has got a term, it goes on to the line's inputs with all that the line has so far.
void walk_at_once(const Tape& tape, std::uint32_t line, std::vector<double>& adjoint) {
  if (tape[line].op == nullptr) return;
  for (std::size_t k = 0; k < 2; ++k) {
    const std::uint32_t input = tape[line].inputs[k];
    adjoint[input] += adjoint[line];  // both rules of an addition hand on its adjoint
    walk_at_once(tape, input, adjoint);
  }
}

// Another wrong walk: it goes on to a line's inputs once, when the line has got its first term.
void walk_once(const Tape& tape, std::uint32_t line, std::vector<double>& adjoint) {
  if (tape[line].op == nullptr) return;
  for (std::size_t k = 0; k < 2; ++k) {
    const std::uint32_t input = tape[line].inputs[k];
    const bool first = adjoint[input] == 0;
    adjoint[input] += adjoint[line];
    if (first) walk_once(tape, input, adjoint);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1)
    return mark(argc, argv,
                {{8, 1e-9, "one more doubling, d = c + c: its adjoint 1 reaches c twice, and so on"},
                 {12, 1e-9, "x x x: x is read three times, and each term is the product of the other two"}});

  Tape tape;

  const Lints lints(tape, std::cout);
  const Var a = tape.variable(Tensor{3});
  const Var b = a + a;
  const Var c = b + b;
  std::vector<double> at_once(c.line() + 1), once(c.line() + 1);
  at_once[c.line()] = once[c.line()] = 1;
  walk_at_once(tape, c.line(), at_once);
  walk_once(tape, c.line(), once);

  std::printf("a is line 0, b = a + a line 1, c = b + b line 2\n");
  for (const TraceStep& step : trace(c))
    for (const TraceTerm& term : step.terms)
      std::printf("line %u has adjoint %g, hands %g to line %u: term %zu of %zu, the sum is now %g\n", step.line,
                  tape.var(step.adjoint).item(), tape.var(term.value).item(), term.to, term.number, term.of,
                  tape.var(term.adjoint).item());
  std::printf("\ndc/da by the tape, upwards line by line:       %g\n", gradient(c, {a})[0].item());
  std::printf("dc/da by a walk that goes on at every term:    %g\n", at_once[0]);
  std::printf("dc/da by a walk that goes on at the first one: %g\n", once[0]);
}
