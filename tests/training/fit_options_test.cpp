#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/dropout.hpp>
#include <xgrad/nn/layers/gaussian_noise.hpp>

#include "training/scripted.hpp"

using namespace xgrad;

namespace {

// The numbers of the epochs, from 1, that have a val_loss.
std::vector<std::size_t> validated(const ValidationFreq& frequency) {
  FitOptions options = epochs(7, {});
  options.validation_data = {{x, y}};
  options.validation_freq = frequency;
  const History history = counting().fit(x, y, options);
  std::vector<std::size_t> all;
  for (std::size_t k = 0; k < history.epoch.size(); ++k)
    if (history.logs[k].find("val_loss")) all.push_back(history.epoch[k] + 1);
  return all;
}

using Epochs = std::vector<std::size_t>;

}  // namespace

TEST_CASE("validation_freq is every so many epochs, or a list of them, as in Keras") {
  CHECK(validated(1) == Epochs{1, 2, 3, 4, 5, 6, 7});
  CHECK(validated(3) == Epochs{3, 6});
  CHECK(validated({1, 2, 6, 100}) == Epochs{1, 2, 6});
  CHECK(validated(Epochs{5}) == Epochs{5});
  CHECK(thrown_by<ValueError>([] { validated(0); }) ==
        "fit: validation_freq is 0; it takes 1 or more epochs, or a list of them");
  CHECK(thrown_by<ValueError>([] { validated(Epochs{}); }) ==
        "fit: validation_freq is 0; it takes 1 or more epochs, or a list of them");
  CHECK(thrown_by<ValueError>([] { validated({1, 0}); }) == "fit: validation_freq has an epoch 0; they count from 1");
}

TEST_CASE("class_weight weighs labels and one-hot targets alike, and classes that it does not name by 1") {
  const Tensor labels{0, 1, 2, 1}, rows{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 1, 0}};
  const auto loss = [&](const char* name, const Tensor& targets, const std::map<std::size_t, double>& weights) {
    Sequential model{Dense(3, "softmax", {.kernel_initializer = zeros, .bias_initializer = zeros})};
    model.compile(SGD{.learning_rate = 1e-30}, name);
    return model.fit(x, targets, {.verbose = silent, .class_weight = weights})["loss"][0];
  };
  // every sample's loss is log 3
  const auto is = [](double weights) { return doctest::Approx(weights / 4 * std::log(3)).epsilon(1e-6); };
  for (const auto& [name, targets] :
       {std::pair("sparse_categorical_crossentropy", labels), std::pair("categorical_crossentropy", rows)}) {
    CHECK(loss(name, targets, {{0, 5}, {1, 0.5}, {2, 7}}) == is(5 + 0.5 + 7 + 0.5));
    CHECK(loss(name, targets, {{1, 10}}) == is(1 + 10 + 1 + 10));
    CHECK(loss(name, targets, {{0, 0}, {9, 100}}) == is(0 + 1 + 1 + 1));
  }
}

TEST_CASE("what dropout and noise draw differs from epoch to epoch, fit to fit and worker to worker") {
  for (const bool shuffle : {false, true})
    for (const std::size_t workers : {1, 2, 3}) {
      CAPTURE(shuffle);
      CAPTURE(workers);
      for (const Layer& layer : {Layer(Dropout(0.5)), Layer(GaussianNoise(1))}) {
        Sequential model{Dense(200, linear, {.kernel_initializer = ones}), layer, Dense(1)};
        model.seed(3);
        model.compile(SGD{.learning_rate = 0}, "mse");
        const Tensor one(Shape{6, 1}, Real(1)), target(Shape{6, 1}, Real(2));
        const FitOptions options{.epochs = 2, .verbose = silent, .shuffle = shuffle, .workers = workers};
        std::vector<double> losses;
        for (int fit = 0; fit < 3; ++fit)
          for (const double loss : model.fit(one, target, options)["loss"]) losses.push_back(loss);
        std::sort(losses.begin(), losses.end());
        // with shuffling the next fit's draws depend on the generator, which only the shuffling moves on
        CHECK(std::adjacent_find(losses.begin(), losses.end()) == losses.end());
      }
    }
}

TEST_CASE("workers draw masks of their own") {
  Sequential model{Dropout(0.5)};
  std::vector<Tensor> masks(2);
  const auto look = [&](Var, Var p) {
    const Tensor& value = p.value();
    if (value(0, 0) == value(0, 0)) masks[value.shape(0) == 3] = value;  // slices of 2 and 3 samples
    return mean(square(p));
  };
  model.compile("sgd", look);
  written_to(std::cerr, [&] {
    model.fit(Tensor(Shape{5, 200}, Real(1)), Tensor(Shape{5}, Real(0)), {.verbose = silent, .workers = 2});
  });
  REQUIRE(masks[0].shape() == Shape{2, 200});
  REQUIRE(masks[1].shape() == Shape{3, 200});
  CHECK_FALSE(std::equal(masks[0].begin(), masks[0].end(), masks[1].begin()));
}

TEST_CASE("without shuffling, too, training that is taken up from a file gives the same bits, whoever shares it") {
  for (const std::size_t workers : {1, 2}) {
    const auto trained = [&](std::size_t from, std::size_t to, Sequential model) {
      model.fit(x, y,
                {.batch_size = 2,
                 .epochs = to,
                 .verbose = silent,
                 .shuffle = false,
                 .initial_epoch = from,
                 .workers = workers});
      return model;
    };
    Sequential start{Dense(9, "relu"), Dropout(0.5), Dense(1)};
    start.compile("adam", "mse");
    start.build({1});
    CHECK(trained(2, 4, trained(0, 2, start)).get_weights() == trained(0, 4, start).get_weights());
  }
}
