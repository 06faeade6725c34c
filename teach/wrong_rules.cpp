#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>

#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/teach/detail/causes.hpp>

// Mistakes in what one line hands on: its pullback is run again, with another matrix, another residual or none of the
// derivative. The difference from the right term goes on to the parameters by sweeps of its own, for a sweep is linear
// in its seed.

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// A term that a line hands to one of its inputs.
struct Handed {
  const TraceStep& step;
  const TraceTerm& term;
};

// What is handed on by a wrong rule, of the input's shape, given what the right one reads; nothing if it is right.
using WrongRule = std::function<std::optional<Var>(const Handed& handed, Pull given)>;

bool is_2d(Var x) { return x.shape().size() == 2; }
bool is_square_matrix(Var x) { return is_2d(x) && x.shape(0) == x.shape(1); }
bool is_product(const Tape::Record& y) { return is_op(y, "linear") || is_op(y, "matmul"); }

Var pulled(const Tape::Record& y, std::size_t input, const Pull& given, const Shape& shape) {
  const Var term = y.op->pull(input)(given);
  return term.shape() == shape ? term : sum_to(term, shape);
}

Var& input_of(Pull& given, std::size_t k) { return k == 0 ? given.a : k == 1 ? given.b : given.c; }

// What the gradients have beside the right ones if some lines have a wrong rule.
class Rules {
 public:
  Rules(const std::vector<TraceStep>& steps, const std::vector<Var>& x, const std::vector<Tensor>& right,
        std::vector<std::vector<Mistake>>& all)
      : steps(steps), x(x), right(right), all(all), tape(x[0].tape()) {}

  // Adds the mistake to all parameters; to none if no line has the wrong rule.
  void add(Cause cause, const std::string& says, const WrongRule& wrong) {
    std::vector<std::pair<Var, Var>> extra;  // a line, and what its adjoint has beside the right one
    std::vector<Tensor> result = right;
    for (const TraceStep& step : steps) {
      const Tape::Record y = tape[step.line];
      std::optional<Var> adjoint;
      for (const TraceTerm& term : step.terms) {
        if (!adjoint) adjoint = adjoint_of(step, extra);
        const auto input = [&](std::size_t k) { return k < y.op->forward.arity() ? tape.var(y.inputs[k]) : Var(); };
        const Pull given{*adjoint, tape.var(step.line), input(0), input(1), input(2), y.with};
        const std::optional<Var> handed = wrong({step, term}, given);
        if (!handed) continue;
        const Var to = tape.var(term.to), more = *handed - pulled(y, term.input, given, to.shape());
        extra.emplace_back(to, more);
        const std::vector<Var> gradients = vjp(to, x, more);
        for (std::size_t k = 0; k < x.size(); ++k) result[k] += gradients[k].value();
      }
    }
    if (extra.empty()) return;
    for (std::size_t k = 0; k < x.size(); ++k) all[k].push_back({cause, says, std::move(result[k])});
  }

  const std::vector<TraceStep>& steps;
  const std::vector<Var>& x;
  const std::vector<Tensor>& right;
  std::vector<std::vector<Mistake>>& all;
  Tape& tape;

 private:
  Var adjoint_of(const TraceStep& step, const std::vector<std::pair<Var, Var>>& extra) const {
    Var adjoint = tape.var(step.adjoint);
    for (const auto& [y, seed] : extra)
      if (y.line() >= step.line) adjoint = adjoint + vjp(y, {tape.var(step.line)}, seed)[0];
    return adjoint;
  }
};

// relu, also written as maximum(x, 0)
bool is_relu(const Tape& tape, const Tape::Record& record) {
  if (is_op(record, "relu")) return true;
  if (!is_op(record, "maximum") || tape[record.inputs[1]].active) return false;
  if (record.value->shape() != tape[record.inputs[0]].value->shape()) return false;
  const Tensor& bound = *tape[record.inputs[1]].value;
  return std::all_of(bound.begin(), bound.end(), [](Real x) { return x == 0; });
}

// A product with a constant mask, as of dropout: some elements are 0, the others equal. Returns these, or 0.
Real mask_of(const Tape& tape, const Tape::Record& record) {
  if (!is_op(record, "multiply")) return 0;
  const std::size_t k = tape[record.inputs[0]].active ? 1 : 0;
  const Tape::Record &mask_line = tape[record.inputs[k]], &masked = tape[record.inputs[1 - k]];
  if (mask_line.active || masked.value->shape() != record.value->shape()) return 0;
  const Tensor& mask = *mask_line.value;
  const Real scale = mask.size() == 0 ? 0 : *std::max_element(mask.begin(), mask.end());
  const auto dropped = static_cast<std::size_t>(std::count(mask.begin(), mask.end(), Real{0}));
  const auto kept = static_cast<std::size_t>(std::count(mask.begin(), mask.end(), scale));
  return scale > 0 && dropped > 0 && dropped + kept == mask.size() ? scale : 0;
}

