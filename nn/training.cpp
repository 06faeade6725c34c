#include <algorithm>
#include <cmath>
#include <iostream>

#include <xgrad/autograd/explain.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/denormals.hpp>
#include <xgrad/data/batches.hpp>
#include <xgrad/nn/interrupt.hpp>
#include <xgrad/nn/progress.hpp>
#include <xgrad/nn/sequential.hpp>
#include <xgrad/nn/workers.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

Progress::Style style_of(int verbose) {
  if (verbose == automatic) verbose = output_is_terminal() ? bar : line;
  if (verbose == line) return Progress::plain;
  return output_is_terminal() ? Progress::live_bar : Progress::bar;
}

// A weight for every sample: that of its class.
Tensor class_weights(const Samples& data, const std::map<std::size_t, double>& weight_of) {
  const Tensor& y = data.y();
  const std::size_t n = data.size(), columns = n == 0 ? 0 : y.size() / n;
  Tensor weights(Shape{n});
  for (std::size_t i = 0; i < n; ++i) {
    const Real* row = y.data() + i * columns;
    const double label = columns == 1 ? *row : static_cast<double>(std::max_element(row, row + columns) - row);
    const auto found = weight_of.find(static_cast<std::size_t>(label));
    weights(i) = found == weight_of.end() ? 1 : static_cast<Real>(found->second);
  }
  return weights;
}

// A model of the same target for all learns nothing else.
void warn_of_one_target(const Tensor& y) {
  if (y.shape(0) > 1 && std::all_of(y.begin(), y.end(), [&](Real each) { return each == *y.begin(); }))
    std::cerr << "xgrad: fit: all targets are " << *y.begin() << std::endl;
}

void check_options(const FitOptions& o) {
  require<ValueError>(o.epochs > 0, "fit: 0 epochs; it takes 1 or more");
  require<ValueError>(o.batch_size > 0, "fit: batch_size is 0; it takes 1 or more");
  require<ValueError>(o.validation_split >= 0 && o.validation_split < 1, "fit: validation_split is ",
                      o.validation_split, "; it takes 0 up to but not including 1");
  require<ValueError>(o.workers > 0, "fit: 0 workers; it takes 1 or more");
  require<ValueError>(o.validation_freq > 0, "fit: validation_freq is 0; it takes 1 or more epochs");
  require<ValueError>(o.class_weight.empty() || !o.sample_weight,
                      "fit: both class_weight and sample_weight; it takes one of them");
  for (const auto& [label, weight] : o.class_weight)
    require<ValueError>(weight >= 0 && std::isfinite(weight), "fit: the class_weight of ", label, " is ", weight,
                        "; it takes numbers from 0");
}

}  // namespace

// One way through batches after another: what fit, evaluate, predict and the single batches share. With several
// workers, each takes a slice of every batch, on a tape of its own.
class Sequential::Run {
 public:
  explicit Run(Sequential& model, std::size_t workers = 1)
      : model_(model), parameters_(model.parameters()), workers_(workers), slices_(workers) {}

  // Begins to count anew.
  void begin() {
    loss_ = samples_ = 0;
    for (Metric& metric : model_.compiled().metrics) metric.reset();
  }

  // The same for an epoch of training. What workers draw in it depends on its number and on the model's generator,
  // which draws nothing for them: the order of the samples is that of one worker.
  void begin(std::size_t epoch) {
    begin();
    if (workers_.size() == 1) return;
    Rng seeds = model_.rng_;
    for (Slice& slice : slices_) slice.rng = Rng(seeds.bits() + static_cast<std::uint32_t>(epoch));
  }

  // One step on a batch; false, without the step, if its loss is not finite.
  bool learn(const Tensor& x, const Tensor& y, const Tensor* weights) {
    Slice& whole = slices_[0];
    record(whole, x, y, weights, {.training = true, .rng = &model_.rng_});
    count(whole);
    if (!std::isfinite(whole.loss.item())) return false;
    if (parameters_.empty()) return true;  // nothing is trainable
    whole.tape.backward(whole.loss);
    model_.compiled().optimizer.step(parameters_);
    return true;
  }

