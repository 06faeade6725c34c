#include "autograd/operations.hpp"
#include "support.hpp"

#include <xgrad/teach/trace.hpp>

using namespace xgrad;

namespace {

// What lessons build on: the terms into a line, added in their order, are its adjoint, bit for bit; every use of a line
// that needs a gradient hands one term; and lines come in the reverse of their order.
void check_sums(const std::vector<TraceStep>& steps, const Tape& tape, std::uint32_t y) {
  std::uint32_t before = y + 1;
  std::vector<Tensor> sums(y + 1);
  std::vector<std::size_t> terms(y + 1), uses(y + 1);
  std::vector<bool> reached(y + 1);
  reached[y] = true;
  for (const TraceStep& step : steps) {
    CHECK(step.line < before);
    before = step.line;
    CHECK(reached[step.line]);
    if (step.line != y) CHECK(sums[step.line] == *tape[step.adjoint].value);
    const Tape::Record& record = tape[step.line];
    for (std::size_t k = 0; k < record.op->forward.arity(); ++k)
      if (tape[record.inputs[k]].active && record.op->pull(k) != nullptr) ++uses[record.inputs[k]];
    for (const TraceTerm& term : step.terms) {
      const Tensor& value = *tape[term.value].value;
      CHECK(record.inputs[term.input] == term.to);
      CHECK(value.shape() == tape[term.to].value->shape());
      sums[term.to] = terms[term.to]++ == 0 ? value : Tensor(sums[term.to] + value);
      reached[term.to] = true;
      CHECK(term.number == terms[term.to]);
      CHECK(sums[term.to] == *tape[term.adjoint].value);
    }
  }
  for (const TraceStep& step : steps)
    for (const TraceTerm& term : step.terms) CHECK(term.of == terms[term.to]);
  CHECK(terms == uses);
}

}  // namespace

TEST_CASE("the terms of a trace add up to the adjoints that backward() gives, for every operation") {
  for (const Operation& operation : operations)
    for (const std::vector<Shape>& shapes : operation.shapes) {
      CAPTURE(operation.name);
      Tape tape, other;
      Rng rng(5);
      Inputs x, same;
      for (const Shape& shape : shapes) {
        Tensor value(shape);
        for (Real& element : value)
          element = static_cast<Real>(operation.low + (operation.high - operation.low) * rng.uniform());
        x.push_back(tape.variable(value));
        same.push_back(other.variable(value));
      }
      const Var y = operation.f(x), z = operation.f(same);
      const std::vector<TraceStep> steps = trace(y);
      check_sums(steps, tape, y.line());
      const Var seed = other.constant(z.shape(), 1);
      std::vector<Var> gradients;
      other.pull(z, seed, same, gradients);
      for (const TraceStep& step : steps)
        for (const TraceTerm& term : step.terms)
          for (std::size_t k = 0; k < x.size(); ++k)
            if (term.to == x[k].line() && term.number == term.of)
              CHECK(*tape[term.adjoint].value == gradients[k].value());
    }
}

TEST_CASE("a trace numbers the terms of a line that is used three times") {
  Tape tape;
  const Var u = tape.variable(Tensor{2});
  const Var p = u * u, L = p + u;
  const std::vector<TraceStep> steps = trace(L);
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].line == L.line());
  REQUIRE(steps[0].terms.size() == 2);
  CHECK(steps[0].terms[0].to == p.line());
  CHECK(steps[0].terms[1].number == 1);
  CHECK(steps[0].terms[1].of == 3);
  REQUIRE(steps[1].terms.size() == 2);
  CHECK(steps[1].terms[0].input == 0);
  CHECK(steps[1].terms[1].input == 1);
  CHECK(steps[1].terms[1].number == 3);
  CHECK((*tape[steps[1].terms[1].adjoint].value)(0) == 5);
}
