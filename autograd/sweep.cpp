#include <algorithm>
#include <xgrad/autograd/ops.hpp>

// Reverse mode. Let x' be the gradient of the result y by a line x; y' is given. Going up the tape from y, each line z
// with inputs a, b, c has received all that its readers contribute to z', for they all stand below it. It hands on, to
// each input, its pullback of z'. Pullbacks are recorded functions: the sweep leaves its own lines at the tape's end.

namespace xgrad::inline XGRAD_PRECISION {

void Tape::sweep(Var y, Var seed) {
  require(seed.shape() == y.shape(), "gradient: the seed's shape is ", seed.shape(), "; it takes y's, ", y.shape());
  for (const Watched& w : watched_)
    require<TapeError>(w.parameter->version() == w.version, "gradient: parameter ", w.parameter->name,
                       " was changed after the tape watched it; rewind() and record again");
  std::size_t first = records_.size();
  std::vector<std::uint32_t> gradients = std::move(gradients_);  // its own, for a pullback may take gradients, too
  gradients.assign(line_of(y) + 1, none);
  gradients[y.line()] = line_of(seed);
  for (std::uint32_t line = y.line() + 1; line-- > 0;) {
    const Record z = records_[line];  // a copy, for recording may move the list
    if (z.op == nullptr || !z.active || gradients[line] == none) continue;
    const std::size_t arity = z.op->forward.arity();
    const auto operand = [&](std::size_t k) { return k < arity ? var(z.inputs[k]) : Var(); };
    const Pull given{var(gradients[line]), var(line), operand(0), operand(1), operand(2), z.with};
    for (std::size_t k = 0; k < arity; ++k) {
      const std::uint32_t input = z.inputs[k];
      if (!records_[input].active || z.op->pull(k) == nullptr) continue;
      Var part = z.op->pull(k)(given);
      const Shape& shape = records_[input].value->shape();
      if (part.shape() != shape) part = sum_to(part, shape);  // undo broadcasting, once, here
      std::uint32_t& total = gradients[input];
      total = total == none ? part.line() : add(var(total), part).line();
    }
  }
  gradients_ = std::move(gradients);
  for (; first < records_.size(); ++first) records_[first].swept = true;
}

Var Tape::gradient_of(Var x) { return reached(x) ? var(gradients_[x.line()]) : constant(x.shape(), 0); }

void Tape::pull(Var y, Var seed, const std::vector<Var>& inputs, std::vector<Var>& gradients) {
  for (std::size_t k = 0; k < inputs.size(); ++k)
    require<TapeError>(records_[line_of(inputs[k])].active, "gradient: input ", k,
                       " is a constant; make it a variable() or a watched parameter");
  sweep(y, seed);
  gradients.clear();
  for (Var x : inputs) gradients.push_back(gradient_of(x));
}

void Tape::backward(Var loss) {
  require(loss.value().size() == 1, "backward: the loss has shape ", loss.shape(),
          "; it takes one element, such as the mean over the batch");
  sweep(loss, constant(loss.shape(), 1));
  require<TapeError>(std::any_of(watched_.begin(), watched_.end(), [&](const Watched& w) { return reached(w.var); }),
                     "backward: the loss depends on no watched parameter");
  for (const Watched& w : watched_) {
    const Var gradient = gradient_of(w.var);
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
