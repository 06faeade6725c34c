#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/training/fit.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <limits>
#include <thread>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/batch_normalization.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/sgd.hpp>

#include "data/files.hpp"
#include "support.hpp"

// What can be done to a model besides training it straight on: freezing its layers, changing it from a callback,
// options that exclude each other, layers that are not what they say.

using namespace xgrad;

namespace {

struct Data {
  Tensor x, y;
  Data() {
    Rng rng(3);
    x = random_normal(rng, {24, 4}, 0, 1);
    y = random_normal(rng, {24, 1}, 0, 1);
  }
};
const Data data;

Sequential model_of(std::vector<Layer> layers, Loss loss = "mse", std::vector<Metric> metrics = {}) {
  Sequential m{Input{{4}}};
  for (Layer& layer : layers) m.add(std::move(layer));
  m.seed(1);
  m.compile(Adam{.learning_rate = 0.01}, std::move(loss), std::move(metrics));
  return m;
}

Sequential three_layers() { return model_of({Dense(4), Dense(4), Dense(1)}); }

Logs train(Sequential& m, FitOptions options = {}) {
  options.verbose = silent;
  return m.fit(data.x, data.y, options).logs.back();
}

}  // namespace

TEST_CASE("a model is saved whole after layers were frozen or thawed") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  for (const bool frozen_at_first : {false, true}) {
    CAPTURE(frozen_at_first);
    Sequential m = three_layers();
    m.layers()[2].trainable = !frozen_at_first;
    train(m);
    m.layers()[2].trainable = frozen_at_first;
    m.save(path);
    Sequential loaded = Sequential::load(path);
    CHECK(loaded.get_weights() == m.get_weights());
    CHECK(loaded.optimizer().state().paths == m.optimizer().state().paths);
    CHECK(loaded.optimizer().state().slots == m.optimizer().state().slots);
    CHECK(thrown_by<ValueError>([&] { train(m); }) ==
          std::string(frozen_at_first ? "step: 6 parameters after 4" : "step: 4 parameters after 6") +
              "; it takes the same parameters at every step, or a new optimizer; after freeze(), unfreeze() or another "
              "trainable, compile() the model again");
  }
}

TEST_CASE("a model is saved whole after a layer was taken off") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  Sequential m = three_layers();
  train(m);
  m.layers().pop_back();
  m.save(path);
  CHECK(Sequential::load(path).get_weights() == m.get_weights());
}

TEST_CASE("an optimizer does not take one layer's moments for another's") {
  Sequential m = three_layers();
  m.layers()[1].trainable = false;
  train(m);
  m.layers()[1].trainable = true;
  m.layers()[2].trainable = false;
  CHECK(thrown_by<ValueError>([&] { train(m); }) ==
        "step: parameter dense/kernel where dense_1/kernel was; it takes the same parameters at every step, or a new "
        "optimizer; after freeze(), unfreeze() or another trainable, compile() the model again");
}

TEST_CASE("a callback may put another state, or another model, in place of the one that is trained") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  for (const std::size_t workers : {1, 2})
    for (const bool whole : {false, true}) {
      Sequential m = three_layers();
      train(m);
      m.save(path);
      const Sequential before = m;
      const LambdaCallback back{.on_epoch_end = [&](Model& trained, std::size_t, Logs&) {
        whole ? void(trained = before) : trained.restore(path);
      }};
      Parameter* const first = m.parameters()[0];
      train(m, {.epochs = 3, .callbacks = {back}, .workers = workers});
      CHECK(m.get_weights() == Sequential(before).get_weights());
      if (!whole) CHECK(m.parameters()[0] == first);
    }
}

TEST_CASE("a callback may put another model in place of one whose loss is not finite, and the error is the same") {
  const auto error = [](bool replaces) {
    Sequential m = model_of({Dense(1, [](Var v) { return sqrt(v); }, {.kernel_initializer = "ones"})}), spare = m;
    const LambdaCallback save{.on_train_batch_end = [&](Model& trained, std::size_t, const Logs&) {
      if (replaces) trained = spare;
    }};
    return thrown_by<ValueError>([&] { train(m, {.callbacks = {save}}); });
  };
  CHECK(error(true).find("sqrt (line ") != std::string::npos);
  CHECK(error(true) == error(false));
}

