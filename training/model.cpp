#include <xgrad/nn/model/model.hpp>

#include <algorithm>
#include <atomic>
#include <iostream>

#include <xgrad/training/detail/run.hpp>
#include <xgrad/training/fit.hpp>

// The face of a model that trains it.

namespace xgrad::inline XGRAD_PRECISION {

void Model::compile() { compile(Optimizers("rmsprop")); }
void Model::compile(Optimizers optimizers) { compile(std::move(optimizers), Loss("mse")); }
void Model::compile(Optimizers optimizers, Loss loss) { compile(std::move(optimizers), std::move(loss), {}); }
void Model::compile(Optimizers optimizers, Loss loss, std::vector<Metric> metrics) {
  compile(std::move(optimizers), std::move(loss), std::move(metrics), {});
}
void Model::compile(Optimizers optimizers, Loss loss, std::vector<Metric> metrics, std::vector<Metric> weighted) {
  require_predicts();
  for (const Metric& metric : weighted)
    require<ValueError>(metric.takes_weights(), "compile: the metric ", metric.name(),
                        " takes no weights, so it is none of weighted_metrics; its class needs update(y_true, y_pred, "
                        "weights)");
  training_ = Named(Training{std::move(optimizers), std::move(loss), std::move(metrics), std::move(weighted), {}});
}

void Model::compile_objective(Optimizers optimizers, Objective objective) {
  training_ = Named(Training{std::move(optimizers), Loss("mse"), {}, {}, std::move(objective)});
}

void Model::require_predicts() const {
  require<ValueError>(call_ != nullptr,
                      "compile: the model's module is not called with one Var; give an objective instead of a loss");
}

Model::Training& Model::training() {
  require<ValueError>(static_cast<bool>(training_),
                      "the model is not compiled; call compile(optimizer, loss, metrics) first");
  return *static_cast<Training*>(training_.get("Model"));
}

std::uint64_t Model::Training::next_number() {
  static std::atomic<std::uint64_t> number = 0;
  return ++number;
}

Optimizer& Model::optimizer() { return training().optimizers[0].optimizer; }
Optimizers& Model::optimizers() { return training().optimizers; }
const std::vector<Metric>& Model::metrics() { return training().metrics; }

const History& Model::history() const {
  require<ValueError>(static_cast<bool>(history_), "history: there is none; call fit() first");
  return *static_cast<const History*>(history_.get("history"));
}

History Model::fit(const BatchSource& data, const FitOptions& options) {
  Fit fit(*this, data, options);
  while (fit.next()) {
  }
  return fit.history();
}
History Model::fit(const BatchSource& data) { return fit(data, FitOptions{}); }
History Model::fit(const Tensor& x, const Tensor& y) { return fit(Samples(x, y), FitOptions{}); }
History Model::fit(const Tensor& x, const Tensor& y, const FitOptions& o) { return fit(Samples(x, y), o); }

Logs Model::evaluate(const BatchSource& given, const EvaluateOptions& options) {
  const Samples* const samples = given.samples();
  require<ValueError>(!options.sample_weight || samples,
                      "evaluate: sample_weight for a generator; give each batch its weights");
  require<ValueError>(!options.sample_weight || samples->weights() == nullptr,
                      "evaluate: of sample_weight and weights of the samples themselves it takes one");
  const BatchSource data = options.sample_weight ? BatchSource(samples->weighted(*options.sample_weight)) : given;
  Feed feed(data, {.who = "evaluate",
                   .batch_size = options.batch_size,
                   .steps = options.steps,
                   .targets = !training().objective,
                   .check = [this](const Samples& each) { Run::check(*this, each, false); }});
  Run run(*this);
  Progress progress(std::cout, feed.size(), style_of(options.verbose));
  run.evaluate(feed, options.verbose == silent ? nullptr : &progress);
  if (options.verbose != silent) progress.finish(run.logs());
  return run.logs();
}
Logs Model::evaluate(const BatchSource& data) { return evaluate(data, EvaluateOptions{}); }
Logs Model::evaluate(const Tensor& x, const Tensor& y) { return evaluate(Samples(x, y), EvaluateOptions{}); }
Logs Model::evaluate(const Tensor& x, const Tensor& y, const EvaluateOptions& o) { return evaluate(Samples(x, y), o); }

Tensor Model::predict(const Tensor& x, const PredictOptions& options) {
  require(x.dimension() > 0, "predict: x has shape (); it takes (n, ...)");
  const Tensor no_targets = zeros({x.shape(0)});
  return predict_all(Samples(x, no_targets), options);
}

Tensor Model::predict_all(const BatchSource& data, const PredictOptions& options) {
  require<ValueError>(options.batch_size > 0, "predict: batch_size is 0; it takes 1 or more");
  const Samples* const samples = data.samples();
  const auto build = [this](const Samples& each) { require_built(&each.sample_shape()); };
  if (samples) build(*samples);
  if (samples && samples->size() == 0) return Tensor(stacked(0, output_shape()));
  Feed feed(
      data,
      {.who = "predict", .batch_size = options.batch_size, .steps = options.steps, .targets = false, .check = build});
  Run run(*this);
  Progress progress(std::cout, feed.size(), style_of(options.verbose));
  std::vector<Real> outputs;
  if (samples) outputs.reserve(samples->size() * element_count(output_shape()));
  std::size_t step = 0, n = 0;
  feed.begin();
  do {
    const Tensor &x = feed.batch().x, &y = run.output(x);
    const Shape expected = stacked(x.shape(0), output_shape());
    require(y.shape() == expected, "predict: the output has shape ", y.shape(), "; after the dry run it takes ",
            expected);
    outputs.insert(outputs.end(), y.begin(), y.end());
    n += x.shape(0);
    if (options.verbose != silent) progress.update(++step, [] { return Logs(); });
  } while (feed.next());
  if (options.verbose != silent) progress.finish({});
  Tensor all(stacked(n, output_shape()));
  std::copy(outputs.begin(), outputs.end(), all.begin());
  return all;
}

Tensor Model::predict_on_batch(const Tensor& x) {
  require(x.dimension() > 0, "predict_on_batch: x has shape (); it takes (n, ...)");
  const Shape sample(x.shape().begin() + 1, x.shape().end());
  require_built(&sample);
  return Run(*this).output(x);
}

Logs Model::train_on_batch(const Tensor& x, const Tensor& y, const Tensor* sample_weight,
                           const std::map<std::size_t, double>& class_weight) {
  // A data set of one batch: checked, and weighed by its classes.
  Feed batch(Samples(x, y, sample_weight),
             {.who = "train_on_batch", .batch_size = std::max<std::size_t>(y.size(), 1), .class_weight = class_weight});
  require<ValueError>(!training().objective, "train_on_batch: the model has an objective; a Trainer takes its steps");
  require_built(&batch.samples().sample_shape());
  Run run(*this);
  run.find_parameters();
  run.begin();
  if (!run.learn(x, y, batch.all_weights()))
    throw ValueError(
        text("train_on_batch: the loss is not finite", run.where_not_finite(), "; try a smaller learning rate"));
  return run.logs();
}

Logs Model::test_on_batch(const Tensor& x, const Tensor& y, const Tensor* sample_weight) {
  const Samples data(x, y, sample_weight);
  require<ValueError>(data.size() > 0, "test_on_batch: there are no samples");
  require<ValueError>(!training().objective, "test_on_batch: the model has an objective; call evaluate()");
  require_built(&data.sample_shape());
  Run run(*this);
  run.begin();
  run.judge(x, y, sample_weight);
  return run.logs();
}

}  // namespace xgrad::inline XGRAD_PRECISION