// The derivative of an activation, or a mask, is not applied: at one line, or at all.
void add_masks(Rules& rules) {
  const Tape& tape = rules.tape;
  std::vector<std::uint32_t> relus, others, masks;
  for (const TraceStep& step : rules.steps) {
    const Tape::Record& y = tape[step.line];
    if (step.terms.empty()) continue;
    if (is_relu(tape, y)) relus.push_back(step.line);
    if (is_op(y, "tanh") || is_op(y, "sigmoid") || is_op(y, "softplus") || is_op(y, "elu")) others.push_back(step.line);
    if (mask_of(tape, y) > 0) masks.push_back(step.line);
  }
  const auto add = [&](const std::string& derivative, const std::vector<std::uint32_t>& some, bool scaled = false) {
    std::string lines;
    for (const std::uint32_t line : some) lines += (lines.empty() ? "" : ", ") + named(tape, line);
    rules.add(Cause::missing_mask, text("missing mask: ", derivative, " is not applied at ", lines),
              [&](const Handed& handed, Pull given) -> std::optional<Var> {
                if (std::find(some.begin(), some.end(), handed.step.line) == some.end()) return std::nullopt;
                return scaled ? given.g * mask_of(tape, tape[handed.step.line]) : given.g;
              });
  };
  const std::string step = "the derivative of relu, 1 where x > 0 and 0 elsewhere,";
  for (const std::uint32_t line : relus) add(step, {line});
  if (relus.size() > 1) add(step, relus);
  for (const std::uint32_t line : others) add(text("the derivative of ", tape[line].op->name), {line});
  for (const std::uint32_t line : masks) add("the mask", {line}), add("the mask", {line}, true);
  std::vector<std::uint32_t> both = relus;
  both.insert(both.end(), others.begin(), others.end());
  if (both.size() > relus.size() && both.size() > 1) add("the derivative of the activation", both);
}

// Another derivative in its place: the mask of another line, or the inverted one, or a function of x for one of y.
void add_other_derivatives(Rules& rules) {
  Tape& tape = rules.tape;
  const auto at = [&](std::uint32_t line, const std::string& says, const std::function<Var(Pull)>& wrong) {
    rules.add(Cause::missing_mask, text("missing mask: at ", named(tape, line), ' ', says),
              [&](const Handed& handed, const Pull& given) -> std::optional<Var> {
                return handed.step.line == line ? std::optional(wrong(given)) : std::nullopt;
              });
  };
  for (const TraceStep& step : rules.steps) {
    const Tape::Record y = tape[step.line];
    if (step.terms.empty()) continue;
    if (is_op(y, "tanh") || is_op(y, "sigmoid"))
      at(step.line,
         text(is_op(y, "tanh") ? "1 - x^2" : "x (1 - x)", " is applied, of the input x; the derivative is ",
              is_op(y, "tanh") ? "1 - y^2" : "y (1 - y)", ", of the result y"),
         [&](Pull given) {
           given.y = given.a;
           return y.op->pull(0)(given);
         });
    if (!is_op(y, "relu")) continue;
    at(step.line, "1 where x < 0 is applied; the derivative is 1 where x > 0",
       [](const Pull& given) { return given.g - gate(given.g, given.a); });
    for (const TraceStep& other : rules.steps) {
      const Tape::Record o = tape[other.line];
      if (other.line == step.line || !is_op(o, "relu") || o.value->shape() != y.value->shape()) continue;
      at(step.line, "the mask of " + named(tape, other.line) + " is applied",
         [&](const Pull& given) { return gate(given.g, tape.var(o.inputs[0])); });
    }
  }
}

// A matrix product that reads its other matrix transposed, which only a square one allows; and a term that is
// transposed, beside others that are not.
void add_transposed(Rules& rules) {
  Tape& tape = rules.tape;
  for (const TraceStep& step : rules.steps)
    for (const TraceTerm& term : step.terms) {
      const Tape::Record y = tape[step.line];
      if (!is_product(y) || term.input > 1) continue;
      const Var other = tape.var(y.inputs[1 - term.input]);
      const auto add = [&](const std::string& says, const std::function<Var(Pull)>& wrong) {
        rules.add(Cause::transposed, "transposed: " + says,
                  [&](const Handed& handed, const Pull& given) -> std::optional<Var> {
                    const bool here = handed.step.line == step.line && handed.term.input == term.input;
                    return here ? std::optional(wrong(given)) : std::nullopt;
                  });
      };
      if (is_square_matrix(other) && is_2d(tape.var(term.to)))
        add(text("at ", named(tape, step.line), ' ',
                 term.input == 0 ? "ȳ b is handed on, not ȳ b^T" : "a ȳ, not a^T ȳ"),
            [&](Pull given) {
              input_of(given, 1 - term.input) = transpose(other);
              return y.op->pull(term.input)(given);
            });
      if (term.of > 1 && tape[term.to].op == nullptr && is_square_matrix(tape.var(term.to)))
        add("the term that comes through " + named(tape, step.line) + " is",
            [&](const Pull& given) { return transpose(y.op->pull(term.input)(given)); });
    }
}

