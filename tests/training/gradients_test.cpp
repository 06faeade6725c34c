// What becomes of a gradient that is not finite where the loss is.

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/training/callbacks.hpp>
#include <xgrad/training/fit.hpp>
#include <xgrad/training/trainer.hpp>

#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/optim/adam.hpp>
#include "support.hpp"

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

TEST_CASE("layers that a callback freezes or unfreezes between two batches are noticed at the next") {
  const Tensor one = ones({8, 1}), some = ones({8, 2});
  const auto train = [&](Sequential& m, std::size_t workers, std::size_t batch, auto change) {
    const LambdaCallback callback{.on_train_batch_begin = [&m, batch, change](Model&, std::size_t step) {
      if (step == batch) change(m);
    }};
    m.fit(some, one, {.batch_size = 2, .verbose = silent, .callbacks = {callback}, .workers = workers});
  };
  const auto made = [](bool trainable) {
    Sequential m{Input{{2}}, Dense(2), Dense(1)};
    m.build({2});
    m.layers()[1].trainable = trainable;
    m.compile("adam", "mse");
    return m;
  };
  const std::string again =
      "; it takes the same parameters at every step, or a new optimizer; after freeze(), "
      "unfreeze() or another trainable, compile() the model again";
  const auto flip = [](Sequential& m) { m.layers()[1].trainable = !m.layers()[1].trainable; };
  for (const std::size_t workers : {1, 2}) {
    CAPTURE(workers);
    Sequential thawed = made(false), frozen = made(true), recompiled = made(false), at_first = made(false);
    CHECK(thrown_by<ValueError>([&] { train(thawed, workers, 1, flip); }) == "step: 4 parameters after 2" + again);
    CHECK(thrown_by<ValueError>([&] { train(frozen, workers, 1, flip); }) == "step: 2 parameters after 4" + again);
    const Tensor before = recompiled.get_weights()[0];
    train(recompiled, workers, 2, [&](Sequential& m) { flip(m), m.compile("adam", "mse"); });
    CHECK(recompiled.get_weights()[0] != before);
    train(at_first, workers, 0, flip);  // no step was taken yet
    CHECK(at_first.optimizer().state().paths.size() == 4);
    Sequential one_frozen = made(true);
    freeze(one_frozen, "dense/bias");
    CHECK(thrown_by<ValueError>([&] { train(one_frozen, workers, 3, [](Sequential& m) { unfreeze(m); }); }) ==
          "step: 4 parameters after 3" + again);
  }
}
