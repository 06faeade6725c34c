#include <algorithm>
#include <cmath>
#include <iostream>

#include <xgrad/nn/interrupt.hpp>
#include <xgrad/nn/run.hpp>

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
  require(y.dimension() <= 2, "fit: class_weight for targets of shape ", y.shape(),
          "; it takes (n,), (n, 1) or one-hot (n, classes)");
  const std::size_t n = data.size(), columns = n == 0 ? 0 : y.size() / n;
  Tensor weights(Shape{n});
  for (std::size_t i = 0; i < n; ++i) {
    const Real* row = y.data() + i * columns;
    const double label = columns == 1 ? *row : static_cast<double>(std::max_element(row, row + columns) - row);
    require<ValueError>(label >= 0 && label == std::floor(label) && label < 1e9, "fit: sample ", i, " has the target ",
                        label, "; class_weight takes labels 0, 1, ...");
    const auto found = weight_of.find(static_cast<std::size_t>(label));
    weights(i) = found == weight_of.end() ? 1 : static_cast<Real>(found->second);
  }
  return weights;
}

// A model of the same target for all learns nothing else.
void warn_of_one_target(const Tensor& y) {
  if (y.shape(0) > 1 && y.size() > 0 && std::all_of(y.begin(), y.end(), [&](Real each) { return each == *y.begin(); }))
    std::cerr << "xgrad: fit: all targets are " << *y.begin() << std::endl;
}

void check_options(const FitOptions& o, const Samples& data) {
  require<ValueError>(o.epochs > 0, "fit: 0 epochs; it takes 1 or more");
  require<ValueError>(o.batch_size > 0, "fit: batch_size is 0; it takes 1 or more");
  require<ValueError>(o.validation_split >= 0 && o.validation_split < 1, "fit: validation_split is ",
                      o.validation_split, "; it takes 0 up to but not including 1");
  require<ValueError>(o.workers > 0, "fit: 0 workers; it takes 1 or more");
  require<ValueError>(o.validation_freq > 0, "fit: validation_freq is 0; it takes 1 or more epochs");
  require<ValueError>(!o.class_weight.empty() + o.sample_weight.has_value() + (data.weights() != nullptr) < 2,
                      "fit: of class_weight, sample_weight and weights of the samples themselves it takes one");
  for (const auto& [label, weight] : o.class_weight)
    require<ValueError>(weight >= 0 && std::isfinite(weight), "fit: the class_weight of ", label, " is ", weight,
                        "; it takes numbers from 0");
}

}  // namespace

void Sequential::compile(Optimizer optimizer, Loss loss, std::vector<Metric> metrics) {
  compiled_ = Compiled{std::move(optimizer), std::move(loss), std::move(metrics)};
}

Sequential::Compiled& Sequential::compiled() {
  require<ValueError>(compiled_.has_value(), "the model is not compiled; call compile(optimizer, loss, metrics) first");
  return *compiled_;
}

void Sequential::require_no_statistics() {
  for (Layer& layer : layers_) {
    if (!layer.trainable) continue;
    if (Sequential* const inner = layer.as<Sequential>()) {
      inner->require_no_statistics();
    } else {
      layer.each_parameter([](Parameter& p) {
        require<ValueError>(p.trainable, "fit: ", p.name, " is counted over whole batches; it takes workers = 1");
      });
    }
  }
}

Optimizer& Sequential::optimizer() { return compiled().optimizer; }

History Sequential::fit(const Samples& given, const FitOptions& options) {
  check_options(options, given);
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
  require<ValueError>(validation.size() > 0, "fit: there are no samples to validate with");
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
  Run run(*this, options.workers);
  History history;
  const auto call = [&](auto function, auto&... arguments) {
    for (const Callback& callback : options.callbacks)
      if (callback.*function) {
        (callback.*function)(*this, arguments...);
        run.find_parameters();  // it may have frozen layers, or put another model here
      }
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
    for (auto batch = batches.begin(); batch != batches.end() && !interrupt.interrupted(); ++batch) {
      call(&Callback::on_train_batch_begin, step);
      bool finite;
      if (options.workers > 1) {
        finite = run.learn_together(data, batch.numbers(), weights);
      } else {
        const auto& [x, y] = *batch;
        finite = run.learn(x, y, run.weights_of(batch, weights));
      }
      const std::string where = finite ? "" : run.where_not_finite();  // now: a callback may put another model here
      if (batches_are_watched) {
        const Logs logs = run.logs();
        call(&Callback::on_train_batch_end, step, logs);
      }
      require<ValueError>(finite || stop_training, "fit: the loss is not finite in epoch ", epoch + 1, ", step ",
                          step + 1, where, "; try a smaller learning rate, or the callback TerminateOnNaN");
      ++step;
      if (options.verbose != silent) progress.update(step, [&] { return run.logs(); });
      if (stop_training) break;  // after a batch, as in Keras: an epoch that has begun has a loss
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
  require<ValueError>(!options.sample_weight || given.weights() == nullptr,
                      "evaluate: of sample_weight and weights of the samples themselves it takes one");
  const Samples data = options.sample_weight ? given.weighted(*options.sample_weight) : given;
  compiled().loss.check_targets(data.y(), output_shape());
  Batches batches(data, options.batch_size);
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

  Run run(*this);
  const Tensor no_targets = zeros({x.shape(0)});
  Batches batches(Samples(x, no_targets), options.batch_size);
  Progress progress(std::cout, batches.size(), style_of(options.verbose));
  std::size_t step = 0;
  Real* to = all.data();
  for (const Batch& batch : batches) {
    const Tensor& y = run.output(batch.x);
    const Shape expected = stacked(batch.x.shape(0), output_shape());
    require(y.shape() == expected, "predict: the output has shape ", y.shape(), "; by its layers' build() it takes ",
            expected);
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
  Run run(*this);
  run.begin();
  if (!run.learn(x, y, sample_weight))
    throw ValueError(
        text("train_on_batch: the loss is not finite", run.where_not_finite(), "; try a smaller learning rate"));
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
