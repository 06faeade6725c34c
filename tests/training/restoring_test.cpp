// What restore() takes back beside the weights.

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/optim/schedules.hpp>
#include <xgrad/training/callbacks.hpp>
#include <xgrad/training/fit.hpp>

#include "data/files.hpp"
#include "modules.hpp"

using namespace xgrad;

namespace {

Sequential made(Optimizers optimizers, bool own_loss = false) {
  Sequential m{Dense(2, tanh), Dense(1)};
  m.seed(3);
  m.compile(std::move(optimizers), own_loss ? Loss([](Var t, Var p) { return mean(abs(t - p)); }) : Loss("mse"));
  return m;
}

void train(Model& m, std::size_t from, std::size_t to) {
  m.fit(x, y, {.batch_size = 2, .epochs = to, .verbose = silent, .initial_epoch = from});
}

}  // namespace

TEST_CASE("restore takes back the learning rates as load does, whatever the loss") {
  const Folder folder;
  const Optimizers groups{{"**/bias", SGD{.learning_rate = 0.1, .gradient_accumulation_steps = 3}}, {"**", Adam{}}};
  for (const bool own_loss : {false, true}) {
    Sequential whole = made(groups, own_loss);
    train(whole, 0, 2);
    whole.optimizers()[0].optimizer.set_learning_rate(0.001);
    whole.optimizers()[1].optimizer.set_learning_rate(0.3);
    whole.save(folder.path / "m");
    Sequential restored = made(groups, own_loss);
    restored.restore(folder.path / "m");
    CHECK(restored.optimizers()[0].optimizer.learning_rate() == 0.001);
    CHECK(restored.optimizers()[1].optimizer.learning_rate() == 0.3);
    for (Sequential* m : {&whole, &restored}) train(*m, 2, 4);
    CHECK(weights_of(restored) == weights_of(whole));
  }
}

TEST_CASE("a learning rate that ReduceLROnPlateau has reduced is taken back") {
  const Folder folder;
  Sequential m = made(Adam{.learning_rate = 0.1});
  m.fit(x, y,
        {.epochs = 4,
         .verbose = silent,
         .callbacks = {ReduceLROnPlateau{.monitor = "loss", .factor = 0.01, .patience = 1, .min_delta = 100}}});
  const double reduced = m.optimizer().learning_rate();
  CHECK(reduced < 0.01);
  m.save(folder.path / "m");
  Sequential restored = made(Adam{.learning_rate = 0.1});
  restored.restore(folder.path / "m");
  CHECK(restored.optimizer().learning_rate() == reduced);
  CHECK(Sequential::load(folder.path / "m").optimizer().learning_rate() == reduced);
}

TEST_CASE("a schedule stays that of compile, and goes on where it was") {
  const Folder folder;
  Sequential m = made(SGD{.learning_rate = InverseTimeDecay{0.5, 1, 1}});
  train(m, 0, 2);  // four steps
  m.save(folder.path / "m");
  Sequential restored = made(SGD{.learning_rate = InverseTimeDecay{0.5, 1, 1}});
  restored.restore(folder.path / "m");
  CHECK(restored.optimizer().learning_rate() == 0.1);
  Sequential other = made(SGD{.learning_rate = 0.25});
  other.build({3});
  other.save(folder.path / "other");
  restored.restore(folder.path / "other");
  CHECK(restored.optimizer().learning_rate() == 0.5);
}

TEST_CASE("restore takes back which layers are trainable, and which parameters are frozen") {
  const Folder folder;
  Sequential m{Dense(2), Sequential{Dense(2), Dense(2)}, Dense(1)}, restored = m;
  m.layers()[0].trainable = false;
  m.layers()[1].as<Sequential>()->layers()[1].trainable = false;
  restored.layers()[2].trainable = false;
  for (Sequential* each : {&m, &restored}) each->compile("sgd", "mse");
  m.build({3});
  freeze(m, "dense_1/bias");
  train(m, 0, 1);
  m.save(folder.path / "m");
  restored.restore(folder.path / "m");
  CHECK(restored.parameters().paths == m.parameters().paths);
  for (Sequential* each : {&m, &restored}) train(*each, 1, 2);
  CHECK(weights_of(restored) == weights_of(m));
}
