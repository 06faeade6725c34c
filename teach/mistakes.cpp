#include <algorithm>
#include <cmath>
#include <set>

#include <xgrad/autograd/gradient.hpp>
#include <xgrad/teach/detail/causes.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// The sum over the rows of x, (n, k), for each of its columns.
std::vector<double> column_sums(const Tensor& x) {
  std::vector<double> sums(x.shape(1));
  for (std::size_t i = 0; i < x.size(); ++i) sums[i % sums.size()] += x.data()[i];
  return sums;
}

double sum_of(const Tensor& x) {
  double total = 0;
  for (const Real a : x) total += a;
  return total;
}

// A term is a sum over n samples: a^T b, or the sum of p q. With every a_i times every b_j in place of a_i b_i it is
// the product of two sums. Returns n, or 0 for a term that is no such sum.
std::size_t outer_product(const Tape& tape, std::uint32_t line, Tensor& term) {
  while (is_op(tape[line], "reshape")) line = tape[line].inputs[0];
  const Tape::Record& record = tape[line];
  if (is_op(record, "matmul_tn")) {
    const Tensor &a = *tape[record.inputs[0]].value, &b = *tape[record.inputs[1]].value;
    if (a.dimension() != 2 || b.dimension() != 2) return 0;
    const std::vector<double> u = column_sums(a), v = column_sums(b);
    if (term.size() != u.size() * v.size()) return 0;
    for (std::size_t i = 0; i < term.size(); ++i) term.data()[i] = static_cast<Real>(u[i / v.size()] * v[i % v.size()]);
    return a.shape(0);
  }
  if (!is_op(record, "sum_to") || term.size() != 1 || !is_op(tape[record.inputs[0]], "multiply")) return 0;
  const Tape::Record& product = tape[record.inputs[0]];
  const Tensor &p = *tape[product.inputs[0]].value, &q = *tape[product.inputs[1]].value;
  if (p.size() != q.size()) return 0;
  *term.data() = static_cast<Real>(sum_of(p) * sum_of(q));
  return p.size();
}

Tensor transposed(const Tensor& x) {
  Tensor y = zeros({x.shape(1), x.shape(0)});
  for (std::size_t i = 0; i < x.size(); ++i) y.data()[i % x.shape(1) * x.shape(0) + i / x.shape(1)] = x.data()[i];
  return y;
}

// The paths that leave a line which is read more than once.
void add_paths(const std::vector<TraceStep>& steps, const std::vector<Var>& x, const std::vector<Tensor>& right,
               std::vector<std::vector<Mistake>>& all) {
  Tape& tape = x[0].tape();
  constexpr std::size_t most_terms = 6, most_inner = 100;
  std::size_t inner = 0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    std::vector<TraceTerm> terms;
    for (const TraceStep& step : steps)
      for (const TraceTerm& term : step.terms)
        if (term.to == x[k].line()) terms.push_back(term);
    if (terms.size() > most_terms) continue;
    for (std::size_t subset = 1; subset < std::size_t{1} << terms.size(); ++subset) {
      Tensor rest = right[k];
      std::string lines;
      for (std::size_t t = 0; t < terms.size(); ++t) {
        if ((subset >> t & 1) == 0) continue;
        rest -= *tape[terms[t].value].value;
        lines += (lines.empty() ? "" : " and ") + named(tape, terms[t].from);
      }
      if (subset + 1 == std::size_t{1} << terms.size()) rest.fill(0);
      all[k].push_back({Cause::missing_path, "missing path: the term that comes through " + lines, std::move(rest)});
    }
  }
  for (const TraceStep& step : steps)
    for (const TraceTerm& term : step.terms) {
      if (term.of < 2 || tape[term.to].op == nullptr || ++inner > most_inner) continue;
      const std::vector<Var> part = vjp(tape.var(term.to), x, tape.var(term.value));
      for (std::size_t k = 0; k < x.size(); ++k)
        all[k].push_back({Cause::missing_path,
                          text("missing path: what ", named(tape, term.from), " hands to ", named(tape, term.to)),
                          right[k] - part[k].value()});
    }
}

}  // namespace

std::vector<std::vector<Mistake>> mistakes_of(Var loss, const std::vector<Var>& x, const std::vector<Tensor>& right,
                                              const std::vector<std::string>& names,
                                              const std::vector<Tensor>& stepped) {
  Tape& tape = loss.tape();
  std::vector<std::vector<Mistake>> all(x.size());
  const std::vector<TraceStep> steps = trace(loss);
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (right[k].dimension() == 2 && right[k].size() > 1)
      all[k].push_back({Cause::transposed, "transposed: yours is the gradient's transpose", transposed(right[k])});
    for (const TraceStep& step : steps)
      for (const TraceTerm& term : step.terms) {
        if (term.to != x[k].line()) continue;
        Tensor table = *tape[term.value].value;
        const std::size_t n = outer_product(tape, term.value, table);
        if (n > 1)
          all[k].push_back({Cause::outer_product,
                            text("outer product: (", n, ", 1) with (", n, ",) is broadcast to a table of ", n, " x ", n,
                                 "; you summed ", n * n, " products in place of ", n),
                            right[k] - *tape[term.value].value + table});
      }
  }
  add_paths(steps, x, right, all);
  add_wrong_rules(steps, x, right, names, stepped, all);
  return all;
}

std::vector<std::size_t> counts_of(const Tape& tape, std::size_t end) {
  std::set<std::size_t> counts;
  for (std::size_t line = 0; line < end; ++line) {
    const Tape::Record& y = tape[line];
    if (!is_op(y, "sum_to") && !is_op(y, "mean_squared_error") && !is_op(y, "softmax_cross_entropy")) continue;
    const Tensor& a = *tape[y.inputs[0]].value;
    if (a.size() == 0 || y.value->size() == 0 || a.dimension() == 0) continue;
    counts.insert({a.size() / y.value->size(), a.shape(0), a.size() / a.shape(0)});
  }
  counts.erase(1);
  return {counts.begin(), counts.end()};
}

std::size_t kinks_of(const Tape& tape, std::size_t end) {
  const double near = sizeof(Real) == sizeof(double) ? 1e-9 : 1e-5;
  std::size_t kinks = 0;
  for (std::size_t line = 0; line < end; ++line) {
    const Tape::Record& y = tape[line];
    if (y.op == nullptr || !y.active) continue;
    const Tensor& a = *tape[y.inputs[0]].value;
    const auto count = [&](const auto& difference, std::size_t allowed) {
      std::size_t zeros_found = 0;
      for (const double d : difference) zeros_found += std::abs(d) <= near;
      kinks += zeros_found - std::min(zeros_found, allowed);
    };
    if (is_op(y, "relu") || is_op(y, "abs") || is_op(y, "elu")) count(a, 0);
    if (is_op(y, "maximum") || is_op(y, "minimum") || is_op(y, "greater"))
      count(Tensor(a - *tape[y.inputs[1]].value), 0);
    if (is_op(y, "max_to")) count(Tensor(a - *y.value), y.value->size());
    if (is_op(y, "clip"))
      for (const std::size_t k : {1, 2}) count(Tensor(a - *tape[y.inputs[k]].value), 0);
  }
  return kinks;
}

}  // namespace xgrad::inline XGRAD_PRECISION
