#include <xgrad/teach/lints.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <ostream>
#include <string_view>

#include <xgrad/teach/detail/lines.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// A reader of one line, which it notes at most once for each kind.
struct Reader {
  const Tape& tape;
  const LintOptions& options;
  std::uint32_t line;
  std::vector<Lint>& notes;

  const Tape::Record& record() const { return tape[line]; }
  const Tape::Record& input(std::size_t k) const { return tape[record().inputs[k]]; }
  const Tensor& value(std::size_t k) const { return *input(k).value; }
  bool is(std::string_view name) const { return record().op->name == name; }
  template <class... Parts>
  void note(LintKind kind, const Parts&... parts) const {
    notes.push_back({line, kind, text(record().op->name, ": ", parts...)});
  }

  void read() const { growing_broadcast(), labels(), probabilities(), logits(), dead_units(), first_loss(); }
  void growing_broadcast() const;
  void labels() const;
  void probabilities() const;
  void logits() const;
  void dead_units() const;
  void first_loss() const;
};

bool is_probability(Real x) { return x >= 0 && x <= 1; }

// Whether the rows along the last axis are probabilities whose sum is 1.
bool are_distributions(const Tensor& x) {
  if (x.dimension() == 0 || x.size() == 0 || x.shape().back() < 2) return false;
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!is_probability(x.data()[i])) return false;
    sum += x.data()[i];
    if ((i + 1) % x.shape().back() != 0) continue;
    if (std::abs(sum - 1) > 1e-4) return false;
    sum = 0;
  }
  return true;
}

void Reader::growing_broadcast() const {
  constexpr std::string_view elementwise[] = {"multiply", "add",     "subtract", "divide", "pow",
                                              "maximum",  "minimum", "greater",  "equal"};
  if (std::find(std::begin(elementwise), std::end(elementwise), record().op->name) == std::end(elementwise)) return;
  const Tensor &a = value(0), &b = value(1);
  if (record().value->size() <= std::max(a.size(), b.size())) return;
  if (is_op(input(0), "reshape") || is_op(input(1), "reshape")) return;  // whoever wrote it gave the axes
  note(LintKind::growing_broadcast, a.shape(), " with ", b.shape(), " is broadcast to ", record().value->shape(),
       ", more elements than both; if every pair is meant, write outer()");
}

void Reader::labels() const {
  const bool are_first = is("softmax_cross_entropy");
  if (!are_first && !is("take_along_axis") && !is("one_hot")) return;
  const Tensor& labels = value(are_first ? 0 : 1);
  const Tensor& table = is("one_hot") ? *record().value : value(are_first ? 1 : 0);
  const auto classes = static_cast<double>(table.shape().back());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double label = labels.data()[i];
    if (label >= 0 && label < classes && label == std::floor(label)) continue;
    return note(LintKind::bad_label, "label ", label, " at row ", i, " is not an integer from 0 to ", classes - 1);
  }
}

void Reader::probabilities() const {
  const bool from_sigmoid = is("softplus") && is_op(input(0), "sigmoid");
  const std::size_t k = is("softmax_cross_entropy") ? 1 : 0;
  if (from_sigmoid || ((k == 1 || is("log_softmax")) && are_distributions(value(k))))
    note(LintKind::probabilities, "it takes logits, and line ", record().inputs[k],
         from_sigmoid ? " is the result of sigmoid" : " has rows of probabilities", "; the loss applies its own ",
         from_sigmoid ? "sigmoid" : "softmax");
}

// A loss of probabilities p divides them by their sum, may take those of the labels, and keeps them within
// 1e-7 .. 1 - 1e-7: the last is how one is recognised.
void Reader::logits() const {
  if (!is("clip") || value(1).size() != 1 || value(2).size() != 1) return;
  if (*value(1).data() != Real(1e-7) || *value(2).data() != Real(1 - 1e-7)) return;
  std::uint32_t p = record().inputs[0];
  if (is_op(tape[p], "take_along_axis")) p = tape[p].inputs[0];
  bool normalised = false;
  if (is_op(tape[p], "divide")) {
    const Tape::Record& sums = tape[tape[p].inputs[1]];
    normalised = is_op(sums, "sum_to") && sums.inputs[0] == tape[p].inputs[0];
    if (normalised) p = tape[p].inputs[0];
  }
  const Tensor& x = *tape[p].value;
  if (normalised ? are_distributions(x) : std::all_of(x.begin(), x.end(), is_probability)) return;
  note(LintKind::logits, "the loss takes probabilities, and line ", p,
       normalised ? " has rows that are none, or whose sum is not 1" : " has numbers that are not between 0 and 1",
       "; for logits there is the loss with _from_logits");
}

