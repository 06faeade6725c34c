// What becomes of a gradient that is not finite where the loss is.

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/training/fit.hpp>
#include <xgrad/training/trainer.hpp>

#include "support.hpp"
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/optim/adam.hpp>

using namespace xgrad;

namespace {

const Tensor x = zeros({8, 2}), y = zeros({8, 1});
const std::string refusal =
    "step: the gradient of parameter dense/kernel has nan at entry 0; it takes finite numbers, so nothing was moved";

// Its slope at 0 is 0 / 0.
Var root(Var t, Var p) { return sqrt(mean(square(t - p))); }

Sequential model() {
  Sequential m{Input{{2}}, Dense(1)};
  m.compile(Adam{.gradient_accumulation_steps = 2}, root);
  m.build({2});
  return m;
}

}  // namespace

TEST_CASE("a gradient that is NaN beside a finite loss moves nothing in fit, for any number of workers") {
  for (const std::size_t workers : {1, 2, 3}) {
    CAPTURE(workers);
    Sequential m = model();
    const Tensor one = ones({8, 1});
    m.fit(x, one, {.batch_size = 8, .epochs = 3, .verbose = silent, .workers = workers});
    m.layers()[1].as<Dense>()->bias.edit().fill(0);
    const std::vector<Tensor> before = m.get_weights();
    const Optimizer optimizer = m.optimizer();
    CHECK(thrown_by<ValueError>([&] { m.fit(x, y, {.batch_size = 4, .verbose = silent, .workers = workers}); }) ==
          refusal);
    CHECK(m.get_weights() == before);
    CHECK(m.optimizer().iterations() == optimizer.iterations());
    CHECK(m.optimizer().state().slots == optimizer.state().slots);
    CHECK(m.optimizer().state().accumulated == optimizer.state().accumulated);
    m.fit(x, one, {.verbose = silent, .workers = workers});  // goes on
  }
}

TEST_CASE("nor in train_on_batch, a Trainer, or a loop of one's own") {
  Sequential m = model();
  const std::vector<Tensor> before = m.get_weights();
  CHECK(thrown_by<ValueError>([&] { m.train_on_batch(x, y); }) == refusal);
  CHECK(m.get_weights() == before);
  Rng rng(1);
  Trainer trainer(m, "sgd");
  const auto objective = [&](Tape& tape, const Context& context) {
    return root(tape.borrow(y), m(tape.borrow(x), context));
  };
  CHECK(thrown_by<ValueError>([&] { trainer.step(rng, objective); }) == refusal);
  CHECK(m.get_weights() == before);
  Tape tape;
  Optimizer rmsprop = "rmsprop";
  tape.backward(objective(tape, {}));
  CHECK(thrown_by<ValueError>([&] { rmsprop.step(m.parameters()); }) == refusal);
  CHECK(m.get_weights() == before);
  CHECK(rmsprop.state().slots.empty());
}
