// What workers draw, what is said of weights that are NaN, and what callbacks set.

#include <iostream>
#include <mutex>
#include <set>
#include <sstream>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/layers/dropout.hpp>
#include <xgrad/nn/layers/gaussian_noise.hpp>
#include <xgrad/nn/model/files.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/optim/sgd.hpp>
#include <xgrad/training/callbacks.hpp>
#include <xgrad/training/fit.hpp>

#include "data/files.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

using Drawn = std::vector<Real>;

// What two workers draw in each of three epochs of one batch: the rows of ones, after the layer.
std::multiset<Drawn> draws_of(const Layer& layer) {
  std::mutex mutex;
  std::multiset<Drawn> all;
  const auto look = [&](Var x) {
    const std::lock_guard lock(mutex);
    if (x.shape()[0] == 1) all.insert(Drawn(x.value().begin(), x.value().end()));
    return x;
  };
  Sequential model{Input{{40}}, layer, Activation(look), Dense(1)};
  model.seed(1);
  model.compile(SGD{}, "mse");
  model.build({40});
  all.clear();
  model.fit(ones({2, 40}), column({1, 2}), {.batch_size = 2, .epochs = 3, .verbose = silent, .workers = 2});
  return all;
}

std::string said_of(const std::function<void()>& f) {
  std::ostringstream said;
  std::streambuf* const before = std::cerr.rdbuf(said.rdbuf());
  f();
  std::cerr.rdbuf(before);
  return said.str();
}

}  // namespace

TEST_CASE("workers draw other masks and other noise than each other, and in every epoch") {
  for (const Layer& layer : {Layer(Dropout(0.5)), Layer(GaussianNoise(0.5))}) {
    const std::multiset<Drawn> all = draws_of(layer);
    CHECK(all.size() == 6);
    CHECK(std::set<Drawn>(all.begin(), all.end()).size() == 6);
  }
}

TEST_CASE("weights that are NaN are loaded, and said to be") {
  const Folder folder;
  const std::string whole = folder.path / "model", weights = folder.path / "weights";
  Sequential model{Input{{1}}, Dense(1)};
  model.compile("sgd", "mse");
  CHECK(said_of([&] {
          model.save(whole);
          Sequential::load(whole);
        }) == "");
  model.set_weights({filled({1, 1}, NAN), zeros({1})});
  model.save(whole);
  model.save_weights(weights);
  CHECK(said_of([&] { Sequential::load(whole); }) == "xgrad: " + whole + " holds weights that are NaN or infinite\n");
  CHECK(said_of([&] { model.load_weights(weights); }) ==
        "xgrad: " + weights + " holds weights that are NaN or infinite\n");
}

TEST_CASE("LearningRateScheduler sets the rate of every optimizer") {
  Sequential model{Input{{1}}, Dense(1)};
  model.compile({{"**/bias", SGD{.learning_rate = 1.0}}, {"**", SGD{.learning_rate = 0.5}}}, "mse");
  const LearningRateScheduler halve{[](std::size_t, double rate) { return rate / 2; }};
  model.fit(column({1, 2}), column({1, 3}), {.epochs = 2, .verbose = silent, .callbacks = {halve}});
  CHECK(model.optimizers()[0].optimizer.learning_rate() == 0.25);
  CHECK(model.optimizers()[1].optimizer.learning_rate() == 0.125);
}

TEST_CASE("StopAtLoss stops at its threshold, and the next fit() trains again") {
  Sequential model{Input{{1}}, Dense(1)};
  model.compile("sgd", "mse");
  const LambdaCallback script{.on_epoch_end = [](Model&, std::size_t, Logs& logs) { logs["loss"] = 0.5; }};
  const FitOptions once{.epochs = 3, .verbose = silent, .callbacks = {script, StopAtLoss{.threshold = 0.5}}};
  CHECK(model.fit(column({1, 2}), column({1, 3}), once).epoch.size() == 1);
  CHECK(model.stop_training);
  CHECK(model.fit(column({1, 2}), column({1, 3}), {.epochs = 2, .verbose = silent}).epoch.size() == 2);
}