TEST_CASE("metrics of one name are told apart, as by Keras") {
  Sequential m = model_of({Dense(1, sigmoid)}, "binary_crossentropy",
                          {metrics::Precision{.thresholds = 0.1}, metrics::Precision{.thresholds = 0.9}});
  Tensor labels = data.y;
  for (Real& label : labels) label = label > 0;
  const Logs logs = m.evaluate(data.x, labels, {.verbose = silent});
  CHECK(logs.at("precision") > 0);
  CHECK(logs.at("precision") != logs.at("precision_1"));
}

TEST_CASE("a callback may evaluate the model without touching the numbers of the epoch") {
  const auto accuracy = [](bool evaluates) {
    Sequential m = model_of({Dense(1, sigmoid)}, "binary_crossentropy", {"accuracy"});
    Tensor labels = data.y;
    for (Real& label : labels) label = label > 0;
    const LambdaCallback look{.on_train_batch_end = [&](Model& trained, std::size_t, const Logs&) {
      if (evaluates) trained.evaluate(data.x, ones({24, 1}), {.verbose = silent});
    }};
    return m.fit(data.x, labels, {.batch_size = 4, .verbose = silent, .callbacks = {look}})["accuracy"];
  };
  CHECK(accuracy(true) == accuracy(false));
}

TEST_CASE("a parameter that the model does not use is an error, by one worker or two") {
  struct Idle {
    Parameter w{"w", ones({1})};
    Var operator()(Var x, const Context&) { return x; }
    void fields(Fields& f) { f("w", w); }
  };
  for (const std::size_t workers : {1, 2}) {
    Sequential m = model_of({Dense(1), Idle()});
    CHECK(thrown_by<ValueError>([&] {
            train(m, {.workers = workers});
          }).ends_with("/w has no gradient since the last step; run backward() first"));
  }
}

TEST_CASE("a loss that is not finite is explained by the worker that had it") {
  Tensor x = ones({4, 4});
  for (std::size_t k = 0; k < 4; ++k) x(0, k) = 0, x(3, k) = -1;
  for (const std::size_t workers : {1, 2}) {
    Sequential m = model_of({Dense(1, [](Var v) { return sqrt(v); }, {.kernel_initializer = "ones"})});
    CHECK(thrown_by<ValueError>([&] {
            m.fit(x, ones({4, 1}), {.verbose = silent, .shuffle = false, .workers = workers});
          }).find(": sqrt (line ") != std::string::npos);
  }
}

TEST_CASE("predict refuses an output that is not what the dry run had") {
  struct Doubled {
    Var operator()(Var x, const Context&) { return concatenate({x, x}, 1); }
  };
  struct First {
    Var operator()(Var x, const Context&) { return rows(x, 0, 1); }
  };
  Sequential wide{Input{{4}}, Doubled()}, short_one{Input{{4}}, First()};
  CHECK(wide.predict(data.x, {.verbose = silent}).shape() == Shape{24, 8});
  CHECK(thrown_by<ShapeError>([&] { short_one.predict(data.x, {.verbose = silent}); }) ==
        "predict: the output has shape (1, 4); after the dry run it takes (24, 4)");
}

TEST_CASE("weights come from one place, and are finite") {
  Sequential m = three_layers();
  Tensor weights = ones({24});
  const Samples weighted(data.x, data.y, &weights);
  const std::string one = "fit: of class_weight, sample_weight and weights of the samples themselves it takes one";
  CHECK(thrown_by<ValueError>([&] { m.fit(weighted, {.verbose = silent, .class_weight = {{1, 2}}}); }) == one);
  CHECK(thrown_by<ValueError>([&] { m.fit(weighted, {.verbose = silent, .sample_weight = weights}); }) == one);
  weights(3) = std::numeric_limits<Real>::quiet_NaN();
  CHECK(thrown_by<ValueError>([&] { m.evaluate(weighted, {.verbose = silent, .sample_weight = ones({24})}); }) ==
        "evaluate: of sample_weight and weights of the samples themselves it takes one");
  CHECK(thrown_by<ValueError>([&] { train(m, {.sample_weight = weights}); }) ==
        "samples: the weight of sample 3 is nan; it takes finite numbers");
}

