#include <xgrad/autograd/sweep.hpp>

#include <algorithm>

#include <xgrad/autograd/detail/replay.hpp>
#include <xgrad/autograd/ops/ops.hpp>

// Backpropagation. elementwise.cpp says what an adjoint is, x̄ = dL/dx, and what a pullback is: the vector-Jacobian
// product by which an operation y = f(a, b, c) turns ȳ into a term of ā, of b̄ or of c̄.
//
// The sweep begins at L with the seed, L̄ = 1, and goes up the tape. At each line it hands the line's adjoint to the
// pullbacks, and adds what they give to the adjoints of the line's inputs.
//
// One pass is enough, for when the sweep comes to a line, the adjoint of that line is complete. Its terms come from the
// lines that read it. These were recorded later, so they stand below it, and the sweep, which comes from below, has
// done them already.
//
// What the sweep computes is recorded, too, for pullbacks are written with recorded functions. L = u^2 at u = 3:
//
//   line  operation      tensor
//   0     variable       3       u            ^
//   1     square    0    9       L = u^2      |  the sweep reads upwards from L,
//   2     constant       1       L̄, the seed
//   3     constant       2                    |  and writes downwards from the seed
//   4     multiply  3 0  6       2 u          |
//   5     multiply  4 2  6       ū = 2 u L̄    v
//
// Line 5 is a line like any other, and it depends on u, through line 4. So a second sweep, from line 5, goes up the
// same tape and gives dū/du = d²L/du² = 2. A third sweep gives the third derivative. No other code is needed for
// derivatives of any order: the sweep can be swept.

