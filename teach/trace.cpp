#include <xgrad/teach/trace.hpp>

namespace xgrad::inline XGRAD_PRECISION {

std::vector<TraceStep> trace(Var y, Var seed) {
  std::vector<TraceStep> steps;
  std::vector<Sweep::Term> terms;
  std::vector<std::size_t> arrived(y.line() + 1);
  Sweep sweep(y, seed);
  while (sweep.next(terms)) {
    const std::uint32_t line = sweep.line();
    TraceStep step{line, sweep.gradient(line).line(), {}};
    const Tape& tape = y.tape();
    std::size_t k = 0;
    for (const Sweep::Term& term : terms) {
      // inputs that get nothing are left out; one that is used twice stands twice
      while (tape[line].inputs[k] != term.input || tape[line].op->pull(k) == nullptr) ++k;
      step.terms.push_back({line, k++, term.input, term.value, term.adjoint, ++arrived[term.input], 0});
    }
    steps.push_back(std::move(step));
  }
  for (TraceStep& step : steps)
    for (TraceTerm& term : step.terms) term.of = arrived[term.to];
  return steps;
}

std::vector<TraceStep> trace(Var y) { return trace(y, y.tape().constant(y.shape(), 1)); }

}  // namespace xgrad::inline XGRAD_PRECISION