TEST_CASE("options that cannot be are refused by name") {
  Sequential m = three_layers();
  const Tensor none_x = zeros({0, 4}), none_y = zeros({0, 1});
  CHECK(thrown_by<ValueError>([&] {
          train(m, {.validation_data = {{none_x, none_y}}});
        }) == "fit: there are no samples to validate with");
  CHECK(thrown_by<ValueError>([&] { train(m, {.workers = 2000}); }) == "workers: 2000 threads; it takes up to 1024");
}

TEST_CASE("a frozen BatchNormalization counts nothing, so that workers may share its batches") {
  Sequential m = model_of({Sequential{BatchNormalization()}, Dense(1)});
  CHECK_THROWS_AS(train(m, {.workers = 2}), ValueError);
  m.layers()[1].as<Sequential>()->layers()[0].trainable = false;
  const std::vector<Tensor> before = m.get_weights();
  train(m, {.workers = 2});
  for (std::size_t k = 0; k < 4; ++k) CHECK(m.get_weights()[k] == before[k]);
}

TEST_CASE("targets (n,) do not broadcast in a metric of one's own") {
  Tensor flat = data.y;
  flat.reshape({24});
  const auto squares = [](const Tensor& y, const Tensor& p) { return xt::mean(xt::square(y - p))(); };
  Sequential m = model_of({Dense(1)}, "mse", {Metric("mine", squares), "mse"});
  const Logs logs = m.evaluate(data.x, flat, {.verbose = silent});
  CHECK(logs.at("mine") == doctest::Approx(logs.at("mse")));
}

TEST_CASE("Ctrl-C ends every fit that runs") {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    std::signal(SIGINT, SIG_DFL);
    std::atomic<int> running = 0;
    const LambdaCallback press{.on_epoch_begin = [&](Model&, std::size_t epoch) {
      if (epoch == 0 && ++running == 2) std::raise(SIGINT);
      while (running < 2) std::this_thread::yield();
    }};
    bool interrupted[2];
    const auto fit = [&](std::size_t k) {
      interrupted[k] =
          three_layers().fit(data.x, data.y, {.epochs = 1000, .verbose = silent, .callbacks = {press}}).interrupted;
    };
    std::thread other(fit, 1);
    fit(0);
    other.join();
    _exit(interrupted[0] && interrupted[1] ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a process that is forked within fit goes on alone") {
  Sequential m = three_layers();
  pid_t child = -1;
  const LambdaCallback split{.on_epoch_end = [&](Model&, std::size_t epoch, Logs&) {
    if (epoch == 0) child = fork();
    if (child == 0) alarm(60);  // should it wait for threads that are not there
  }};
  try {
    train(m, {.epochs = 3, .callbacks = {split}, .workers = 2});
  } catch (...) {
    if (child == 0) _exit(1);
    throw;
  }
  if (child == 0) _exit(0);
  REQUIRE(child > 0);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("targets without numbers, or of three axes where classes are asked for, do no harm") {
  Sequential m = model_of({Dense(1)}, Loss([](Var, Var p) { return mean(square(p)); }));
  CHECK(m.fit(data.x, zeros({24, 0}), {.verbose = silent})["loss"].size() == 1);
  Sequential deep{Dense(3, softmax)};
  deep.compile("sgd", "categorical_crossentropy");
  CHECK(thrown_by<ShapeError>([&] {
          deep.fit(ones({2, 2, 3}), ones({2, 2, 3}), {.verbose = silent, .class_weight = {{0, 100}}});
        }) == "fit: class_weight for targets of shape (2, 2, 3); it takes (n,), (n, 1) or one-hot (n, classes)");
}
