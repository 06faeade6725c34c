#include <xgrad/data/generator.hpp>

#include <cmath>
#include <iostream>
#include <sstream>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/data/batches.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/layers/dropout.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/optim/sgd.hpp>
#include <xgrad/training/fit.hpp>
#include <xgrad/training/progress.hpp>

#include "data/files.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

// What is written to a standard stream while a capture lives.
struct Capture {
  explicit Capture(std::ostream& stream) : stream_(stream), before_(stream.rdbuf(text.rdbuf())) {}
  ~Capture() { stream_.rdbuf(before_); }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  std::ostringstream text;

 private:
  std::ostream& stream_;
  std::streambuf* before_;
};

/// Batches of one sample, x = y = 1, 2, ... With the weight 0 and no learning rate the loss of batch i is i^2.
struct Numbers {
  std::size_t end = 1000, rounds = 1000, at = 0, calls = 0;
  bool next(Batch& batch) {
    ++calls;
    if (rounds == 0) return false;
    if (at == end) {
      at = 0;
      --rounds;
      return false;
    }
    batch.x.resize({1, 1});
    batch.y.resize({1, 1});
    batch.x(0, 0) = batch.y(0, 0) = Real(++at);
    return true;
  }
};

Sequential still() {
  Sequential model{Dense(1, linear, {.kernel_initializer = zeros})};
  model.compile(SGD{.learning_rate = 1e-12}, "mse");
  return model;
}

std::vector<double> epochs_of(const BatchSource& data, FitOptions options) {
  options.verbose = silent;
  std::vector<double> all;
  for (const double loss : still().fit(data, options)["loss"]) all.push_back(std::round(10 * loss) / 10);
  return all;
}

constexpr const char* ran_out =
    "xgrad: fit: Your input ran out of data; it has to give as many batches as are asked for, and begin anew after an "
    "end\n";

}  // namespace

TEST_CASE("a generator is a function or an object, of either form, and a variable is not copied") {
  const auto make = [at = 0]() mutable -> std::optional<Batch> {
    if (++at > 3) return std::nullopt;
    return Batch{Tensor(Shape{1, 1}, Real(at)), Tensor(Shape{1, 1}, Real(at))};
  };
  const std::vector<double> expected{14 / 3.0};
  auto copy = make;
  const std::vector<double> loss = still().fit(copy, {.verbose = silent})["loss"];
  CHECK(loss[0] == doctest::Approx(14 / 3.0));
  CHECK_FALSE(copy());  // it has gone on

  struct Maker {
    int at = 0;
    std::optional<Batch> next() { return ++at > 3 ? std::nullopt : std::optional(Batch{ones({1, 1}), ones({1, 1})}); }
  } maker;
  CHECK(epochs_of(maker, {}) == std::vector<double>{1});
  CHECK(maker.at == 4);

  Numbers numbers{.end = 4};
  const BatchGenerator shared(numbers), same = shared;
  CHECK(epochs_of(shared, {.steps_per_epoch = 2}) == std::vector<double>{2.5});
  CHECK(epochs_of(same, {.steps_per_epoch = 2}) == std::vector<double>{12.5});  // it goes on
  CHECK(numbers.calls == 4);
  CHECK(epochs_of([&](Batch& batch) { return numbers.next(batch); }, {}) == std::vector<double>{7.5});
}

TEST_CASE("no batch is drawn that is not learnt from, where the steps are given") {
  Numbers train, validation;
  const FitOptions options{.epochs = 3, .validation_data = validation, .steps_per_epoch = 4, .validation_steps = 2};
  CHECK(epochs_of(train, options).size() == 3);
  CHECK(train.calls == 12);
  CHECK(validation.calls == 6);
  CHECK(epochs_of(train, {.epochs = 3, .initial_epoch = 2, .steps_per_epoch = 1}) == std::vector<double>{169});
  const auto stop = LambdaCallback{
      .on_train_batch_end = [](Model& m, std::size_t batch, const Logs&) { m.stop_training = batch == 1; }};
  CHECK(epochs_of(train, {.callbacks = {stop}, .steps_per_epoch = 4}).size() == 1);
  CHECK(train.at == 15);
}