// A residual with every target and every prediction: (n, 1) with (n,) is a table. Its sum along an axis stands where
// the residual should.
void add_residual_tables(Rules& rules) {
  Tape& tape = rules.tape;
  for (const TraceStep& step : rules.steps) {
    const Tape::Record y = tape[step.line];
    const bool mse = is_op(y, "mean_squared_error");
    const Tape::Record& difference = tape[mse ? step.line : y.op != nullptr ? y.inputs[0] : step.line];
    if (!mse && (!is_op(y, "square") || !is_op(difference, "subtract"))) continue;
    const Var a = tape.var(difference.inputs[0]), b = tape.var(difference.inputs[1]);
    const std::size_t n = a.value().size();
    if (n < 2 || b.shape() != a.shape() || *std::max_element(a.shape().begin(), a.shape().end()) != n) continue;
    for (const bool each_first : {true, false})
      for (const bool averaged : {false, true}) {
        const Real scale = averaged ? Real{1} : static_cast<Real>(n);
        const Var total = mean(each_first ? b : a), residual = scale * (each_first ? a - total : total - b);
        rules.add(Cause::outer_product,
                  text("outer product: (", n, ", 1) with (", n, ",) is broadcast to a table of ", n, " x ", n,
                       "; the residual has every target with every prediction"),
                  [&](const Handed& handed, Pull given) -> std::optional<Var> {
                    if (handed.step.line != step.line) return std::nullopt;
                    if (mse && handed.term.input == 0) given.a = given.b + residual;
                    if (mse && handed.term.input == 1) given.b = given.a - residual;
                    if (!mse) given.a = residual;
                    return tape[handed.step.line].op->pull(handed.term.input)(given);
                  });
      }
  }
}

// The term of a parameter is that of the first or the last example alone.
void add_single_examples(Rules& rules) {
  Tape& tape = rules.tape;
  for (std::size_t k = 0; k < rules.x.size(); ++k)
    for (const TraceStep& step : rules.steps)
      for (const TraceTerm& term : step.terms) {
        const Var adjoint = tape.var(step.adjoint);
        if (term.to != rules.x[k].line() || adjoint.shape().empty() || adjoint.shape(0) < 2) continue;
        if (!is_product(tape[step.line]) && tape[term.value].value->size() >= adjoint.value().size()) continue;
        const std::size_t n = adjoint.shape(0);
        for (const std::size_t example : {std::size_t{0}, n - 1}) {
          const Var alone = pad(rows(adjoint, example, example + 1), 0, example, n);
          const Tape::Record y = tape[step.line];
          const auto input = [&](std::size_t i) { return i < y.op->forward.arity() ? tape.var(y.inputs[i]) : Var(); };
          const Pull given{alone, tape.var(step.line), input(0), input(1), input(2), y.with};
          const Tensor wrong = pulled(y, term.input, given, tape[term.to].value->shape()).value();
          rules.all[k].push_back({Cause::not_reduced,
                                  text("not reduced: it is that of the ", example == 0 ? "first" : "last",
                                       " example alone; the sum over the batch is missing"),
                                  rules.right[k] - *tape[term.value].value + wrong});
        }
      }
}

// Parameters made their steps before the lines above got their adjoints, but after the loss was computed.
void add_steps_within(Rules& rules, const std::vector<std::string>& names, const std::vector<Tensor>& stepped) {
  Tape& tape = rules.tape;
  const auto add = [&](const std::string& says, const auto& moves) {
    rules.add(Cause::updated,
              text("updated: it is right if ", says,
                   " made a step before the adjoint went back; compute all gradients first, then update"),
              [&](const Handed& handed, Pull given) -> std::optional<Var> {
                const Tape::Record y = tape[handed.step.line];  // a copy, for recording may move the list
                bool other = false;
                for (std::size_t m = 0; m < rules.x.size(); ++m)
                  for (std::size_t k = 0; k < y.op->forward.arity(); ++k) {
                    if (y.inputs[k] != rules.x[m].line() || k == handed.term.input || !moves(m)) continue;
                    if (stepped[m].shape() != rules.x[m].shape()) continue;
                    input_of(given, k) = tape.constant(stepped[m]), other = true;
                  }
                if (!other) return std::nullopt;
                return pulled(y, handed.term.input, given, tape[handed.term.to].value->shape());
              });
  };
  for (std::size_t m = 0; m < rules.x.size(); ++m) add(names[m], [m](std::size_t other) { return other == m; });
  add("all parameters", [](std::size_t) { return true; });
}

}  // namespace

void add_wrong_rules(const std::vector<TraceStep>& steps, const std::vector<Var>& x, const std::vector<Tensor>& right,
                     const std::vector<std::string>& names, const std::vector<Tensor>& stepped,
                     std::vector<std::vector<Mistake>>& all) {
  Rules rules(steps, x, right, all);
  add_residual_tables(rules);
  add_transposed(rules);
  add_single_examples(rules);
  add_masks(rules);
  add_other_derivatives(rules);
  if (!stepped.empty()) add_steps_within(rules, names, stepped);
}

}  // namespace xgrad::inline XGRAD_PRECISION
