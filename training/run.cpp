#include <xgrad/training/detail/run.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/detail/workers.hpp>
#include <xgrad/training/history.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Run::Run(Model& model, std::size_t workers) : model_(model), workers_(workers), slices_(workers) {}

void Run::check(Model& model, const Samples& samples, bool finite) {
  if (!model.training().objective) model.require_built(&samples.sample_shape());
  if (finite) samples.require_finite();
  if (!model.training().objective) model.training().loss.check_targets(samples.y(), model.output_shape());
}

void Run::find_parameters() {
  Optimizers* const optimizers = &model_.training().optimizers;
  if (trainer_ == nullptr) {
    trainer_.reset(new Trainer(ModuleRef(model_), optimizers, workers_));
    trainer_->learns_all_ = true;
  } else {
    trainer_->optimizers_ = optimizers;
    trainer_->find_parameters();
  }
  compiled_ = model_.training().number;
}

void Run::refresh() {
  if (model_.training().number != compiled_ || trainer_->is_stale()) find_parameters();
}

void Run::draw(const Samples& data) {
  if (model_.is_built()) return;
  check_fields(model_);
  Batch first;
  data.gather(std::array{std::uint32_t{0}}, first);
  Tape tape;
  model_.training().objective(model_, tape, first, {.rng = &model_.rng_, .drawing = true});
  require_shown(ModuleRef(model_), tape, 0, "fit");
  each_parameter(model_, [](const std::string& path, Parameter& p) { p.label = path; });
  model_.input_ = data.sample_shape();
}

void Run::begin() {
  loss_ = samples_ = 0;
  metrics_ = model_.training().metrics;
}

void Run::begin(std::size_t epoch, bool shuffles) {
  begin();
  if (workers_ == 1) return;
  Rng seeds = model_.rng_;
  if (!shuffles) model_.rng_.bits();  // or the next fit() would find it as it was
  for (Slice& slice : slices_) slice.rng = Rng(seeds.bits() + static_cast<std::uint32_t>(epoch));
}

// The model's output for a batch and its loss, without the regularizers' penalties.
Var Run::loss_of(Slice& slice, Tape& tape, const Context& context) const {
  const Model::Training& training = model_.training();
  if (training.objective) {
    slice.prediction = Var();
    return training.objective(model_, tape, *slice.batch, context);
  }
  slice.prediction = model_(tape.borrow(*slice.x), context);
  const Var target = tape.borrow(*slice.y);
  return slice.weights ? training.loss(target, slice.prediction, tape.borrow(*slice.weights))
                       : training.loss(target, slice.prediction);
}

bool Run::learn(const Batch& batch, const Tensor* weights) {
  Slice& whole = slices_[0];
  whole.x = &batch.x, whole.y = &batch.y, whole.weights = weights, whole.batch = &batch;
  return learn(whole);
}

bool Run::learn(const Tensor& x, const Tensor& y, const Tensor* weights) {
  Slice& whole = slices_[0];
  whole.x = &x, whole.y = &y, whole.weights = weights, whole.batch = nullptr;
  return learn(whole);
}

bool Run::learn(Slice& whole) {
  const auto objective = [&](Tape& tape, const Context& context) { return loss_of(whole, tape, context); };
  const bool finite = trainer_->learn(model_.rng_, std::ref(objective));
  count(whole, trainer_->parts_[0].loss.item());
  return finite;
}

bool Run::learn_together(const Samples& data, std::span<const std::uint32_t> numbers, const Tensor* weights) {
  const auto record = [&](std::size_t worker, std::size_t workers, Trainer::Part& part) {
    Slice& slice = slices_[worker];
    const std::size_t first = numbers.size() * worker / workers, last = numbers.size() * (worker + 1) / workers;
    part.share = static_cast<double>(last - first) / static_cast<double>(numbers.size());
    if (first == last) return;
    const auto mine = numbers.subspan(first, last - first);
    data.gather(mine, slice.gathered);
    if (weights) gather_rows(*weights, mine, slice.gathered_weights);
    slice.x = &slice.gathered.x, slice.y = &slice.gathered.y, slice.batch = &slice.gathered;
    slice.weights = weights ? &slice.gathered_weights : nullptr;
    const auto objective = [&](Tape& tape, const Context& context) { return loss_of(slice, tape, context); };
    trainer_->record(part, {.training = true, .rng = &slice.rng}, std::ref(objective));
  };
  const bool finite = trainer_->learn_together(std::ref(record));
  for (std::size_t k = 0; k < workers_; ++k)
    if (trainer_->parts_[k].share > 0) count(slices_[k], trainer_->parts_[k].loss.item());
  return finite;
}

const Tensor& Run::output(const Tensor& x) {
  tape_.rewind();
  return model_(tape_.borrow(x)).value();
}

void Run::judge(const Batch& batch, const Tensor* weights) {
  Slice& whole = slices_[0];
  whole.x = &batch.x, whole.y = &batch.y, whole.weights = weights, whole.batch = &batch;
  judge(whole);
}

void Run::judge(const Tensor& x, const Tensor& y, const Tensor* weights) {
  Slice& whole = slices_[0];
  whole.x = &x, whole.y = &y, whole.weights = weights, whole.batch = nullptr;
  judge(whole);
}

void Run::judge(Slice& whole) {
  tape_.rewind();
  penalties_.clear();
  penalised_.clear();
  Var loss = loss_of(whole, tape_, {.penalties = &penalties_, .penalised = &penalised_});
  for (const Var penalty : penalties_) loss = loss + penalty;
  count(whole, loss.item());
}

void Run::evaluate(Feed& feed, Progress* progress) {
  begin();
  feed.rewind();
  require<ValueError>(feed.has_more(), "evaluate: the generator gave no more batch; after an end it begins anew");
  feed.begin();
  std::size_t step = 0;
  do {
    judge(feed.batch(), feed.weights());
    if (progress) progress->update(++step, [&] { return logs(); });
  } while (feed.next());
}

Logs Run::logs(const std::string& prefix) const {
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

void Run::count(const Slice& slice, double loss) {
  const auto n = static_cast<double>(slice.y->shape(0));
  loss_ += loss * n;
  samples_ += n;
  for (Metric& metric : metrics_) metric.update(*slice.y, slice.prediction.value());
}

}  // namespace xgrad::inline XGRAD_PRECISION
