// Lesson 4: the chain rule on a graph. It is the example of micrograd's README (A. Karpathy), on a tape.

#include <cstdio>
#include <iostream>
#include <xgrad/teach/lints.hpp>
#include <xgrad/teach/trace.hpp>
#include <xgrad/xgrad.hpp>

#include "exercise.hpp"

using namespace xgrad;

int main(int argc, char** argv) {
  if (argc > 1)
    return mark(argc, argv,
                {{-3, 1e-9, "a reaches e by a + b and by c: the two terms are c and (a + b) b"},
                 {138.8338, 2e-3, "the slope is the change of g for a small change of a, divided by that change"}});

  // A small graph first: L = (a b + c) f, and what each line of the tape hands to its inputs.
  {
    Tape tape;
    const Lints lints(tape, std::cout);
    const Var a = tape.variable(Tensor{2}), b = tape.variable(Tensor{-3}), c = tape.variable(Tensor{10});
    const Var f = tape.variable(Tensor{-2});
    const Var e = a * b, d = e + c, L = d * f;
    std::printf("L = (a b + c) f = %g\n", L.item());
    for (const TraceStep& step : trace(L))
      for (const TraceTerm& term : step.terms)
        std::printf("line %u, %-8s hands %3g to line %u\n", step.line, tape[step.line].op->name,
                    tape.var(term.value).item(), term.to);
    const std::vector<Var> g = gradient(L, {a, b, c, f});
    std::printf("dL/da %g, dL/db %g, dL/dc %g, dL/df %g\n\n", g[0].item(), g[1].item(), g[2].item(), g[3].item());
  }

  Tape tape;

  const Lints lints(tape, std::cout);
  const Var a = tape.variable(Tensor{-4}), b = tape.variable(Tensor{2});
  Var c = a + b;
  const Var ab = a * b, cube = pow(b, 3);
  Var d = ab + cube;
  c = c + (c + 1);
  const Var more = 1 + c;
  c = c + (more - a);
  const Var ba = b + a, twice = d * 2, up = relu(ba);
  d = d + (twice + up);
  const Var b_a = b - a, thrice = 3 * d, down = relu(b_a);
  d = d + (thrice + down);
  const Var e = c - d, f = square(e);
  const Var half = f / 2, rest = 10 / f;
  const Var g = half + rest;
  const std::vector<Var> slopes = gradient(g, {a, b});
  std::printf("g     %.4f\ndg/da %.4f\ndg/db %.4f\n", g.item(), slopes[0].item(), slopes[1].item());
}
