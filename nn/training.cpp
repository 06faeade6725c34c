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
  require<ValueError>(o.validation_freq > 0, "fit: validation_freq is 0; it takes 1 or more epochs");
  require<ValueError>(o.class_weight.empty() || !o.sample_weight,
                      "fit: both class_weight and sample_weight; it takes one of them");
  for (const auto& [label, weight] : o.class_weight)
    require<ValueError>(weight >= 0 && std::isfinite(weight), "fit: the class_weight of ", label, " is ", weight,
                        "; it takes numbers from 0");
}

}  // namespace

// One way through batches after another: what fit, evaluate, predict and the single batches share.
class Sequential::Run {
 public:
  explicit Run(Sequential& model) : model_(model), parameters_(model.parameters()) {}

  // Begins to count anew.
  void begin() {
    loss_ = samples_ = 0;
    for (Metric& metric : model_.compiled().metrics) metric.reset();
  }

  // One step on a batch; false, without the step, if its loss is not finite.
  bool learn(const Tensor& x, const Tensor& y, const Tensor* weights) {
    const Var loss = record(x, y, weights, {.training = true, .rng = &model_.rng_});
    if (!std::isfinite(loss.item())) return false;
    if (parameters_.empty()) return true;  // nothing is trainable
    tape_.backward(loss);
    model_.compiled().optimizer.step(parameters_);
    return true;
  }

  // The loss of a batch with the regularizers' penalties, recorded; it and the metrics are counted.
  Var record(const Tensor& x, const Tensor& y, const Tensor* weights, Context context) {
    Compiled& compiled = model_.compiled();
    tape_.rewind();
    penalties_.clear();
    context.penalties = &penalties_;
    const Var prediction = model_(tape_.borrow(x), context), target = tape_.borrow(y);
    Var loss = weights ? compiled.loss(target, prediction, tape_.borrow(*weights)) : compiled.loss(target, prediction);
    for (const Var penalty : penalties_) loss = loss + penalty;
    const auto n = static_cast<double>(y.shape(0));
    loss_ += loss.item() * n;
    samples_ += n;
    for (Metric& metric : compiled.metrics) metric.update(y, prediction.value());
    return loss;
  }

  const Tensor& output(const Tensor& x) {
    tape_.rewind();
    return model_(tape_.borrow(x)).value();
  }

  void evaluate(Batches& data, const Tensor* weights, Progress* progress) {
    begin();
    std::size_t step = 0;
    for (auto batch = data.begin(); batch != data.end(); ++batch) {
      const auto& [x, y] = *batch;
      record(x, y, weights_of(batch, weights), {});
      if (progress) progress->update(++step, [&] { return logs(); });
    }
  }

  // The weights of a batch's samples, or null if there are none.
  const Tensor* weights_of(const Batches::Iterator& batch, const Tensor* weights) {
    if (weights == nullptr) return nullptr;
    gather_rows(*weights, batch.numbers(), weights_);
    return &weights_;
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
      for (std::uint32_t line = 0; line < tape_.size(); ++line) require_finite(tape_, line);
    } catch (const ValueError& error) {
      where = std::string(": ") + error.what();
    }
    throw ValueError(text("fit: the loss is not finite in epoch ", epoch + 1, ", step ", step + 1, where,
                          "; try a smaller learning rate, or the callback TerminateOnNaN"));
  }

 private:
  Sequential& model_;
  std::vector<Parameter*> parameters_;
  Tape tape_;
  std::vector<Var> penalties_;
  Tensor weights_;
  double loss_ = 0, samples_ = 0;
};

void Sequential::compile(Optimizer optimizer, Loss loss, std::vector<Metric> metrics) {
  compiled_ = Compiled{std::move(optimizer), std::move(loss), std::move(metrics)};
}

Sequential::Compiled& Sequential::compiled() {
  require<ValueError>(compiled_.has_value(), "the model is not compiled; call compile(optimizer, loss, metrics) first");
  return *compiled_;
}

Optimizer& Sequential::optimizer() { return compiled().optimizer; }

History Sequential::fit(const Samples& given, const FitOptions& options) {
  check_options(options);
  const Loss& loss = compiled().loss;
  const std::size_t n = given.size();
  require<ValueError>(n > 0, "fit: there are no samples");
  require_built(&given.sample_shape());

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
  Run run(*this);
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
    run.begin();
    std::size_t step = 0;
    for (auto batch = batches.begin(); batch != batches.end() && !stop_training && !interrupt.interrupted(); ++batch) {
      call(&Callback::on_train_batch_begin, step);
      const auto& [x, y] = *batch;
      const bool finite = run.learn(x, y, run.weights_of(batch, weights));
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
  Shape shape = output_shape();
  shape.insert(shape.begin(), x.shape(0));
  Tensor all(shape);
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
  run.record(x, y, sample_weight, {});
  return run.logs();
}

}  // namespace xgrad::inline XGRAD_PRECISION
