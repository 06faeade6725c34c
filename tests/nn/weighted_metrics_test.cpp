#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/metrics/metrics.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/optim/sgd.hpp>
#include <xgrad/training/fit.hpp>

#include "nn/fit_data.hpp"
#include "nn/keras_options.hpp"

// What sees the weights of samples and classes: the loss, by its reduction, and weighted_metrics.

using namespace xgrad;

namespace {

Tensor weights_of_samples() {
  const Tensor six = nested(keras_options().at("sample_weight"));
  Tensor weights(Shape{input("y").size()});
  for (std::size_t i = 0; i < weights.size(); ++i) weights(i) = six(i % 6);
  return weights;
}

void check_logs(const Logs& logs, const Json& expected) {
  CHECK(logs.size() == expected.size());
  for (const auto& [name, number] : logs) {
    CAPTURE(name);
    check_as_keras(number, expected.at(name), 1e-5);
  }
}

// Owns where a temporary file is, and removes it.
struct File {
  std::string path = "weighted_metrics_test.safetensors";
  ~File() { std::remove(path.c_str()); }
};

}  // namespace

TEST_CASE("reductions, ignored labels and weighted metrics in fit, evaluate and train_on_batch are Keras's") {
  const Tensor x = input("x"), y = input("y"), weights = weights_of_samples();
  for (const auto& run : keras_options().at("fits").items())
    for (const std::size_t workers : {1, 2, 3}) {
      CAPTURE(run.key());
      CAPTURE(workers);
      const Json& expected = run.value();
      Loss loss = "sparse_categorical_crossentropy";
      Json options = options_of(loss);
      for (const auto& option : expected.at("options").items()) options[option.key()] = option.value();
      set_options(loss, options);
      Sequential trained = model();
      trained.compile(SGD{.learning_rate = 0.01}, loss, {"accuracy", "sparse_categorical_crossentropy"},
                      {"accuracy", "sparse_top_k_categorical_accuracy", "sparse_categorical_crossentropy"});
      FitOptions fit{.batch_size = 12, .epochs = 2, .verbose = silent, .validation_split = 0.2, .shuffle = false};
      fit.workers = workers;
      if (expected.at("weighted") == "sample_weight") fit.sample_weight = weights;
      if (expected.at("weighted") == "class_weight") fit.class_weight = {{0, 1}, {1, 2}, {2, 0.5}};
      const History history = trained.fit(x, y, fit);
      CHECK(history.logs[0].size() == expected.at("history").size());
      for (const auto& series : expected.at("history").items())
        for (std::size_t epoch = 0; epoch < 2; ++epoch) {
          CAPTURE(series.key());
          check_as_keras(history[series.key()][epoch], series.value()[epoch], 1e-5);
        }
      check_logs(trained.evaluate(x, y, {.batch_size = 16, .verbose = silent, .sample_weight = weights}),
                 expected.at("evaluate"));
      check_logs(trained.train_on_batch(x, y, &weights), expected.at("train_on_batch"));
      for (std::size_t k = 0; k < 4; ++k)
        check_close(trained.get_weights()[k], nested(expected.at("weights")[k]), 2e-5);
    }
}

TEST_CASE("weighted metrics are saved with the model") {
  const Tensor x = input("x"), y = input("y"), weights = weights_of_samples();
  const File file;
  Sequential saved = model();
  saved.compile("sgd", losses::SparseCategoricalCrossentropy{.ignore_class = 2, .reduction = "sum"}, {"accuracy"},
                {Metric("by_class", metrics::F1Score{.threshold = 0.25}), "accuracy"});
  saved.save(file.path);
  const EvaluateOptions options{.verbose = silent, .sample_weight = weights};
  CHECK_THROWS_AS(saved.evaluate(x, y, options), ShapeError);  // F1 takes one-hot targets
  saved.compile("sgd", losses::SparseCategoricalCrossentropy{.ignore_class = 2, .reduction = "sum"}, {"accuracy"},
                {metrics::SparseTopKCategoricalAccuracy{.k = 2}, "accuracy"});
  saved.save(file.path);
  Sequential loaded = Sequential::load(file.path);
  const Logs before = saved.evaluate(x, y, options), after = loaded.evaluate(x, y, options);
  CHECK(before.names() == "accuracy, loss, sparse_top_k_categorical_accuracy, weighted_accuracy");
  CHECK(after.names() == before.names());
  for (const auto& [name, number] : before) CHECK(after.at(name) == number);
}

TEST_CASE("what takes no weights is refused as a weighted metric") {
  Sequential m = model();
  CHECK(thrown_by<ValueError>(
            [&] { m.compile("sgd", "mse", {}, {Metric("mine", [](const Tensor&, const Tensor&) { return 1.0; })}); }) ==
        "compile: the metric mine takes no weights, so it is none of weighted_metrics; its class needs "
        "update(y_true, y_pred, weights)");
  const Tensor weights = {1, 2};
  CHECK(thrown_by<ValueError>([&] {
          Metric("mine", [](const Tensor&, const Tensor&) { return 1.0; }).update(weights, weights, &weights);
        }) == "mine: it takes no weights; its class needs update(y_true, y_pred, weights)");
  CHECK(thrown_by<ShapeError>([&] { Metric("mse").update(ones({3}), ones({3}), &weights); }) ==
        "mse: weights of shape (2,) for y_pred (3,); it takes one for each sample, (3,)");
}

TEST_CASE("several numbers of one metric are reported under its name with their places") {
  const Tensor x = {{1, 0}, {0, 1}}, y = {{1, 0}, {0, 1}};
  Sequential m{Input{{2}}, Dense(2, "softmax")};
  m.compile("sgd", "categorical_crossentropy",
            {metrics::F1Score{.average = "none"}, metrics::Precision{.thresholds = {0.2, 0.8}}, "precision"},
            {metrics::F1Score{.average = "none"}});
  const std::string names =
      "f1_score_0, f1_score_1, loss, precision, precision_0, precision_1, weighted_f1_score_0, weighted_f1_score_1";
  CHECK(m.evaluate(x, y, {.verbose = silent}).names() == names);
}

TEST_CASE("a loss of the whole batch is not shared among workers") {
  Sequential m = model();
  m.compile("sgd", "dice");
  const Tensor x = input("x"), y = zeros({x.shape(0), 3});
  CHECK(thrown_by<ValueError>([&] { m.fit(x, y, {.verbose = silent, .workers = 2}); }) ==
        "fit: dice is a loss of the whole batch; it takes workers = 1");
}
