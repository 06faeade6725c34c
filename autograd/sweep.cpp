#include <xgrad/autograd/sweep.hpp>

#include <algorithm>

#include <xgrad/autograd/ops.hpp>

// Reverse mode. Let x' be the gradient of the result y by a line x; y' is given. Going up the tape from y, each line z
// with inputs a, b, c has received all that its readers contribute to z', for they all stand below it. It hands on, to
// each input, its pullback of z'. Pullbacks are recorded functions: the sweep leaves its own lines at the tape's end.

namespace xgrad::inline XGRAD_PRECISION {

Sweep::Sweep(Var y, Var seed) : y_(y), line_(y.line() + 1) {
  require(seed.shape() == y.shape(), "gradient: the seed's shape is ", seed.shape(), "; it takes y's, ", y.shape());
  Tape& tape = y.tape();
  for (const Tape::Watched& w : tape.watched_)
    require<TapeError>(w.parameter->version() == w.version, "gradient: parameter ", w.parameter->label,
                       " was changed after the tape watched it; rewind() and record again");
  const std::uint32_t seed_line = tape.line_of(seed);
  gradients_ = std::move(tape.spare_);  // its own, for a pullback may take gradients, too
  gradients_.assign(line_, none);
  gradients_[y.line()] = seed_line;
}

Sweep::~Sweep() {
  if (!y_.is_current()) return;
  y_.tape().spare_ = std::move(gradients_);
}

bool Sweep::next() {
  Tape& tape = y_.tape();
  while (line_ > 0) {
    const Record z = tape[--line_];  // a copy, for recording may move the list
    if (z.op == nullptr || !z.active || !reached(line_)) continue;
    const std::size_t first = tape.size(), arity = z.op->forward.arity();
    const auto operand = [&](std::size_t k) { return k < arity ? tape.var(z.inputs[k]) : Var(); };
    const Pull given{tape.var(gradients_[line_]), tape.var(line_), operand(0), operand(1), operand(2), z.with};
    for (std::size_t k = 0; k < arity; ++k) {
      const std::uint32_t input = z.inputs[k];
      if (!tape[input].active || z.op->pull(k) == nullptr) continue;
      Var part = z.op->pull(k)(given);
      const Shape& shape = tape[input].value->shape();
      if (part.shape() != shape) part = sum_to(part, shape);  // undo broadcasting, once, here
      std::uint32_t& total = gradients_[input];
      total = total == none ? part.line() : add(tape.var(total), part).line();
    }
    for (std::size_t line = first; line < tape.size(); ++line) tape.records_[line].swept = true;
    return true;
  }
  return false;
}

Var Sweep::gradient(std::uint32_t line) const {
  require<TapeError>(reached(line), "sweep: line ", line, " has received no gradient yet");
  return y_.tape().var(gradients_[line]);
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
  line_of(y);  // of this tape, or an error
  Sweep sweep(y, seed);
  while (sweep.next())
    ;
  gradients.clear();
  for (Var x : inputs) gradients.push_back(gradient_of(x, sweep));
}

void Tape::backward(Var loss) {
  require(loss.value().size() == 1, "backward: the loss has shape ", loss.shape(),
          "; it takes one element, such as the mean over the batch");
  line_of(loss);  // of this tape, or an error
  Sweep sweep(loss, constant(loss.shape(), 1));
  while (sweep.next())
    ;
  const auto is_reached = [&](const Watched& w) { return sweep.reached(w.var.line()); };
  require<TapeError>(std::any_of(watched_.begin(), watched_.end(), is_reached),
                     "backward: the loss depends on no watched parameter");
  for (const Watched& w : watched_) {
    const Var gradient = gradient_of(w.var, sweep);
    Record& line = records_[gradient.line()];
    Tensor& buffer = *buffers_[gradient.line()];
    Tensor& result = w.parameter->gradient;
    // what the sweep computed changes hands instead of being copied, but not twice, for parameters may share it
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
