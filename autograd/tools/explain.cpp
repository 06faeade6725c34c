#include <xgrad/autograd/tools/explain.hpp>

#include <algorithm>
#include <array>

#include <xgrad/core/detail/words.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

std::string input_of(const Tape::Record& record, std::size_t k) {
  return record.op != nullptr && k < record.op->forward.arity() ? std::to_string(record.inputs[k]) : "";
}

}  // namespace

std::string line_name(const Tape& tape, std::size_t line) {
  const Tape::Record& record = tape[line];
  if (record.op != nullptr && record.op->attributes == nullptr) return printable(record.op->name);
  if (record.op != nullptr) return printable(text(record.op->name, ' ', record.op->attributes(record.with)));
  if (record.parameter != nullptr) return printable(record.parameter->label);
  return record.active ? "variable" : "constant";
}

std::string explain(const Tape& tape) {
  constexpr std::size_t columns = 9, first_input = 3, last_input = 5;
  using Row = std::array<std::string, columns>;
  std::vector<Row> rows{{"", "#", "operation", "a", "b", "c", "shape", "value", "rule"}};
  for (std::size_t line = 0; line < tape.size(); ++line) {
    const Tape::Record& record = tape[line];
    rows.push_back({record.swept ? "|" : "", std::to_string(line), line_name(tape, line), input_of(record, 0),
                    input_of(record, 1), input_of(record, 2), text(record.value->shape()), range_of(*record.value),
                    record.op != nullptr ? printable(record.op->rule) : ""});
  }
  std::array<std::size_t, columns> width{};
  for (const Row& row : rows)
    for (std::size_t k = 0; k < row.size(); ++k) width[k] = std::max(width[k], characters(row[k]));
  std::string table;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t k = 0; k < row.size(); ++k) {
      if (width[k] == 0) continue;
      const std::size_t gap = k >= first_input && k < last_input ? 1 : 2;  // the inputs stand close together: a b c
      line += row[k] + std::string(width[k] - characters(row[k]) + gap, ' ');
    }
    table += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return table;
}

std::string to_dot(const Tape& tape) {
  std::string graph = "digraph tape {\n  rankdir=LR\n  node [shape=box]\n";
  for (std::size_t line = 0; line < tape.size(); ++line) {
    const Tape::Record& record = tape[line];
    graph += text("  n", line, " [label=", quoted(text(line, " ", line_name(tape, line), " ", record.value->shape())));
    graph += text(record.op == nullptr ? " shape=ellipse" : "", record.swept ? " style=dashed" : "", "]\n");
    for (std::size_t k = 0; record.op != nullptr && k < record.op->forward.arity(); ++k)
      graph += text("  n", record.inputs[k], " -> n", line, record.swept ? " [style=dashed]\n" : "\n");
  }
  return graph + "}\n";
}

void require_finite(const Tape& tape, std::uint32_t line) {
  const Tape::Record& record = tape[line];
  const Tensor& y = *record.value;
  const auto bad = std::find_if(y.begin(), y.end(), [](Real x) { return !std::isfinite(x); });
  if (bad == y.end()) return;
  std::string inputs;
  for (std::size_t k = 0; record.op != nullptr && k < record.op->forward.arity(); ++k) {
    const std::uint32_t input = record.inputs[k];
    inputs += text(k == 0 ? "" : ", ", "line ", input, " (", line_name(tape, input), ") ", tape[input].value->shape(),
                   " = ", range_of(*tape[input].value));
  }
  throw ValueError(text(line_name(tape, line), " (line ", line, record.op != nullptr ? ") gave " : ") holds ", *bad,
                        " at element ", bad - y.begin(), " of ", y.shape(),
                        inputs.empty() ? "" : "; its inputs: ", inputs));
}

}  // namespace xgrad::inline XGRAD_PRECISION
