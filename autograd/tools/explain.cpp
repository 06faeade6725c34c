#include <xgrad/autograd/tools/explain.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

std::string name_of(const Tape& tape, std::size_t line) {
  const Tape::Record& record = tape[line];
  if (record.op != nullptr && record.op->attributes == nullptr) return printable(record.op->name);
  if (record.op != nullptr) return printable(text(record.op->name, ' ', record.op->attributes(record.with)));
  if (record.parameter != nullptr) return printable(record.parameter->label);
  return record.active ? "variable" : "constant";
}

// The least and the greatest number, or the one that all are; a NaN among them, which is neither, is told.
std::string summary(const Tensor& x) {
  if (x.size() == 0) return "nothing";
  Real least = NAN, greatest = NAN;
  bool has_nan = false;
  for (const Real a : x) {
    has_nan |= std::isnan(a);
    least = std::fmin(least, a), greatest = std::fmax(greatest, a);  // which pass over NaN
  }
  const std::string range = least < greatest ? text(least, " .. ", greatest) : text(least);
  return has_nan && !std::isnan(least) ? range + ", nan" : range;
}

// How many characters a text of UTF-8 has.
std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string input_of(const Tape::Record& record, std::size_t k) {
  return record.op != nullptr && k < record.op->forward.arity() ? std::to_string(record.inputs[k]) : "";
}

// A label within quotes: what would end it is escaped.
std::string quoted(const std::string& label) {
  std::string result;
  for (const char c : label) {
    if (c == '"' || c == '\\') result.push_back('\\');
    result.push_back(c);
  }
  return text('"', result, '"');
}

}  // namespace

std::string explain(const Tape& tape) {
  constexpr std::size_t columns = 9, first_input = 3, last_input = 5;
  using Row = std::array<std::string, columns>;
  std::vector<Row> rows{{"", "#", "operation", "a", "b", "c", "shape", "value", "rule"}};
  for (std::size_t line = 0; line < tape.size(); ++line) {
    const Tape::Record& record = tape[line];
    rows.push_back({record.swept ? "|" : "", std::to_string(line), name_of(tape, line), input_of(record, 0),
                    input_of(record, 1), input_of(record, 2), text(record.value->shape()), summary(*record.value),
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
    graph += text("  n", line, " [label=", quoted(text(line, " ", name_of(tape, line), " ", record.value->shape())));
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
    inputs += text(k == 0 ? "" : ", ", "line ", input, " (", name_of(tape, input), ") ", tape[input].value->shape(),
                   " = ", summary(*tape[input].value));
  }
  throw ValueError(text(name_of(tape, line), " (line ", line, record.op != nullptr ? ") gave " : ") holds ", *bad,
                        " at element ", bad - y.begin(), " of ", y.shape(),
                        inputs.empty() ? "" : "; its inputs: ", inputs));
}

}  // namespace xgrad::inline XGRAD_PRECISION