void Reader::dead_units() const {
  if (!is("relu") || record().value->dimension() < 2) return;
  const Tensor& y = *record().value;
  const std::size_t units = y.shape().back(), rows = units == 0 ? 0 : y.size() / units;
  if (rows < 2) return;
  std::string dead;
  std::size_t count = 0;
  for (std::size_t unit = 0; unit < units; ++unit) {
    bool lives = false;
    for (std::size_t row = 0; row < rows; ++row) lives |= y.data()[row * units + unit] != 0;
    if (lives) continue;
    if (++count <= 10) dead += text(count == 1 ? "" : ", ", unit);
  }
  if (count > 0)
    note(LintKind::dead_units, count, " of ", units, " units are 0 for all ", rows, " rows: ", dead,
         count > 10 ? ", ..." : "", "; no gradient comes through them");
}

void Reader::first_loss() const {
  if (!options.untrained || !is("softmax_cross_entropy")) return;
  const Tensor& losses = *record().value;
  double loss = 0;
  for (const Real x : losses) loss += x / static_cast<double>(losses.size());
  const double classes = static_cast<double>(value(1).shape().back()), guessing = std::log(classes);
  if (std::abs(loss - guessing) > guessing / 2)
    note(LintKind::first_loss, "the first loss is ", loss, ", far from ln ", classes, " = ", guessing,
         ", that of guessing; are the inputs scaled, and the weights not too large?");
}

}  // namespace

std::vector<Lint> lint(const Tape& tape, const LintOptions& options) {
  std::vector<Lint> notes;
  for (std::uint32_t line = 0; line < tape.size(); ++line)
    if (tape[line].op != nullptr && !tape[line].swept) Reader{tape, options, line, notes}.read();
  return notes;
}

namespace {

// What the gradient of a parameter is suspected of; nothing if it has one as it should be.
std::optional<Lint> gradient_note(const Parameter& parameter, std::uint32_t line, const Tensor* gradient) {
  const auto note = [&](LintKind kind, const char* says) {
    return Lint{line, kind, text("parameter ", parameter.label, ": ", says)};
  };
  if (gradient == nullptr) return note(LintKind::no_gradient, "no gradient; the loss does not depend on it");
  if (!std::all_of(gradient->begin(), gradient->end(), [](Real g) { return std::isfinite(g); }))
    return note(LintKind::not_finite, "the gradient has a NaN or an infinity");
  if (std::all_of(gradient->begin(), gradient->end(), [](Real g) { return g == 0; }))
    return note(LintKind::zero_gradient, "the gradient is 0, so a step does not change it");
  return std::nullopt;
}

}  // namespace

std::vector<Lint> lint(const Tape& tape, const std::vector<TraceStep>& steps) {
  std::vector<Lint> notes;
  for (std::uint32_t line = 0; line < tape.size(); ++line) {
    const Parameter* const parameter = tape[line].parameter;
    if (parameter == nullptr || !parameter->is_learnt()) continue;
    const Tensor* gradient = nullptr;
    for (const TraceStep& step : steps)
      for (const TraceTerm& term : step.terms)
        if (term.to == line) gradient = tape[term.adjoint].value;
    if (const auto note = gradient_note(*parameter, line, gradient)) notes.push_back(*note);
  }
  return notes;
}

Lints::Lints(Tape& tape, std::ostream& out, LintOptions options) : tape_(tape), out_(out), options_(options) {
  tape.on_line([this](std::uint32_t line) { look(line); });
}

Lints::~Lints() {
  tape_.on_line({});
  end_recording();
}

void Lints::look(std::uint32_t line) {
  if (!last_.is_current()) end_recording();
  last_ = tape_.var(line);
  for (const Parameter* p : tape_.watched(watched_.size())) {
    std::uint32_t its = 0;
    while (tape_[its].parameter != p) ++its;
    watched_.push_back({p, p->token(), its, false});
  }
  const Tape::Record& record = tape_[line];
  for (std::size_t k = 0; k < record.op->forward.arity(); ++k)
    for (Watched& w : watched_) w.is_read = w.is_read || tape_[record.inputs[k]].parameter == w.parameter;
  std::vector<Lint> found;
  Reader{tape_, options_, line, found}.read();
  for (const Lint& note : found) add(note);
}

// The gradients that backward() has left in the parameters.
void Lints::end_recording() {
  for (const Watched& w : watched_) {
    if (w.token.expired() || !w.parameter->is_learnt()) continue;
    const Tensor& gradient = w.parameter->gradient;
    if (gradient.shape() != w.parameter->value().shape()) continue;  // no backward() yet
    if (const auto note = gradient_note(*w.parameter, w.line, w.is_read ? &gradient : nullptr)) add(*note);
  }
  if (!watched_.empty()) options_.untrained = false;
  watched_.clear();
}

void Lints::add(const Lint& note) {
  const auto is_same = [&](const Lint& other) { return other.kind == note.kind && other.line == note.line; };
  if (std::any_of(notes_.begin(), notes_.end(), is_same)) return;
  notes_.push_back(note);
  out_ << "hint: line " << note.line << ": " << note.message << '\n';
}

}  // namespace xgrad::inline XGRAD_PRECISION