TEST_CASE("a generator that has no more ends the training with a warning") {
  Capture err(std::cerr);
  CHECK(epochs_of(Numbers{.end = 3, .rounds = 1}, {.epochs = 5}) == std::vector<double>{4.7});
  CHECK(err.text.str() == ran_out);
  err.text.str("");
  CHECK(epochs_of(Numbers{.end = 3, .rounds = 1}, {.epochs = 5, .steps_per_epoch = 2}) == std::vector<double>{2.5, 9});
  CHECK(err.text.str() == std::string(ran_out) + ran_out);
  err.text.str("");
  CHECK(epochs_of(Numbers{.end = 4}, {.epochs = 3, .steps_per_epoch = 2}) == std::vector<double>{2.5, 12.5, 2.5});
  CHECK(epochs_of(Numbers{.end = 3}, {.epochs = 2}) == std::vector<double>{4.7, 4.7});
  CHECK(err.text.str() == "");
  CHECK(thrown_by<ValueError>([] { epochs_of(Numbers{.rounds = 0}, {}); }) == "fit: the generator gave no batch");
  CHECK(thrown_by<ValueError>([] {
          epochs_of(Numbers{}, {.epochs = 2, .validation_data = Numbers{.end = 2, .rounds = 1}, .steps_per_epoch = 1});
        }) == "evaluate: the generator gave no more batch; after an end it begins anew");
}

TEST_CASE("an unknown number of steps is printed as such, and learnt") {
  Capture out(std::cout);
  still().fit(Numbers{.end = 12}, {.epochs = 2, .verbose = bar});
  CHECK(out.text.str().find("12/12 ━━━━━━━━━━━━━━━━━━━━ 0s ") != std::string::npos);
  std::ostringstream live;
  Progress progress(live, 0, Progress::live_bar);
  progress.update(5, [] { return Logs{{"loss", 2}}; });
  CHECK(live.str().find("\r\033[K      5/Unknown 0s ") == 0);
  progress.update(7, [] { return Logs(); });
  progress.finish({{"loss", 1}});
  CHECK(live.str().find("\r\033[K7/7 \033[32m━━━━━━━━━━━━━━━━━━━━\033[0m 0s ") != std::string::npos);
}

TEST_CASE("an epoch of a generator that gives the same batches is an epoch of samples, bit for bit, by any workers") {
  Rng rng(1);
  const Tensor x = random_normal(rng, {50, 3}, 0, 1), y = random_normal(rng, {50, 2}, 0, 1);
  for (const std::size_t workers : {1, 2, 3}) {
    const auto trained = [&](bool generated) {
      Sequential model{Dense(4, tanh), Dropout(0.3), Dense(2)};
      model.seed(3);
      model.compile("adam", "mse", {"mae"});
      Batches cut = batches(x, y, 16);
      auto at = cut.begin();
      const auto next = [&](Batch& batch) {
        if (at == cut.end()) return at = cut.begin(), false;
        batch = *at;
        ++at;
        return true;
      };
      const FitOptions options{.batch_size = 16, .epochs = 3, .verbose = silent, .shuffle = false, .workers = workers};
      const History history = generated ? model.fit(next, options) : model.fit(x, y, options);
      return std::pair(history["loss"], model.get_weights());
    };
    CHECK(trained(true) == trained(false));
  }
}

TEST_CASE("workers draw other masks in every fit, also where nothing is shuffled") {
  const Tensor x = ones({8, 4}), y = ones({8, 1});
  Sequential model{Dropout(0.5), Dense(1)};
  model.compile(SGD{.learning_rate = 1e-12}, "mse");
  const auto loss = [&](bool generated) {
    const FitOptions options{.verbose = silent, .shuffle = false, .steps_per_epoch = 1, .workers = 2};
    const auto next = [&] { return std::optional(Batch{x, y}); };
    return (generated ? model.fit(next, options) : model.fit(x, y, options))["loss"][0];
  };
  for (const bool generated : {false, true}) {
    const double first = loss(generated), second = loss(generated), third = loss(generated);
    CHECK(std::abs(first - second) > 1e-4);  // the weights hardly move
    CHECK(std::abs(second - third) > 1e-4);
  }
}

TEST_CASE("training over a generator goes on from a file, bit for bit, where the user takes the generator up") {
  const Folder folder;
  const std::string path = (folder.path / "model").string();
  const auto made = [](std::size_t workers) {
    return FitOptions{.epochs = 4, .verbose = silent, .steps_per_epoch = 3, .workers = workers};
  };
  for (const std::size_t workers : {1, 2}) {
    const auto data = [at = 0]() mutable -> std::optional<Batch> {
      Rng rng(static_cast<std::uint32_t>(at++));
      const Tensor x = random_normal(rng, {8, 3}, 0, 1);
      return Batch{x, random_normal(rng, {8, 1}, 0, 1)};
    };
    auto whole_data = data, halves_data = data;
    Sequential whole{Dense(4, tanh), Dropout(0.3), Dense(1)};
    whole.seed(2);
    whole.compile("adam", "mse");
    Sequential half = whole;
    whole.fit(whole_data, made(workers));
    FitOptions options = made(workers);
    options.epochs = 2;
    half.fit(halves_data, options);
    half.save(path);
    Sequential rest = Sequential::load(path);
    options.epochs = 4;
    options.initial_epoch = rest.epochs_done();
    rest.fit(halves_data, options);
    CHECK(rest.get_weights() == whole.get_weights());
  }
}

TEST_CASE("steps limits evaluate and predict, which say so when the data ends before") {
  const Tensor x = column({1, 2, 3, 4, 5}), y = x;
  Sequential model = still();
  model.build({1});
  CHECK(model.evaluate(x, y, {.batch_size = 2, .verbose = silent, .steps = 2}).at("loss") == doctest::Approx(7.5));
  CHECK(model.predict(x, {.batch_size = 2, .verbose = silent, .steps = 2}).shape() == Shape{4, 1});
  CHECK(model.evaluate(Numbers{.end = 3}, {.verbose = silent}).at("loss") == doctest::Approx(14 / 3.0));
  CHECK(model.predict(Numbers{.end = 3}, {.verbose = silent}).shape() == Shape{3, 1});
  Capture err(std::cerr);
  CHECK(model.predict(x, {.batch_size = 2, .verbose = silent, .steps = 9}).shape() == Shape{5, 1});
  CHECK(err.text.str().find("xgrad: predict: Your input ran out of data") == 0);
  CHECK(model.evaluate(Numbers{.end = 3}, {.verbose = silent, .steps = 9}).at("loss") == doctest::Approx(14 / 3.0));
  CHECK(err.text.str().find("xgrad: evaluate: Your input ran out of data") != std::string::npos);
}

TEST_CASE("predict needs no targets, nor does an objective that uses none") {
  std::size_t count = 0;
  const auto inputs = [&](Batch& batch) {
    batch.x = ones({count == 0 ? 3u : 2u, 1});
    return ++count % 3 != 0;
  };
  Sequential model = still();
  CHECK(model.predict(inputs, {.verbose = silent}).shape() == Shape{5, 1});
  CHECK(model.predict_on_batch(ones({4, 1})).shape() == Shape{4, 1});

  Model autoencoder{Dense(1)};
  autoencoder.compile("sgd", [](Dense& net, Tape& tape, const Batch& batch, const Context& context) {
    const Var x = tape.borrow(batch.x);
    return mean(square(net(x, context) - x));
  });
  count = 0;
  const History history = autoencoder.fit(inputs, {.epochs = 2, .verbose = silent});
  CHECK(history["loss"].size() == 2);
}