  // The same by all workers. The gradients of the slices' mean losses are added up in their order, each times its share
  // of the samples: a given number of workers gives the same bits every time.
  bool learn_together(const Samples& data, std::span<const std::uint32_t> numbers, const Tensor* weights) {
    const std::size_t n = workers_.size();
    workers_.run([&](std::size_t worker) {
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
      if (std::isfinite(slice.loss.item())) slice.find_gradients(parameters_);
    });
    bool finite = true;
    for (Slice& slice : slices_) {
      if (slice.share == 0) continue;
      count(slice);
      finite = finite && std::isfinite(slice.loss.item());
    }
    if (!finite || parameters_.empty()) return finite;
    for (Parameter* p : parameters_)
      if (p->gradient.shape() != p->value().shape()) p->gradient.resize(p->value().shape());
    workers_.run([&](std::size_t worker) { add_gradients(worker); });
    model_.compiled().optimizer.step(parameters_);
    return true;
  }

  const Tensor& output(const Tensor& x) {
    Tape& tape = slices_[0].tape;
    tape.rewind();
    return model_(tape.borrow(x)).value();
  }

  // The loss of a batch, and the metrics, without a step.
  void judge(const Tensor& x, const Tensor& y, const Tensor* weights) {
    record(slices_[0], x, y, weights, {});
    count(slices_[0]);
  }

  void evaluate(Batches& data, const Tensor* weights, Progress* progress) {
    begin();
    std::size_t step = 0;
    for (auto batch = data.begin(); batch != data.end(); ++batch) {
      const auto& [x, y] = *batch;
      judge(x, y, weights_of(batch, weights));
      if (progress) progress->update(++step, [&] { return logs(); });
    }
  }

  // The weights of a batch's samples, or null if there are none.
  const Tensor* weights_of(const Batches::Iterator& batch, const Tensor* weights) {
    if (weights == nullptr) return nullptr;
    gather_rows(*weights, batch.numbers(), slices_[0].weights);
    return &slices_[0].weights;
  }

  // The means until here, by name in alphabetical order, as Keras prints them.
  Logs logs(const std::string& prefix = "") const {
    std::map<std::string, double> sorted{{"loss", loss_ / samples_}};
    for (const Metric& metric : model_.compiled().metrics) sorted[metric.name()] = metric.result();
    Logs result;
    for (const auto& [name, number] : sorted) result[prefix + name] = number;
    return result;
  }

  // The last batch's loss was not finite: says where on the tape that began.
  [[noreturn]] void explain_loss(std::size_t epoch, std::size_t step) const {
    std::string where;
    try {
      for (const Slice& slice : slices_)
        for (std::uint32_t line = 0; line < slice.tape.size(); ++line) require_finite(slice.tape, line);
    } catch (const ValueError& error) {
      where = std::string(": ") + error.what();
    }
    throw ValueError(text("fit: the loss is not finite in epoch ", epoch + 1, ", step ", step + 1, where,
                          "; try a smaller learning rate, or the callback TerminateOnNaN"));
  }

 private:
  // A batch, or a worker's part of one, and what is recorded of it.
  struct Slice {
    Tape tape;
    std::vector<Var> penalties, watched, gradients;
    Batch batch;
    Tensor weights;
    Rng rng;
    const Tensor* y = nullptr;
    Var prediction, loss;
    double share = 1;  // of the batch's samples

    void find_gradients(const std::vector<Parameter*>& parameters) {
      watched.clear();
      for (Parameter* p : parameters) watched.push_back(tape.watch(*p));
      gradients = tape.pull(loss, tape.constant(loss.shape(), 1), watched);
    }
  };

