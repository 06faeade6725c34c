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
  require_predicts();
  training_ = Named(Training{std::move(optimizers), std::move(loss), std::move(metrics), {}});
}

void Model::compile_objective(Optimizers optimizers, Objective objective) {
  training_ = Named(Training{std::move(optimizers), Loss("mse"), {}, std::move(objective)});
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

History Model::fit(const Samples& data, const FitOptions& options) {
  Fit fit(*this, data, options);
  while (fit.next()) {
  }
  return fit.history();
}
History Model::fit(const Samples& data) { return fit(data, FitOptions{}); }
History Model::fit(const Tensor& x, const Tensor& y) { return fit(Samples(x, y), FitOptions{}); }
History Model::fit(const Tensor& x, const Tensor& y, const FitOptions& o) { return fit(Samples(x, y), o); }

Logs Model::evaluate(const Samples& given, const EvaluateOptions& options) {
  require<ValueError>(given.size() > 0, "evaluate: there are no samples");
  require<ValueError>(!options.sample_weight || given.weights() == nullptr,
                      "evaluate: of sample_weight and weights of the samples themselves it takes one");
  const Samples data = options.sample_weight ? given.weighted(*options.sample_weight) : given;
  if (!training().objective) {
    require_built(&given.sample_shape());
    training().loss.check_targets(data.y(), output_shape());
  }
  Batches batches(data, options.batch_size);
  Run run(*this);
  Progress progress(std::cout, batches.size(), style_of(options.verbose));
  run.evaluate(batches, data.weights(), options.verbose == silent ? nullptr : &progress);
  if (options.verbose != silent) progress.finish(run.logs());
  return run.logs();
}
Logs Model::evaluate(const Samples& data) { return evaluate(data, EvaluateOptions{}); }
Logs Model::evaluate(const Tensor& x, const Tensor& y) { return evaluate(Samples(x, y), EvaluateOptions{}); }
Logs Model::evaluate(const Tensor& x, const Tensor& y, const EvaluateOptions& o) { return evaluate(Samples(x, y), o); }

Tensor Model::predict(const Tensor& x, const PredictOptions& options) {
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
    require(y.shape() == expected, "predict: the output has shape ", y.shape(), "; after the dry run it takes ",
            expected);
    to = std::copy(y.begin(), y.end(), to);
    if (options.verbose != silent) progress.update(++step, [] { return Logs(); });
  }
  if (options.verbose != silent) progress.finish({});
  return all;
}

Logs Model::train_on_batch(const Tensor& x, const Tensor& y, const Tensor* sample_weight) {
  const Samples data(x, y, sample_weight);
  require<ValueError>(data.size() > 0, "train_on_batch: there are no samples");
  require<ValueError>(!training().objective, "train_on_batch: the model has an objective; a Trainer takes its steps");
  require_built(&data.sample_shape());
  Run run(*this);
  run.find_parameters();
  run.begin();
  if (!run.learn(x, y, sample_weight))
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
