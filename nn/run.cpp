#include <xgrad/nn/run.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include <xgrad/autograd/explain.hpp>
#include <xgrad/autograd/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Sequential::Run::Run(Sequential& model, std::size_t workers) : model_(model), workers_(workers), slices_(workers) {
  find_parameters();
}

void Sequential::Run::find_parameters() {
  parameters_.clear();
  model_.each_trainable([this](Parameter& p) { parameters_.push_back(&p); });
}

void Sequential::Run::begin() {
  loss_ = samples_ = 0;
  metrics_ = model_.compiled().metrics;
}

void Sequential::Run::begin(std::size_t epoch) {
  begin();
  if (workers_.size() == 1) return;
  Rng seeds = model_.rng_;
  for (Slice& slice : slices_) slice.rng = Rng(seeds.bits() + static_cast<std::uint32_t>(epoch));
}

bool Sequential::Run::learn(const Tensor& x, const Tensor& y, const Tensor* weights) {
  Slice& whole = slices_[0];
  record(whole, x, y, weights, {.training = true, .rng = &model_.rng_});
  count(whole);
  if (!std::isfinite(whole.loss.item())) return false;
  if (parameters_.empty()) return true;  // nothing is trainable
  whole.tape.backward(whole.loss);
  model_.compiled().optimizer.step(parameters_);
  return true;
}

bool Sequential::Run::learn_together(const Samples& data, std::span<const std::uint32_t> numbers,
                                     const Tensor* weights) {
  const auto differentiate = [&](std::size_t worker, std::size_t n) {
    Slice& slice = slices_[worker];
    const std::size_t first = numbers.size() * worker / n, last = numbers.size() * (worker + 1) / n;
    slice.share = static_cast<double>(last - first) / static_cast<double>(numbers.size());
    slice.gradients.clear();
    if (first == last) return;
    const auto mine = numbers.subspan(first, last - first);
    data.gather(mine, slice.batch);
    if (weights) gather_rows(*weights, mine, slice.weights);
    const auto& [x, y] = slice.batch;
    record(slice, x, y, weights ? &slice.weights : nullptr, {.training = true, .rng = &slice.rng});
    if (std::isfinite(slice.loss.item())) find_gradients(slice);
  };
  workers_.run(std::ref(differentiate));
  bool finite = true;
  for (Slice& slice : slices_) {
    if (slice.share == 0) continue;
    count(slice);
    finite = finite && std::isfinite(slice.loss.item());
  }
  if (!finite || parameters_.empty()) return finite;
  for (Parameter* p : parameters_)
    if (p->gradient.shape() != p->value().shape()) p->gradient.resize(p->value().shape());
  workers_.run([this](std::size_t part, std::size_t parts) { add_gradients(part, parts); });
  model_.compiled().optimizer.step(parameters_, [this](const Task& task) { workers_.run(task); });
  return true;
}

const Tensor& Sequential::Run::output(const Tensor& x) {
  Tape& tape = slices_[0].tape;
  tape.rewind();
  return model_(tape.borrow(x)).value();
}

void Sequential::Run::judge(const Tensor& x, const Tensor& y, const Tensor* weights) {
  record(slices_[0], x, y, weights, {});
  count(slices_[0]);
}

void Sequential::Run::evaluate(Batches& data, const Tensor* weights, Progress* progress) {
  begin();
  std::size_t step = 0;
  for (auto batch = data.begin(); batch != data.end(); ++batch) {
    const auto& [x, y] = *batch;
    judge(x, y, weights_of(batch, weights));
    if (progress) progress->update(++step, [&] { return logs(); });
  }
}

const Tensor* Sequential::Run::weights_of(const Batches::Iterator& batch, const Tensor* weights) {
  if (weights == nullptr) return nullptr;
  gather_rows(*weights, batch.numbers(), slices_[0].weights);
  return &slices_[0].weights;
}

Logs Sequential::Run::logs(const std::string& prefix) const {
  std::map<std::string, double> sorted{{"loss", loss_ / samples_}};
  for (const Metric& metric : metrics_) {
    std::string name = metric.name();
    for (std::size_t k = 1; sorted.contains(name); ++k) name = text(metric.name(), "_", k);
    sorted[name] = metric.result();
  }
  Logs result;
  for (const auto& [name, number] : sorted) result[prefix + name] = number;
  return result;
}

std::string Sequential::Run::where_not_finite() const {
  try {
    for (const Slice& slice : slices_)
      if (slice.share > 0 && !std::isfinite(slice.loss.item()))
        for (std::uint32_t line = 0; line < slice.tape.size(); ++line) require_finite(slice.tape, line);
  } catch (const ValueError& error) {
    return std::string(": ") + error.what();
  }
  return "";
}

// The model's output for a batch, and its loss with the regularizers' penalties.
void Sequential::Run::record(Slice& slice, const Tensor& x, const Tensor& y, const Tensor* weights, Context context) {
  const Loss& loss = model_.compiled().loss;
  Tape& tape = slice.tape;
  tape.rewind();
  slice.penalties.clear();
  context.penalties = &slice.penalties;
  slice.y = &y;
  slice.prediction = model_(tape.borrow(x), context);
  const Var target = tape.borrow(y);
  slice.loss = weights ? loss(target, slice.prediction, tape.borrow(*weights)) : loss(target, slice.prediction);
  for (const Var penalty : slice.penalties) slice.loss = slice.loss + penalty;
}

void Sequential::Run::count(const Slice& slice) {
  const auto n = static_cast<double>(slice.y->shape(0));
  loss_ += slice.loss.item() * n;
  samples_ += n;
  for (Metric& metric : metrics_) metric.update(*slice.y, slice.prediction.value());
}

// The gradients of a slice's loss, left where its tape has them.
void Sequential::Run::find_gradients(Slice& slice) {
  slice.recorded = slice.tape.size();
  slice.watched.clear();
  for (Parameter* p : parameters_) slice.watched.push_back(slice.tape.watch(*p));
  slice.tape.pull(slice.loss, slice.tape.constant(slice.loss.shape(), 1), slice.watched, slice.gradients);
}

// A worker's part of every gradient: the sum of the slices' gradients there, a piece at a time that stays in the cache.
void Sequential::Run::add_gradients(std::size_t part, std::size_t parts) {
  constexpr std::size_t piece = 4096;
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    Parameter& p = *parameters_[k];
    const std::size_t size = p.gradient.size(), end = begin_of(part + 1, parts, size);
    Real* const sum = p.gradient.data();
    const auto uses_it = [&](const Slice& s) { return !s.gradients.empty() && s.watched[k].line() < s.recorded; };
    for (std::size_t first = begin_of(part, parts, size), last; first < end; first = last) {
      last = std::min(first + piece, end);
      std::fill(sum + first, sum + last, Real{0});
      for (const Slice& slice : slices_) {
        if (slice.gradients.empty()) continue;
        const Real* const its = slice.gradients[k].value().data();
        const auto share = static_cast<Real>(slice.share);
        for (std::size_t i = first; i < last; ++i) sum[i] += share * its[i];
      }
    }
    if (part == 0) p.fresh = std::any_of(slices_.begin(), slices_.end(), uses_it);
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION
