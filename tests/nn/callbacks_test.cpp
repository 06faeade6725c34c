#include <xgrad/training/callbacks.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/optim/schedules.hpp>

#include "data/files.hpp"
#include "training/scripted.hpp"

using namespace xgrad;

TEST_CASE("EarlyStopping stops where Keras's does, and restores the same weights") {
  for (const Json& run : keras("early_stopping")) {
    CAPTURE(run.dump());
    const Json& options = run.at("opts");
    EarlyStopping stopping{.min_delta = options.value("min_delta", 0.0),
                           .patience = options.value("patience", std::size_t{0}),
                           .mode = options.value("mode", "auto"),
                           .restore_best_weights = options.value("restore_best_weights", false),
                           .start_from_epoch = options.value("start_from_epoch", std::size_t{0})};
    if (options.contains("baseline")) stopping.baseline = options["baseline"].get<double>();
    Sequential model = counting();
    const History history = model.fit(x, y, epochs(run.at("vals").size(), {scripted(run["vals"]), stopping}));
    CHECK(history.epoch.size() == run.at("epochs_run"));
    CHECK((stopping.stopped_epoch > 0) == run.at("stopped"));
    CHECK(model.get_weights()[0](0, 0) == run.at("weights_from_epoch"));
  }
}

TEST_CASE("best weights are restored also when nothing was stopped") {
  Sequential model = counting();
  model.fit(x, y, epochs(3, {scripted({2, 1, 3}), EarlyStopping{.patience = 10, .restore_best_weights = true}}));
  CHECK(model.get_weights()[0](0, 0) == 1);
}

TEST_CASE("an accuracy is better when it is more") {
  const auto run = [](const char* mode) {
    Sequential model = counting({"accuracy"});
    const LambdaCallback script{.on_epoch_end = [](Model&, std::size_t epoch, Logs& logs) {
      logs["val_accuracy"] = 0.1 * static_cast<double>(epoch);
    }};
    return model.fit(x, y, epochs(4, {script, EarlyStopping{.monitor = "val_accuracy", .mode = mode}})).epoch.size();
  };
  CHECK(run("auto") == 4);
  CHECK(run("max") == 4);
  CHECK(run("min") == 2);
  CHECK(thrown_by<ValueError>([&] { run("most"); }) ==
        "EarlyStopping: the mode is \"most\"; it takes auto, min or max");
}

TEST_CASE("ReduceLROnPlateau reduces where Keras's does, and the history tells") {
  for (const Json& run : keras("reduce_lr")) {
    CAPTURE(run.dump());
    const Json& options = run.at("opts");
    const ReduceLROnPlateau reduce{.factor = options.value("factor", 0.1),
                                   .patience = options.value("patience", std::size_t{10}),
                                   .min_delta = options.value("min_delta", 1e-4),
                                   .cooldown = options.value("cooldown", std::size_t{0}),
                                   .min_lr = options.value("min_lr", 0.0)};
    std::vector<double> rates, before;
    const LambdaCallback look{
        .on_epoch_end = [&](Model& model, std::size_t, Logs&) { rates.push_back(model.optimizer().learning_rate()); }};
    Sequential model = counting();
    const History history = model.fit(x, y, epochs(run.at("vals").size(), {scripted(run["vals"]), reduce, look}));
    CHECK(rates == run.at("lr_after_epoch").get<std::vector<double>>());
    CHECK(history["learning_rate"][0] == 1);
  }
  CHECK(thrown_by<ValueError>([&] { counting().fit(x, y, epochs(1, {ReduceLROnPlateau{.factor = 1}})); }) ==
        "ReduceLROnPlateau: the factor is 1; it takes numbers between 0 and 1");
}

TEST_CASE("LearningRateScheduler sets the rate of every epoch") {
  Sequential model = counting();
  const auto halve = [](std::size_t epoch, double rate) { return epoch == 0 ? rate : rate / 2; };
  const History history = model.fit(x, y, epochs(3, {LearningRateScheduler{halve}}));
  CHECK(history["learning_rate"] == std::vector<double>{1, 0.5, 0.25});
}

TEST_CASE("a schedule of the epoch alone sets the rate, and 0 is one: nothing moves, as in Keras") {
  Sequential model = counting();
  const History history = model.fit(
      x, y, epochs(3, {LearningRateScheduler{[](std::size_t epoch) { return static_cast<double>(epoch) / 8; }}}));
  CHECK(history["learning_rate"] == std::vector<double>{0, 0.125, 0.25});
  const double before = weight(model);
  model.optimizer().set_learning_rate(0);
  model.fit(x, y, epochs(1, {}));
  CHECK(weight(model) == before);
}

TEST_CASE("a callback cannot set a learning rate that a schedule sets") {
  Sequential model{Dense(1)};
  model.compile(
      SGD{.learning_rate = ExponentialDecay{.initial_learning_rate = 0.1, .decay_steps = 10, .decay_rate = 0.5}},
      "mse");
  const auto constant = [](std::size_t, double rate) { return rate; };
  CHECK_THROWS_AS(model.fit(x, y, epochs(1, {LearningRateScheduler{constant}})), ValueError);
}

