// The workloads as a user of this library writes them.

#include <xgrad/xgrad.hpp>

#include "common.hpp"

namespace {

using namespace xgrad;

Optimizer make_optimizer(bench::Rule rule) {
  switch (rule) {
    case bench::Rule::sgd:
      return SGD{};
    case bench::Rule::momentum:
      return SGD{.momentum = Real(0.9)};
    case bench::Rule::rmsprop:
      return RMSprop{.epsilon = Real(bench::rmsprop_epsilon)};
    default:
      return Adam{.epsilon = Real(bench::adam_epsilon)};
  }
}

// Tells the report of each step, and ends the training after the last.
struct Count {
  bench::Report& report;

  void on_train_batch_begin(Model& model, std::size_t) {
    if (!report.more()) model.stop_training = true;
  }
};

// The same for the first steps, whose losses are compared: from the mean over the epoch's batches until here.
struct Compare : Count {
  double sum = 0;

  void on_train_batch_end(Model& model, std::size_t batch, const Logs& logs) {
    const double before = batch == 0 ? 0 : sum;
    sum = logs.at("loss") * static_cast<double>(batch + 1);
    if (report.wanted()) report.loss(sum - before);
    if (report.compared()) model.stop_training = true;
  }
};

// With more threads than one, fit() gives each a slice of every batch; in the variant "products" they share products,
// elementwise loops and the optimizer's step.
void train_mnist(const bench::Arguments& a, bench::Report& report) {
  const LabelledImages images = load_mnist(a.data, "train");
  Sequential model;
  for (const std::size_t& units : a.work.layers)
    model.add(&units == &a.work.layers.back() ? Dense(units, softmax) : Dense(units, relu));
  model.seed(a.seed);
  model.build({784});
  model.compile(make_optimizer(a.work.rule), "sparse_categorical_crossentropy");
  const bool products = bench::is_variant(a, "products");
  set_num_threads(products ? a.threads : 1);
  FitOptions options{
      .batch_size = a.work.batch, .epochs = 1'000'000, .verbose = silent, .callbacks = {Compare{{report}}}};
  options.workers = products ? 1 : static_cast<std::size_t>(a.threads);
  model.fit(images, options);
  options.callbacks = {Count{report}};
  if (!report.done()) model.fit(images, options);
}

void fit_line(const bench::Arguments& a, bench::Report& report) {
  Rng rng(a.seed);
  const Tensor x = random_uniform(rng, {100, 1}, 0, 2);
  const Tensor noise = random_normal(rng, {100, 1}, 0, 1);
  const Tensor y = 4 + 3 * x + noise;
  Parameter w("w", random_normal(rng, {1, 1}, 0, 1)), b("b", random_normal(rng, {1}, 0, 1));
  const std::vector<Parameter*> parameters{&w, &b};
  Optimizer optimizer = SGD{};
  const FlushDenormals flush;
  Tape tape;
  while (report.more()) {
    tape.rewind();
    const Var loss = mean_squared_error(y, linear(tape.borrow(x), tape.watch(w), tape.watch(b)));
    tape.backward(loss);
    optimizer.step(parameters);
    if (report.wanted()) report.loss(loss.item());
  }
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run(argc, argv, [](const bench::Arguments& a, bench::Report& report) {
    a.work.layers.empty() ? fit_line(a, report) : train_mnist(a, report);
  });
}
