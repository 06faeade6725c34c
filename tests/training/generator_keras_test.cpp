// Whole runs over generators beside Keras's: tests/reference/keras/generator.py.

#include <xgrad/training/fit.hpp>

#include <fstream>
#include <nlohmann/json.hpp>

#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/sgd.hpp>

#include "nn/fit_data.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

using Json = nlohmann::json;

constexpr double tolerance = 1e-5;

Tensor part_of(const Tensor& all, std::size_t first, std::size_t size) {
  std::vector<std::uint32_t> rows;
  for (std::size_t i = 0; i < size; ++i) rows.push_back(static_cast<std::uint32_t>(first + i));
  Tensor part;
  gather_rows(all, rows, part);
  return part;
}

/// The first 40 samples in batches of these sizes, in their order, again and again. It says that they end, or does not.
struct Parts {
  bool ends = false, weighs = false;
  std::size_t count = 5, at = 0;
  bool said = false;

  std::optional<Batch> next() {
    static const std::vector<std::size_t> sizes{5, 9, 2, 16, 8}, starts{0, 5, 14, 16, 32};
    if (at == count) {
      at = 0;
      if (ends) return std::nullopt;
    }
    const std::size_t first = starts[at], size = sizes[at++];
    Batch batch{part_of(input("x"), first, size), part_of(input("y"), first, size)};
    if (weighs) batch.weights = Tensor(0.5 + xt::arange<Real>(Real(size)));
    return batch;
  }
};

Tensor tensor(const Json& numbers) {
  const bool is_matrix = numbers[0].is_array();
  Tensor x(is_matrix ? Shape{numbers.size(), numbers[0].size()} : Shape{numbers.size()});
  for (std::size_t i = 0; i < x.size(); ++i)
    x.data()[i] = (is_matrix ? numbers[i / x.shape(1)][i % x.shape(1)] : numbers[i]).get<Real>();
  return x;
}

void check_run(const char* key, Optimizer optimizer, const BatchSource& data, FitOptions options) {
  CAPTURE(key);
  static const Json runs = Json::parse(std::ifstream(XGRAD_TEST_DATA "/keras/generator.json"));
  const Json& expected = runs.at(key);
  Sequential trained = model();
  trained.compile(std::move(optimizer), "sparse_categorical_crossentropy", {"accuracy"});
  options.verbose = silent;
  options.shuffle = false;
  const History history = trained.fit(data, options);
  for (const auto& item : expected.at("history").items()) {
    CAPTURE(item.key());
    const std::vector<double> ours = history[item.key()];
    REQUIRE(ours.size() == item.value().size());
    for (std::size_t epoch = 0; epoch < ours.size(); ++epoch)
      CHECK(ours[epoch] == doctest::Approx(item.value()[epoch].get<double>()).epsilon(tolerance));
  }
  const std::vector<Tensor> weights = trained.get_weights();
  for (std::size_t k = 0; k < weights.size(); ++k)
    check_close(weights[k], tensor(expected["final_weights"][k]), tolerance);
  const Logs result = trained.evaluate(Parts{.weighs = true}, {.verbose = silent, .steps = 3});
  CHECK(result.at("loss") == doctest::Approx(expected.at("evaluate")[0].get<double>()).epsilon(tolerance));
  CHECK(result.at("accuracy") == doctest::Approx(expected.at("evaluate")[1].get<double>()).epsilon(tolerance));
  check_close(trained.predict(Parts{}, {.verbose = silent, .steps = 2}), tensor(expected["predict"]), tolerance);
}

}  // namespace

TEST_CASE("batches of a generator give Keras's history, evaluation, predictions and weights") {
  check_run("endless", Adam{.learning_rate = 0.01}, Parts{},
            {.epochs = 4, .validation_data = Parts{.count = 2}, .steps_per_epoch = 3, .validation_steps = 2});
}

TEST_CASE("weights in a generator's batches count as in Keras") {
  check_run(
      "weighted", SGD{.learning_rate = 0.1}, Parts{.weighs = true},
      {.epochs = 3, .validation_data = Parts{.weighs = true, .count = 2}, .steps_per_epoch = 5, .validation_steps = 2});
}

TEST_CASE("a generator that ends and begins anew is Keras's PyDataset") {
  check_run(
      "begins anew", Adam{.learning_rate = 0.01}, Parts{.ends = true},
      {.epochs = 3, .validation_data = {{input("x"), input("y")}}, .validation_steps = 2, .validation_batch_size = 16});
  check_run("class weights", Adam{.learning_rate = 0.01}, Parts{.ends = true},
            {.epochs = 3, .class_weight = {{0, 1}, {1, 2}, {2, 0.5}}});
}

TEST_CASE("steps_per_epoch goes on in the data, which cuts an epoch short where it ends, as in Keras") {
  check_run("cut by steps", SGD{.learning_rate = 0.1, .momentum = 0.9}, Parts{.ends = true},
            {.epochs = 4, .steps_per_epoch = 3});
  check_run("samples by steps", SGD{.learning_rate = 0.1, .momentum = 0.9}, BatchSource(input("x"), input("y")),
            {.batch_size = 9, .epochs = 4, .steps_per_epoch = 4});
}