TEST_CASE("StopAtLoss ends gradient descent when the loss is small enough") {
  Sequential model{Dense(1, linear, {.use_bias = false, .kernel_initializer = zeros})};
  model.compile(SGD{.learning_rate = 0.05}, "mse");
  const History history =
      model.fit(x, y, {.batch_size = 4, .epochs = 100, .verbose = silent, .callbacks = {StopAtLoss{1e-3}}});
  const std::vector<double> losses = history["loss"];
  CHECK(losses.size() < 100);
  CHECK(losses.back() <= 1e-3);
  CHECK(losses[losses.size() - 2] > 1e-3);
}

TEST_CASE("an epoch that is begun has a loss: training ends after its first batch, as in Keras") {
  struct Second {
    std::vector<double> losses;
    void on_epoch_begin(Model& model, std::size_t epoch) { model.stop_training = epoch == 1; }
    void on_train_batch_end(Model&, std::size_t, const Logs& logs) { losses.push_back(logs.at("loss")); }
  } second;
  Sequential model = counting();
  const History history = model.fit(x, y, {.batch_size = 1, .epochs = 5, .verbose = silent, .callbacks = {second}});
  CHECK(history.epoch.size() == 2);
  CHECK(second.losses.size() == x.shape(0) + 1);
  CHECK(history.logs[1].at("loss") == second.losses.back());
}

TEST_CASE("ReduceLROnPlateau does not reduce to 0") {
  Sequential model = counting();
  model.fit(x, y, epochs(8, {ReduceLROnPlateau{.monitor = "loss", .factor = 1e-60, .patience = 1, .min_delta = 1e9}}));
  CHECK(model.optimizer().learning_rate() > 0);
}

TEST_CASE("a callback of one's own is a class with the functions that it wants") {
  struct Counter {
    int begun = 0, batches = 0, ended = 0;
    void on_train_begin(Model&) { ++begun; }
    void on_train_batch_end(Model& model, std::size_t batch, const Logs& logs) {
      ++batches;
      CHECK(logs.at("loss") >= 0);
      if (batch == 2) model.stop_training = true;
    }
    void on_train_end(Model&) { ++ended; }
  } counter;
  Sequential model = counting();
  const History history = model.fit(x, y, {.batch_size = 1, .epochs = 5, .verbose = silent, .callbacks = {counter}});
  CHECK(counter.begun == 1);
  CHECK(counter.batches == 3);
  CHECK(counter.ended == 1);
  CHECK(history.epoch.size() == 1);
}

TEST_CASE("a callback that throws leaves the model usable") {
  Sequential model = counting();
  const LambdaCallback thrower{.on_epoch_end = [](Model&, std::size_t, Logs&) { throw std::runtime_error("mine"); }};
  CHECK(thrown_by<std::runtime_error>([&] { model.fit(x, y, epochs(2, {thrower})); }) == "mine");
  CHECK(model.fit(x, y, epochs(2, {})).epoch.size() == 2);
}

TEST_CASE("Ctrl-C ends training after the batch, and the old handler is back") {
  const auto handler_of_the_tests = std::signal(SIGINT, SIG_DFL);
  Sequential model = counting();
  const LambdaCallback press{.on_train_batch_begin = [](Model&, std::size_t batch) {
    if (batch == 1) std::raise(SIGINT);
  }};
  std::size_t last = 0;
  const LambdaCallback look{.on_train_batch_end = [&](Model&, std::size_t batch, const Logs&) { last = batch; }};
  const History history =
      model.fit(x, y, {.batch_size = 1, .epochs = 3, .verbose = silent, .callbacks = {press, look}});
  CHECK(history.interrupted);
  CHECK(history.epoch.empty());
  CHECK(last == 1);
  struct sigaction now {};
  sigaction(SIGINT, nullptr, &now);
  CHECK((now.sa_handler == SIG_DFL));
  std::signal(SIGINT, handler_of_the_tests);
}

TEST_CASE("a second Ctrl-C ends the program as ever") {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGINT, SIG_DFL);
    const LambdaCallback press{.on_train_batch_begin = [](Model&, std::size_t) {
      std::raise(SIGINT);
      std::raise(SIGINT);
    }};
    counting().fit(x, y, epochs(1, {press}));
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGINT);
}

TEST_CASE("a History or Logs without a number of that name says which there are") {
  const History history{.epoch = {0, 1}, .logs = {{{"loss", 1}}, {{"loss", 1}, {"val_loss", 2}}}};
  CHECK(thrown_by<ValueError>([&] { history["acc"]; }) == "history: there is no \"acc\"; there are loss, val_loss");
  CHECK(thrown_by<ValueError>([] { Logs{{"loss", 1}}.at("acc"); }) == "logs: there is no \"acc\"; there are loss");
  CHECK(thrown_by<ValueError>([] { Logs().at("acc"); }) == "logs: there is no \"acc\"; there are none");
}

TEST_CASE("reading a name that logs do not have gives no number, least of all 0") {
  Sequential model = counting({"mean_absolute_error"});
  const std::string refusal = "logs: there is no \"mae\"; there are loss, mean_absolute_error";
  CHECK(thrown_by<ValueError>([&] { static_cast<void>(model.evaluate(x, y, {.verbose = silent})["mae"]); }) == refusal);
  const Logs fixed = model.evaluate(x, y, {.verbose = silent});
  CHECK(thrown_by<ValueError>([&] { static_cast<void>(fixed["mae"]); }) == refusal);
  CHECK(fixed["mean_absolute_error"] == 2.5);
  Logs logs = fixed;
  CHECK(std::isnan(logs["mae"]));
  logs["loss"] = 7;
  CHECK(logs.at("loss") == 7);
}
