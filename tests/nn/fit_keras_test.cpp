#include <xgrad/training/fit.hpp>

#include <fstream>
#include <nlohmann/json.hpp>

#include <xgrad/data/prepare.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/adamw.hpp>
#include <xgrad/optim/rmsprop.hpp>
#include <xgrad/optim/sgd.hpp>
#include <xgrad/training/callbacks.hpp>

#include "nn/fit_data.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

using Json = nlohmann::json;

const Json& keras(const std::string& key) {
  static const Json runs = Json::parse(std::ifstream(XGRAD_TEST_DATA "/keras/fit.json"));
  return runs.at(key);
}

Tensor tensor(const Json& numbers) {
  const bool is_matrix = numbers[0].is_array();
  Tensor x(is_matrix ? Shape{numbers.size(), numbers[0].size()} : Shape{numbers.size()});
  for (std::size_t i = 0; i < x.size(); ++i)
    x.data()[i] = (is_matrix ? numbers[i / x.shape(1)][i % x.shape(1)] : numbers[i]).get<Real>();
  return x;
}

constexpr double tolerance = 1e-5;

void check_run(const char* key, Optimizer optimizer, FitOptions options = {}, Regularizer regularizer = {},
               const Tensor& y = input("y"), const char* loss = "sparse_categorical_crossentropy") {
  CAPTURE(key);
  Sequential trained = model(regularizer);
  trained.compile(std::move(optimizer), loss, {"accuracy"});
  if (options.epochs == 1) {
    options.epochs = 3;
    options.batch_size = 16;
  }
  options.shuffle = false;
  options.validation_split = 0.2;
  options.verbose = silent;
  const History history = trained.fit(input("x"), y, options);

  const Json& expected = keras(key);
  for (const auto& item : expected.at("history").items()) {
    CAPTURE(item.key());
    const std::vector<double> ours = history[item.key()];
    REQUIRE(ours.size() == item.value().size());
    for (std::size_t epoch = 0; epoch < ours.size(); ++epoch) {
      CAPTURE(epoch);
      CHECK(ours[epoch] == doctest::Approx(item.value()[epoch].get<double>()).epsilon(tolerance));
    }
  }
  const Logs result = trained.evaluate(input("x"), y, {.batch_size = 16, .verbose = silent});
  CHECK(result.at("loss") == doctest::Approx(expected.at("evaluate")[0].get<double>()).epsilon(tolerance));
  CHECK(result.at("accuracy") == doctest::Approx(expected.at("evaluate")[1].get<double>()).epsilon(tolerance));
  const std::vector<Tensor> weights = trained.get_weights();
  REQUIRE(weights.size() == expected.at("final_weights").size());
  for (std::size_t k = 0; k < weights.size(); ++k)
    check_close(weights[k], tensor(expected["final_weights"][k]), tolerance);
}

}  // namespace

TEST_CASE("fit gives Keras's history, evaluation and weights") {
  check_run("sgd", SGD{.learning_rate = 0.1});
  check_run("momentum", SGD{.learning_rate = 0.1, .momentum = 0.9});
  check_run("rmsprop", RMSprop{.learning_rate = 0.01});
  check_run("adam", Adam{.learning_rate = 0.01});
  check_run("adamw", AdamW{.learning_rate = 0.01});
  check_run("sgd_accum2", SGD{.learning_rate = 0.1, .gradient_accumulation_steps = 2});
}

TEST_CASE("a regularizer counts in loss and val_loss, as in Keras") {
  check_run("adam_l2", Adam{.learning_rate = 0.01}, {}, L2{0.01});
}

TEST_CASE("class weights count in training and not in validation, as in Keras") {
  check_run("adam_class_weight", Adam{.learning_rate = 0.01}, {.class_weight = {{0, 1}, {1, 2}, {2, 0.5}}});
}

TEST_CASE("a class without a weight has weight 1, as in Keras") {
  check_run("class_without_weight", SGD{.learning_rate = 0.1}, {.class_weight = {{1, 3}}});
}

TEST_CASE("a one-hot target has the weight of its class, as in Keras") {
  check_run("class_weight_of_one_hot", SGD{.learning_rate = 0.1}, {.class_weight = {{0, 1}, {1, 2}, {2, 0.5}}}, {},
            one_hot(input("y"), 3), "categorical_crossentropy");
}

TEST_CASE("with validation_freq = 2 every second epoch is validated, as in Keras") {
  check_run("validation_freq", SGD{.learning_rate = 0.1}, {.batch_size = 16, .epochs = 5, .validation_freq = 2});
}

TEST_CASE("ReduceLROnPlateau stops at min_lr, as Keras's") {
  const ReduceLROnPlateau reduce{.monitor = "loss", .patience = 1, .min_delta = 100, .min_lr = 0.005};
  check_run("min_lr", SGD{.learning_rate = 0.1}, {.batch_size = 16, .epochs = 5, .callbacks = {reduce}});
}

TEST_CASE("with one batch of everything, fit is batch gradient descent") {
  check_run("full_batch_gd", SGD{.learning_rate = 0.5}, {.batch_size = 40, .epochs = 5});
}

TEST_CASE("weights from Keras give Keras's evaluation") {
  for (const char* key : {"sgd", "momentum", "rmsprop", "adam", "adamw", "full_batch_gd"}) {
    CAPTURE(key);
    const Json& run = keras(key);
    std::vector<Tensor> weights;
    for (const Json& each : run.at("final_weights")) weights.push_back(tensor(each));
    Sequential trained = model();
    trained.set_weights(weights);
    trained.compile("sgd", "sparse_categorical_crossentropy", {"accuracy"});
    const Logs result = trained.evaluate(input("x"), input("y"), {.batch_size = 16, .verbose = silent});
    CHECK(result.at("loss") == doctest::Approx(run.at("evaluate")[0].get<double>()).epsilon(1e-6));
    CHECK(result.at("accuracy") == doctest::Approx(run.at("evaluate")[1].get<double>()).epsilon(1e-6));
  }
}