  // The model's output for a batch, and its loss with the regularizers' penalties.
  void record(Slice& slice, const Tensor& x, const Tensor& y, const Tensor* weights, Context context) {
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

  void count(const Slice& slice) {
    const auto n = static_cast<double>(slice.y->shape(0));
    loss_ += slice.loss.item() * n;
    samples_ += n;
    for (Metric& metric : model_.compiled().metrics) metric.update(*slice.y, slice.prediction.value());
  }

  // A worker's part of every gradient: the sum of the slices' gradients there.
  void add_gradients(std::size_t worker) {
    for (std::size_t k = 0; k < parameters_.size(); ++k) {
      Parameter& p = *parameters_[k];
      const std::size_t size = p.gradient.size(), n = workers_.size();
      const std::size_t first = size * worker / n, last = size * (worker + 1) / n;
      Real* const sum = p.gradient.data();
      std::fill(sum + first, sum + last, Real{0});
      for (const Slice& slice : slices_) {
        if (slice.gradients.empty()) continue;
        const Real* const part = slice.gradients[k].value().data();
        const auto share = static_cast<Real>(slice.share);
        for (std::size_t i = first; i < last; ++i) sum[i] += share * part[i];
      }
      if (worker == 0) p.fresh = true;
    }
  }

  Sequential& model_;
  std::vector<Parameter*> parameters_;
  Workers workers_;
  std::vector<Slice> slices_;
  double loss_ = 0, samples_ = 0;
};

void Sequential::compile(Optimizer optimizer, Loss loss, std::vector<Metric> metrics) {
  compiled_ = Compiled{std::move(optimizer), std::move(loss), std::move(metrics)};
}

Sequential::Compiled& Sequential::compiled() {
  require<ValueError>(compiled_.has_value(), "the model is not compiled; call compile(optimizer, loss, metrics) first");
  return *compiled_;
}

void Sequential::require_no_statistics() {
  each_parameter([](Parameter& p) {
    require<ValueError>(p.trainable, "fit: ", p.name, " is counted over whole batches; it takes workers = 1");
  });
}

Optimizer& Sequential::optimizer() { return compiled().optimizer; }

History Sequential::fit(const Samples& given, const FitOptions& options) {
  check_options(options);
  const Loss& loss = compiled().loss;
  const std::size_t n = given.size();
  require<ValueError>(n > 0, "fit: there are no samples");
  require_built(&given.sample_shape());

  if (options.workers > 1) require_no_statistics();
  const Samples data = options.sample_weight ? given.weighted(*options.sample_weight) : given;
  const bool splits = !options.validation_data && options.validation_split > 0;
  const auto learnt =
      splits ? static_cast<std::size_t>(std::floor(static_cast<double>(n) * (1 - options.validation_split))) : n;
  require<ValueError>(learnt > 0 && (!splits || learnt < n), "fit: validation_split ", options.validation_split, " of ",
                      n, " samples leaves ", learnt, " to learn from and ", n - learnt, " to validate with");
  const Samples validation = options.validation_data.value_or(data);
  for (const Samples* samples : {&data, &validation}) {
    require(samples->sample_shape() == given.sample_shape(), "fit: samples of shape ", given.sample_shape(),
            " and validation samples of shape ", samples->sample_shape());
    if (options.check_data) samples->require_finite();
    loss.check_targets(samples->y(), output_shape());
    if (!options.validation_data) break;
  }
  warn_of_one_target(data.y());
  const Tensor by_class = options.class_weight.empty() ? Tensor{} : class_weights(data, options.class_weight);
  const Tensor* const weights = options.class_weight.empty() ? data.weights() : &by_class;

  Batches batches(data, options.batch_size, options.shuffle ? &rng_ : nullptr, 0, learnt);
  std::optional<Batches> validation_batches;
  const std::size_t validation_batch_size =
      options.validation_batch_size > 0 ? options.validation_batch_size : options.batch_size;
  if (options.validation_data) validation_batches.emplace(validation, validation_batch_size);
  if (splits) validation_batches.emplace(data, validation_batch_size, nullptr, learnt);

  const InterruptGuard interrupt;
  const FlushDenormals flush;
  Run run(*this, options.workers);
  History history;
  const auto call = [&](auto function, auto&... arguments) {
    for (const Callback& callback : options.callbacks)
      if (callback.*function) (callback.*function)(*this, arguments...);
  };
  const bool batches_are_watched = std::any_of(options.callbacks.begin(), options.callbacks.end(),
                                               [](auto& c) { return c.on_train_batch_end != nullptr; });

  stop_training = false;
  call(&Callback::on_train_begin);
  for (std::size_t epoch = options.initial_epoch; epoch < options.epochs && !stop_training; ++epoch) {
    call(&Callback::on_epoch_begin, epoch);
    if (options.verbose != silent && options.epochs > 1)
      std::cout << "Epoch " << epoch + 1 << '/' << options.epochs << std::endl;
    Progress progress(std::cout, batches.size(), style_of(options.verbose));
    run.begin(epoch);
    std::size_t step = 0;
    for (auto batch = batches.begin(); batch != batches.end() && !stop_training && !interrupt.interrupted(); ++batch) {
      call(&Callback::on_train_batch_begin, step);
      bool finite;
      if (options.workers > 1) {
        finite = run.learn_together(data, batch.numbers(), weights);
      } else {
        const auto& [x, y] = *batch;
        finite = run.learn(x, y, run.weights_of(batch, weights));
      }
      if (batches_are_watched) {
        const Logs logs = run.logs();
        call(&Callback::on_train_batch_end, step, logs);
      }
      if (!finite && !stop_training) run.explain_loss(epoch, step);
      ++step;
      if (options.verbose != silent) progress.update(step, [&] { return run.logs(); });
    }
    if (interrupt.interrupted()) {
      history.interrupted = true;
      if (options.verbose != silent) std::cout << "\ninterrupted in epoch " << epoch + 1 << std::endl;
      break;
    }
    Logs logs = run.logs();
    if (validation_batches && (epoch + 1) % options.validation_freq == 0) {
      run.evaluate(*validation_batches, validation.weights(), nullptr);
      for (const auto& [name, number] : run.logs("val_")) logs[name] = number;
    }
    epochs_done_ = epoch + 1;
    call(&Callback::on_epoch_end, epoch, logs);
    history.epoch.push_back(epoch);
    history.logs.push_back(logs);
    if (options.verbose != silent) progress.finish(logs);
  }
  call(&Callback::on_train_end);
  return history;
}

Logs Sequential::evaluate(const Samples& given, const EvaluateOptions& options) {
  require<ValueError>(given.size() > 0, "evaluate: there are no samples");
  require_built(&given.sample_shape());
  const Samples data = options.sample_weight ? given.weighted(*options.sample_weight) : given;
  compiled().loss.check_targets(data.y(), output_shape());
  Batches batches(data, options.batch_size);
  const FlushDenormals flush;
  Run run(*this);
  Progress progress(std::cout, batches.size(), style_of(options.verbose));
  run.evaluate(batches, data.weights(), options.verbose == silent ? nullptr : &progress);
  if (options.verbose != silent) progress.finish(run.logs());
  return run.logs();
}

Tensor Sequential::predict(const Tensor& x, const PredictOptions& options) {
  require(x.dimension() > 0, "predict: x has shape (); it takes (n, ...)");
  require<ValueError>(options.batch_size > 0, "predict: batch_size is 0; it takes 1 or more");
  const Shape sample(x.shape().begin() + 1, x.shape().end());
  require_built(&sample);
  Tensor all(stacked(x.shape(0), output_shape()));
  if (x.shape(0) == 0) return all;

  const FlushDenormals flush;
  Run run(*this);
  Batches batches(Samples(x, x), options.batch_size);
  Progress progress(std::cout, batches.size(), style_of(options.verbose));
  std::size_t step = 0;
  Real* to = all.data();
  for (const Batch& batch : batches) {
    const Tensor& y = run.output(batch.x);
    to = std::copy(y.begin(), y.end(), to);
    if (options.verbose != silent) progress.update(++step, [] { return Logs(); });
  }
  if (options.verbose != silent) progress.finish({});
  return all;
}

Logs Sequential::train_on_batch(const Tensor& x, const Tensor& y, const Tensor* sample_weight) {
  const Samples data(x, y, sample_weight);
  require<ValueError>(data.size() > 0, "train_on_batch: there are no samples");
  require_built(&data.sample_shape());
  const FlushDenormals flush;
  Run run(*this);
  run.begin();
  if (!run.learn(x, y, sample_weight)) run.explain_loss(0, 0);
  return run.logs();
}

Logs Sequential::test_on_batch(const Tensor& x, const Tensor& y, const Tensor* sample_weight) {
  const Samples data(x, y, sample_weight);
  require<ValueError>(data.size() > 0, "test_on_batch: there are no samples");
  require_built(&data.sample_shape());
  Run run(*this);
  run.begin();
  run.judge(x, y, sample_weight);
  return run.logs();
}

}  // namespace xgrad::inline XGRAD_PRECISION
