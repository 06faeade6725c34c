#include <xgrad/teach/explain.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <xgrad/core/detail/words.hpp>
#include <xgrad/teach/trace.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

std::string norm_of(const Tensor& x) {
  double squares = 0;
  for (const Real a : x) squares += double{a} * a;
  return text(std::sqrt(squares));
}

// The part of a rule that is for input k: "b̄ += ȳ a" of "ā += ȳ b,  b̄ += ȳ a". What begins with no adjoint is for all.
std::string rule_for(std::string_view rule, std::size_t k) {
  static constexpr std::array<std::string_view, 3> adjoints{"ā", "b̄", "c̄"};
  constexpr std::string_view comma = ",  ";
  std::string result;
  while (!rule.empty()) {
    const std::size_t end = rule.find(comma);
    const std::string_view part = rule.substr(0, end);
    const auto begins = [&](std::string_view adjoint) { return part.substr(0, adjoint.size()) == adjoint; };
    if (begins(adjoints[k]) || std::none_of(adjoints.begin(), adjoints.end(), begins))
      result += text(result.empty() ? "" : ", ", part);
    rule = end == std::string_view::npos ? "" : rule.substr(end + comma.size());
  }
  return printable(result);
}

// The lines that line y reads, directly or not.
std::vector<bool> lines_of(const Tape& tape, std::uint32_t y) {
  std::vector<bool> read(y + 1);
  read[y] = true;
  for (std::uint32_t line = y + 1; line-- > 0;)
    for (std::size_t k = 0; read[line] && tape[line].op != nullptr && k < tape[line].op->forward.arity(); ++k)
      read[tape[line].inputs[k]] = true;
  return read;
}

std::string backward(const Tape& tape, const TraceStep& step) {
  std::string result = text("      ȳ = ", range_of(*tape[step.adjoint].value), '\n');
  for (const TraceTerm& term : step.terms)
    result += text("      to ", "abc"[term.input], ", line ", term.to, ": ",
                   rule_for(tape[step.line].op->rule, term.input), " gives ", range_of(*tape[term.value].value), "; ",
                   term.number, " of ", term.of, term.of == 1 ? " contribution arrived" : " contributions arrived",
                   ", sum ", range_of(*tape[term.adjoint].value), '\n');
  return result;
}

}  // namespace

std::string explain(Var y) {
  const std::vector<TraceStep> steps = trace(y);
  const Tape& tape = y.tape();
  const std::vector<bool> shown = lines_of(tape, y.line());
  using Row = std::array<std::string, 5>;
  std::vector<Row> rows{{"#", "operation", "a b c", "shape", "value"}};
  std::vector<std::string> below{""};  // what the sweep did, under each row
  for (std::uint32_t line = 0; line <= y.line(); ++line) {
    if (!shown[line]) continue;
    const Tape::Record& record = tape[line];
    std::string inputs;
    for (std::size_t k = 0; record.op != nullptr && k < record.op->forward.arity(); ++k)
      inputs += text(k == 0 ? "" : " ", record.inputs[k]);
    rows.push_back({text(line), line_name(tape, line), inputs, text(record.value->shape()), range_of(*record.value)});
    const auto step = std::find_if(steps.begin(), steps.end(), [&](const TraceStep& s) { return s.line == line; });
    below.push_back(step == steps.end() ? "" : backward(tape, *step));
  }
  std::array<std::size_t, 5> width{};
  for (const Row& row : rows)
    for (std::size_t k = 0; k + 1 < row.size(); ++k) width[k] = std::max(width[k], characters(row[k]) + 2);
  std::string table;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t k = 0; k < rows[i].size(); ++k)
      table += rows[i][k] + std::string(std::max(width[k], characters(rows[i][k])) - characters(rows[i][k]), ' ');
    table += '\n' + below[i];
  }
  return table;
}

std::string to_dot(Var y) {
  const std::vector<TraceStep> steps = trace(y);
  const Tape& tape = y.tape();
  constexpr std::uint32_t none = ~std::uint32_t{0};
  std::vector<std::uint32_t> adjoints(y.line() + 1, none);
  for (const TraceStep& step : steps) {
    adjoints[step.line] = step.adjoint;
    for (const TraceTerm& term : step.terms) adjoints[term.to] = term.adjoint;
  }
  const std::vector<bool> shown = lines_of(tape, y.line());
  std::string graph = "digraph trace {\n  rankdir=LR\n  node [shape=box]\n";
  for (std::uint32_t line = 0; line <= y.line(); ++line) {
    if (!shown[line]) continue;
    const Tape::Record& record = tape[line];
    const std::string label =
        text(line, ' ', line_name(tape, line), ' ', record.value->shape(), "  |y| ", norm_of(*record.value));
    graph += text("  n", line, " [label=",
                  quoted(adjoints[line] == none ? label : text(label, "  |ȳ| ", norm_of(*tape[adjoints[line]].value))),
                  record.op == nullptr ? " shape=ellipse]\n" : "]\n");
    for (std::size_t k = 0; record.op != nullptr && k < record.op->forward.arity(); ++k)
      graph += text("  n", record.inputs[k], " -> n", line, '\n');
  }
  for (const TraceStep& step : steps)
    for (const TraceTerm& term : step.terms)
      graph +=
          text("  n", step.line, " -> n", term.to,
               " [color=red style=dashed constraint=false label=", quoted(norm_of(*tape[term.value].value)), "]\n");
  return graph + "}\n";
}

}  // namespace xgrad::inline XGRAD_PRECISION
