// Lesson 9: tensors, broadcasting and the batch. The bias of a layer is added to every row, so its adjoint is the sum
// over the rows. The terms of every adjoint are counted and added up again.

#include <cstdio>
#include <iostream>
#include <xgrad/teach/lints.hpp>
#include <xgrad/teach/trace.hpp>
#include <xgrad/xgrad.hpp>

#include "exercise.hpp"

using namespace xgrad;

namespace {

void print(const char* name, const Tensor& x) { std::cout << name << " " << text(x.shape()) << "\n" << x << "\n"; }

// Looks at every step of a sweep: the order of the lines, the number of terms, and their sum, bit for bit.
void check_invariants(const Tape& tape, Var y) {
  const std::uint32_t last = y.line();
  std::vector<std::size_t> uses(last + 1), terms(last + 1);
  std::vector<Tensor> sums(last + 1);
  std::uint32_t before = last + 1;
  bool order = true, exact = true;
  std::size_t steps = 0, edges = 0;
  for (const TraceStep& step : trace(y)) {
    ++steps;
    order = order && step.line < before;
    before = step.line;
    if (step.line != last) exact = exact && sums[step.line] == *tape[step.adjoint].value;
    const Tape::Record& record = tape[step.line];
    for (std::size_t k = 0; k < record.op->forward.arity(); ++k)
      if (tape[record.inputs[k]].active && record.op->pull(k) != nullptr) ++uses[record.inputs[k]];
    for (const TraceTerm& term : step.terms) {
      ++edges;
      const Tensor& value = *tape[term.value].value;
      sums[term.to] = terms[term.to]++ == 0 ? value : Tensor(sums[term.to] + value);
      exact = exact && sums[term.to] == *tape[term.adjoint].value;
    }
  }
  std::printf("%zu lines handed on %zu terms\n", steps, edges);
  std::printf("every line came after all lines that read it:     %s\n", order ? "yes" : "no");
  std::printf("as many terms as uses:                            %s\n", uses == terms ? "yes" : "no");
  std::printf("the terms add up to the adjoint, bit for bit:     %s\n", exact ? "yes" : "no");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1)
    return mark(
        argc, argv,
        {{32, 1e-9, "each of 32 rows hands a term 1 to the bias"}, {25, 0, "(5, 1) and (5,) broadcast to (5, 5)"}});

  Tape tape;

  const Lints lints(tape, std::cout);
  const Var X = tape.constant(Tensor{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {0, 1, 0}});
  const Var W = tape.variable(Tensor{{1, 0}, {0, 1}, {1, 1}}), b = tape.variable(Tensor{10, 20});
  const Var XW = matmul(X, W), Z = XW + b;
  print("Z = X W + b", Z.value());

  const Var above = tape.constant(Tensor{{1, 0}, {2, 0}, {3, 1}, {4, 1}});  // an adjoint of Z, for the example
  const Var L = sum(Z * above);
  const std::vector<Var> g = gradient(L, {Z, W, b, XW});
  print("adjoint of Z", g[0].value());
  print("adjoint of X W: the same", g[3].value());
  print("adjoint of b: its sum over the batch", g[2].value());
  print("adjoint of W: X^T times it", g[1].value());

  // A bias that two layers share: two terms, each a sum over the batch.
  Tape other;
  const Var x = other.constant(Tensor{{0.1, 0.2}, {0.3, 0.4}, {0.5, 0.6}});
  const Var v = other.variable(Tensor{{0.2, -0.1}, {0.4, 0.3}}), shared = other.variable(Tensor{0.1, -0.2});
  const Var h = tanh(linear(x, v, shared));
  const Var y = sum(square(linear(h, v, shared)));
  std::printf("\ntwo layers that share kernel and bias:\n");
  check_invariants(other, y);
}
