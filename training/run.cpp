#include <xgrad/training/detail/run.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iostream>
#include <map>
#include <string_view>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/detail/workers.hpp>
#include <xgrad/core/kernels/denormals.hpp>
#include <xgrad/training/communicator.hpp>
#include <xgrad/training/history.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Run::Run(Model& model, std::size_t workers, std::shared_ptr<Communicator> ranks)
    : model_(model), ranks_(std::move(ranks)), workers_(workers), slices_(workers) {}

void Run::check(Model& model, const Samples& samples, bool finite) {
  if (!model.training().objective) model.require_built(&samples.sample_shape());
  if (finite) samples.require_finite();
  if (!model.training().objective) model.training().loss.check_targets(samples.y(), model.output_shape());
}

void Run::find_parameters() {
  Optimizers* const optimizers = &model_.training().optimizers;
  if (trainer_ == nullptr) {
    trainer_.reset(new Trainer(ModuleRef(model_), optimizers, workers_, ranks_));
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

void Run::warn_if_nothing_learns() const {
  if (trainer_->parameters().size() == 0) std::cerr << "xgrad: fit: the model has no weights to learn" << std::endl;
}

void Run::warn_of_outputs() const {
  const auto warn = [](const std::string& what) { std::cerr << "xgrad: fit: " << what << std::endl; };
  std::size_t k = 0;  // the first part that has samples
  while (k < workers_ && trainer_->parts_[k].share == 0) ++k;
  if (k == workers_) return;
  const Tape& tape = trainer_->parts_[k].tape;
  for (std::size_t line = 0; line < tape.size(); ++line) {
    const Tape::Record& record = tape[line];
    if (record.op != nullptr && std::string_view(record.op->name) == "softmax" && record.value->shape().back() == 1)
      warn(text("a softmax over one unit, of shape ", record.value->shape(), ", always gives 1; sigmoid?"));
  }
  const Model::Training& training = model_.training();
  if (training.objective || slices_[k].prediction.shape().empty()) return;
  const std::string doubts = training.loss.doubts(slices_[k].prediction.value());
  if (!doubts.empty()) warn(doubts);
}

void Run::begin() {
  loss_ = samples_ = 0;
  metrics_ = model_.training().metrics;
  weighted_metrics_ = model_.training().weighted_metrics;
}

void Run::begin(std::size_t epoch, bool shuffles) {
  begin();
  if (workers_ == 1 && !ranks_) return;
  Rng seeds = model_.rng_;
  if (!shuffles) model_.rng_.bits();  // or the next fit() would find it as it was
  for (std::size_t before = ranks_ ? ranks_->rank() * workers_ : 0; before > 0; --before) seeds.bits();
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
  const Var weights = slice.weights ? tape.borrow(*slice.weights) : Var();
  return training.loss.part(target, slice.prediction, slice.weights ? &weights : nullptr,
                            slice.all_y ? *slice.all_y : *slice.y, slice.all_y ? slice.all_weights : slice.weights);
}

Run::Slice& Run::whole(const Tensor& x, const Tensor& y, const Tensor* weights, const Batch* batch) {
  Slice& slice = slices_[0];
  slice.x = &x, slice.y = &y, slice.weights = weights, slice.batch = batch;
  slice.all_y = slice.all_weights = nullptr;
  return slice;
}

bool Run::learn(const Batch& batch, const Tensor* weights) { return learn(whole(batch.x, batch.y, weights, &batch)); }

bool Run::learn(const Tensor& x, const Tensor& y, const Tensor* weights) {
  return learn(whole(x, y, weights, nullptr));
}

bool Run::learn(Slice& whole) {
  const FlushDenormals flush;
  const auto objective = [&](Tape& tape, const Context& context) { return loss_of(whole, tape, context); };
  const bool finite = trainer_->learn(model_.rng_, std::ref(objective));
  count(whole, trainer_->parts_[0].loss.item());
  return finite;
}

// A worker's slice of the samples of these numbers, in a batch of `all`.
void Run::record_slice(const Samples& data, std::span<const std::uint32_t> numbers, double all, const Tensor* weights,
                       std::size_t worker, std::size_t workers, Trainer::Part& part) {
  Slice& slice = slices_[worker];
  const std::size_t first = numbers.size() * worker / workers, last = numbers.size() * (worker + 1) / workers;
  part.share = static_cast<double>(last - first) / all;
  if (first == last) return;
  const auto mine = numbers.subspan(first, last - first);
  data.gather(mine, slice.gathered);
  if (weights) gather_rows(*weights, mine, slice.gathered_weights);
  slice.x = &slice.gathered.x, slice.y = &slice.gathered.y, slice.batch = &slice.gathered;
  slice.weights = weights ? &slice.gathered_weights : nullptr;
  const auto objective = [&](Tape& tape, const Context& context) { return loss_of(slice, tape, context); };
  trainer_->record(part, {.training = true, .rng = &slice.rng}, std::ref(objective));
}

bool Run::learn_with_ranks(const Samples& data, std::span<const std::uint32_t> numbers, std::size_t all,
                           const Tensor* weights, bool& wish) {
  const FlushDenormals flush;
  const auto record = [&](std::size_t worker, std::size_t workers, Trainer::Part& part) {
    slices_[worker].all_y = slices_[worker].all_weights = nullptr;
    record_slice(data, numbers, static_cast<double>(all), weights, worker, workers, part);
  };
  const auto count_all = [&] {
    for (std::size_t k = 0; k < workers_; ++k)
      if (trainer_->parts_[k].share > 0) count(slices_[k], trainer_->parts_[k].loss.item());
  };
  return trainer_->learn_with_ranks(std::ref(record), std::ref(count_all), wish);
}

std::vector<double> Run::sums() const {
  std::vector<double> all{loss_, samples_};
  const auto add = [&](const std::vector<Metric>& metrics) {
    for (Metric metric : metrics) {
      Sums its;
      metric.sums(its);
      all.push_back(static_cast<double>(its.numbers().size()));
      all.insert(all.end(), its.numbers().begin(), its.numbers().end());
    }
  };
  add(metrics_);
  add(weighted_metrics_);
  return all;
}

void Run::take_sums(const std::vector<std::vector<double>>& of_ranks) {
  begin();
  for (const std::vector<double>& its : of_ranks) {
    std::span<const double> left(its);
    loss_ += left[0];
    samples_ += left[1];
    left = left.subspan(2);
    const auto add = [&](std::vector<Metric>& metrics) {
      for (Metric& metric : metrics) {
        const auto size = static_cast<std::size_t>(left[0]);
        Sums others(left.subspan(1, size));
        metric.sums(others);
        left = left.subspan(1 + size);
      }
    };
    add(metrics_);
    add(weighted_metrics_);
  }
}

bool Run::learn_together(const Samples& data, std::span<const std::uint32_t> numbers, const Tensor* weights) {
  const bool counts = !model_.training().objective && model_.training().loss.counts_batch();
  if (counts) gather_rows(data.y(), numbers, all_y_);
  if (counts && weights) gather_rows(*weights, numbers, all_weights_);
  const FlushDenormals flush;
  const auto record = [&](std::size_t worker, std::size_t workers, Trainer::Part& part) {
    Slice& slice = slices_[worker];
    slice.all_y = counts ? &all_y_ : nullptr, slice.all_weights = weights ? &all_weights_ : nullptr;
    record_slice(data, numbers, static_cast<double>(numbers.size()), weights, worker, workers, part);
  };
  const bool finite = trainer_->learn_together(std::ref(record));
  for (std::size_t k = 0; k < workers_; ++k)
    if (trainer_->parts_[k].share > 0) count(slices_[k], trainer_->parts_[k].loss.item());
  return finite;
}

const Tensor& Run::output(const Tensor& x) {
  const FlushDenormals flush;
  tape_.rewind();
  return model_(tape_.borrow(x)).value();
}

void Run::judge(const Batch& batch, const Tensor* weights) { judge(whole(batch.x, batch.y, weights, &batch)); }

void Run::judge(const Tensor& x, const Tensor& y, const Tensor* weights) { judge(whole(x, y, weights, nullptr)); }

void Run::judge(Slice& whole) {
  const FlushDenormals flush;
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
  const auto add = [&](const std::string& given, double number) {
    std::string name = given;
    for (std::size_t k = 1; sorted.contains(name); ++k) name = text(given, "_", k);
    sorted[name] = number;
  };
  const auto add_all = [&](const std::string& name, const Metric& metric) {
    const std::size_t size = metric.size();
    for (std::size_t k = 0; k < size; ++k) add(size == 1 ? name : text(name, "_", k), metric.result(k));
  };
  for (const Metric& metric : metrics_) add_all(metric.name(), metric);
  for (const Metric& metric : weighted_metrics_) {
    const bool known = sorted.contains(metric.name()) || sorted.contains(metric.name() + "_0");
    add_all(known ? "weighted_" + metric.name() : metric.name(), metric);
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
  for (Metric& metric : weighted_metrics_) metric.update(*slice.y, slice.prediction.value(), slice.weights);
}

}  // namespace xgrad::inline XGRAD_PRECISION
