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

void train(Sequential& model, Optimizer optimizer, Batches data, bench::Report& report) {
  const std::vector<Parameter*> parameters = model.parameters();
  Tape tape;
  for (;;)
    for (const auto& [x, y] : data) {
      if (!report.more()) return;
      tape.rewind();
      const Var p = model(tape.borrow(x), {.training = true});
      const Var loss = sparse_categorical_crossentropy(y, p);
      tape.backward(loss);
      optimizer.step(parameters);
      if (report.wanted()) report.loss(loss.item());
    }
}

void train_mnist(const bench::Arguments& a, bench::Report& report) {
  const LabelledImages images = load_mnist(a.data, "train");
  Rng rng(a.seed);
  Sequential model;
  for (const std::size_t& units : a.work.layers)
    model.add(&units == &a.work.layers.back() ? Dense(units, softmax) : Dense(units, relu));
  model.build({784}, rng);
  train(model, make_optimizer(a.work.rule), batches(images, a.work.batch, &rng), report);
}

void fit_line(const bench::Arguments& a, bench::Report& report) {
  Rng rng(a.seed);
  const Tensor x = random_uniform(rng, {100, 1}, 0, 2);
  const Tensor noise = random_normal(rng, {100, 1}, 0, 1);
  const Tensor y = 4 + 3 * x + noise;
  Tensor w = random_normal(rng, {1}, 0, 1), b = random_normal(rng, {1}, 0, 1);
  Tape tape;
  while (report.more()) {
    tape.rewind();
    const Var vw = tape.variable(w), vb = tape.variable(b);
    const Var loss = mean_squared_error(y, vw * x + vb);
    const std::vector<Var> gradients = gradient(loss, {vw, vb});
    w -= Real(0.01) * gradients[0].value();
    b -= Real(0.01) * gradients[1].value();
    if (report.wanted()) report.loss(loss.item());
  }
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run(argc, argv, [](const bench::Arguments& a, bench::Report& report) {
    set_num_threads(a.threads);
    const FlushDenormals flush;
    a.work.layers.empty() ? fit_line(a, report) : train_mnist(a, report);
  });
}