namespace xgrad::inline XGRAD_PRECISION {

Sweep::Sweep(Var y, Var seed) : result_(y), line_(y.line() + 1) {
  require(seed.shape() == y.shape(), "gradient: the seed's shape is ", seed.shape(), "; it takes y's, ", y.shape());
  Tape& tape = y.tape();
  require_unchanged();
  const std::uint32_t seed_line = tape.line_of(seed);
  adjoints_ = std::move(tape.spare_);  // a list of its own, for a pullback may run a sweep, too
  adjoints_.assign(line_, none);
  adjoints_[y.line()] = seed_line;
}

// Pullbacks read the inputs of the lines that y depends on. A line of a parameter has no tensor of its own: what was
// recorded before the parameter was changed does not fit what is read now.
void Sweep::require_unchanged() const {
  const Tape& tape = result_.tape();
  const auto is_same = [](const Tape::Watched& w) { return w.parameter->version() == w.version; };
  if (!tape.has_old_lines_ && std::all_of(tape.watched_.begin(), tape.watched_.end(), is_same)) return;
  const auto is_current = [&](std::uint32_t line) {
    return std::any_of(tape.watched_.begin(), tape.watched_.end(),
                       [&](const Tape::Watched& w) { return w.var.line() == line && is_same(w); });
  };
  std::vector<bool> reached(line_);
  reached[result_.line()] = true;
  for (std::uint32_t line = line_; line-- > 0;) {
    const Tape::Record& y = tape[line];
    if (!reached[line] || y.op == nullptr || !y.active) continue;
    for (std::size_t k = 0; k < y.op->forward.arity(); ++k) {
      const Tape::Record& a = tape[y.inputs[k]];
      require<TapeError>(a.parameter == nullptr || is_current(y.inputs[k]), "gradient: parameter ",
                         a.parameter ? a.parameter->label : "",
                         " was changed after the tape watched it; rewind() and record again");
      if (a.active && y.op->pull(k) != nullptr) reached[y.inputs[k]] = true;
    }
  }
}

Sweep::~Sweep() {
  if (!result_.is_current()) return;
  result_.tape().spare_ = std::move(adjoints_);
}

template <class See>
bool Sweep::next_line(See see) {
  Tape& tape = result_.tape();
  while (line_ > 0) {
    --line_;
    const std::vector<Tape::Record>& lines = tape.records_;
    if (adjoints_[line_] == none || lines[line_].op == nullptr || !lines[line_].active) continue;
    const Tape::Record y = lines[line_];  // y = f(a, b, c): a copy, for recording may move the list
    const std::size_t first = tape.size(), arity = y.op->forward.arity();
    const auto input = [&](std::size_t k) { return k < arity ? tape.var(y.inputs[k]) : Var(); };
    const Pull given{tape.var(adjoints_[line_]), tape.var(line_), input(0), input(1), input(2), y.with};
    for (std::size_t k = 0; k < arity; ++k) {
      const std::uint32_t a = y.inputs[k];  // a, b or c
      if (!lines[a].active || y.op->pull(k) == nullptr) continue;
      Var term = y.op->pull(k)(given);
      const Shape& shape = lines[a].value->shape();
      if (term.shape() != shape) term = sum_to(term, shape);  // undo broadcasting, once, here
      std::uint32_t& adjoint = adjoints_[a];                  // ā += term
      adjoint = adjoint == none ? term.line() : add(tape.var(adjoint), term).line();
      see(a, term, adjoint);
    }
    for (std::size_t line = first; line < tape.size(); ++line) tape.records_[line].swept = true;
    return true;
  }
  return false;
}

bool Sweep::next() {
  return next_line([](std::uint32_t, Var, std::uint32_t) {});
}

bool Sweep::next(std::vector<Term>& terms) {
  terms.clear();
  return next_line([&](std::uint32_t a, Var term, std::uint32_t adjoint) {
    terms.push_back({a, term.line(), adjoint});
  });
}

void Sweep::finish() {
  Tape& tape = result_.tape();
  const std::uint32_t y = result_.line(), seed = adjoints_[y];
  const bool begins = line_ == y + 1;
  if (begins && tape.replay_ && tape.replay_->fits(tape, y, seed)) {
    tape.replay_->run(tape);
    adjoints_ = tape.replay_->adjoints;
    line_ = 0;
    return;
  }
  const std::size_t first = tape.size();
  const bool was_read = tape.was_read_.exchange(false);
  while (next())
    ;
  if (begins) {
    if (!tape.replay_) tape.replay_ = std::make_unique<Tape::Replay>();
    tape.replay_->keep(tape, y, seed, first, adjoints_);
  }
  if (was_read) tape.was_read_ = true;  // for a sweep whose pullback ran this one
}

Var Sweep::gradient(std::uint32_t line) const {
  require<TapeError>(reached(line), "sweep: line ", line, " has received no gradient yet");
  return result_.tape().var(adjoints_[line]);
}

namespace {

Var gradient_of(Var x, const Sweep& sweep) {
  return sweep.reached(x.line()) ? sweep.gradient(x.line()) : x.tape().constant(x.shape(), 0);
}

}  // namespace

void Tape::pull(Var y, Var seed, const std::vector<Var>& inputs, std::vector<Var>& gradients) {
  for (std::size_t k = 0; k < inputs.size(); ++k)
    require<TapeError>(records_[line_of(inputs[k])].active, "gradient: input ", k,
                       " is a constant; make it a variable() or a watched parameter");
  line_of(y);  // throws unless it is of this tape
  Sweep sweep(y, seed);
  sweep.finish();
  gradients.clear();
  for (Var x : inputs) gradients.push_back(gradient_of(x, sweep));
}

void Tape::backward(Var loss) {
  require(loss.size() == 1, "backward: the loss has shape ", loss.shape(),
          "; it takes one element, such as the mean over the batch");
  line_of(loss);  // throws unless it is of this tape
  Sweep sweep(loss, constant(loss.shape(), 1));
  sweep.finish();
  const auto is_reached = [&](const Watched& w) { return sweep.reached(w.var.line()); };
  require<TapeError>(std::any_of(watched_.begin(), watched_.end(), is_reached),
                     "backward: the loss depends on no watched parameter");
  for (const Watched& w : watched_) {
    const Var gradient = gradient_of(w.var, sweep);
    Record& line = records_[gradient.line()];
    Tensor& buffer = *buffers_[gradient.line()];
    Tensor& result = w.parameter->gradient;
    // a tensor that the sweep computed is swapped in, not copied; a second parameter that shares it gets a copy
    if (line.swept && line.value == &buffer && result.shape() == buffer.shape()) {
      result.storage().swap(buffer.storage());
      line.value = &result;
    } else {
      result = gradient.value();
    }
    w.parameter->fresh = true;
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION
