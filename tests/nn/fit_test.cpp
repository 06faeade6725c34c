#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/training/fit.hpp>

#include <fstream>
#include <nlohmann/json.hpp>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/threads.hpp>
#include <xgrad/data/npy.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/layers/dropout.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/adamw.hpp>
#include <xgrad/optim/rmsprop.hpp>
#include <xgrad/optim/sgd.hpp>
#include <xgrad/training/callbacks.hpp>

#include "support.hpp"

using namespace xgrad;

namespace {

using Json = nlohmann::json;

const Json& keras(const std::string& key) {
  static const Json runs = Json::parse(std::ifstream(XGRAD_TEST_DATA "/keras/fit.json"));
  return runs.at(key);
}

const Tensor& input(const std::string& name) {
  static const auto arrays = load_npz_named(XGRAD_TEST_DATA "/keras/fit_inputs.npz");
  for (const auto& [known, array] : arrays)
    if (known == name) return array;
  throw ValueError("no array " + name);
}

Tensor tensor(const Json& numbers) {
  const bool is_matrix = numbers[0].is_array();
  Tensor x(is_matrix ? Shape{numbers.size(), numbers[0].size()} : Shape{numbers.size()});
  for (std::size_t i = 0; i < x.size(); ++i)
    x.data()[i] = (is_matrix ? numbers[i / x.shape(1)][i % x.shape(1)] : numbers[i]).get<Real>();
  return x;
}

// Keras's model, from Keras's weights.
Sequential model(Regularizer regularizer = {}) {
  Sequential model{Input{{6}}, Dense(8, "relu", {.kernel_regularizer = regularizer}), Dense(3, "softmax")};
  model.set_weights({input("w0"), input("b0"), input("w1"), input("b1")});
  return model;
}

constexpr double tolerance = 1e-5;

void check_run(const char* key, Optimizer optimizer, FitOptions options = {}, Regularizer regularizer = {}) {
  CAPTURE(key);
  Sequential trained = model(regularizer);
  trained.compile(std::move(optimizer), "sparse_categorical_crossentropy", {"accuracy"});
  if (options.epochs == 1) {
    options.epochs = 3;
    options.batch_size = 16;
  }
  options.shuffle = false;
  options.validation_split = 0.2;
  options.verbose = silent;
  const History history = trained.fit(input("x"), input("y"), options);

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
  const Logs result = trained.evaluate(input("x"), input("y"), {.batch_size = 16, .verbose = silent});
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

TEST_CASE("the mean over an epoch is exact though the last batch is small") {
  const Tensor x = column({1, 2, 3}), y = column({0, 0, 6});
  Sequential model{Dense(1, linear, {.kernel_initializer = zeros})};
  model.compile(SGD{.learning_rate = 1e-9}, "mse");
  const History history = model.fit(x, y, {.batch_size = 2, .verbose = silent, .shuffle = false});
  CHECK(history["loss"][0] == doctest::Approx(36 / 3.0));  // not (0 + 36) / 2
}

TEST_CASE("sample weights weigh the loss and go on to validation") {
  const Tensor x = column({1, 1, 1, 1}), y = column({1, 2, 3, 4});
  Sequential model{Dense(1, linear, {.kernel_initializer = zeros})};
  model.compile(SGD{.learning_rate = 1e-9}, "mse");
  const FitOptions options{
      .verbose = silent, .validation_split = 0.5, .shuffle = false, .sample_weight = Tensor{2, 0, 1, 3}};
  const History history = model.fit(x, y, options);
  CHECK(history["loss"][0] == doctest::Approx((2 * 1 + 0 * 4) / 2.0));
  CHECK(history["val_loss"][0] == doctest::Approx((1 * 9 + 3 * 16) / 2.0));
}

TEST_CASE("the same seed gives the same weights, and another seed others") {
  const auto trained = [](std::uint32_t seed) {
    Sequential model{Dense(5, relu), Dropout(0.5), Dense(3, softmax)};
    model.seed(seed);
    model.compile("adam", "sparse_categorical_crossentropy");
    model.fit(input("x"), input("y"), {.epochs = 3, .verbose = silent});
    return model.get_weights();
  };
  CHECK(trained(7) == trained(7));
  CHECK(trained(7) != trained(8));
}

TEST_CASE("any number of threads gives the same bits again, and nearly those of another number") {
  Rng rng(1);
  const Tensor x = random_normal(rng, {256, 100}, 0, 1), y = random_normal(rng, {256, 4}, 0, 1);
  const auto trained = [&](int threads) {
    set_num_threads(threads);
    Sequential model{Dense(300, relu), Dense(200, tanh), Dense(4)};
    model.compile("adam", "mse");
    model.fit(x, y, {.batch_size = 128, .epochs = 2, .verbose = silent});
    set_num_threads(1);
    return model.get_weights();
  };
  const std::vector<Tensor> one = trained(1), two = trained(2);
  CHECK(trained(1) == one);
  CHECK(trained(2) == two);
  for (std::size_t k = 0; k < one.size(); ++k) check_close(two[k], one[k], either(1e-4, 1e-12));
}

TEST_CASE("a copy of a compiled model trains on by itself") {
  Sequential first = model();
  first.compile("adam", "sparse_categorical_crossentropy");
  Sequential second = first;
  first.fit(input("x"), input("y"), {.verbose = silent});
  CHECK(second.get_weights() == model().get_weights());
  second.fit(input("x"), input("y"), {.verbose = silent});
  CHECK(second.get_weights() == first.get_weights());
}

TEST_CASE("weights of a layer that is not trainable stay as they are") {
  Sequential partly = model();
  partly.layer("dense").trainable = false;
  partly.compile("adam", "sparse_categorical_crossentropy");
  partly.fit(input("x"), input("y"), {.verbose = silent});
  const std::vector<Tensor> before = model().get_weights(), after = partly.get_weights();
  CHECK(after[0] == before[0]);
  CHECK(after[1] == before[1]);
  CHECK(after[2] != before[2]);
  partly.layer("dense_1").trainable = false;
  partly.fit(input("x"), input("y"), {.verbose = silent});
  CHECK(partly.get_weights() == after);
}

TEST_CASE("a model within a model trains as the same layers in one") {
  Sequential inner{Dense(8, relu)}, outer{Input{{6}}, inner, Dense(3, softmax)}, flat = model();
  outer.set_weights(flat.get_weights());
  for (Sequential* m : {&outer, &flat}) {
    m->compile("adam", "sparse_categorical_crossentropy");
    m->fit(input("x"), input("y"), {.epochs = 2, .verbose = silent, .shuffle = false});
  }
  CHECK(outer.get_weights() == flat.get_weights());
  CHECK(outer.parameters().paths[0] == "sequential/dense/kernel");
}

TEST_CASE("predict gives every sample's output in order") {
  Sequential m = model();
  const Tensor all = m.predict(input("x"), {.batch_size = 16, .verbose = silent});
  CHECK(all.shape() == Shape{50, 3});
  check_close(all, m.predict(input("x"), {.batch_size = 50, .verbose = silent}), either(1e-6, 1e-14));
  CHECK(m.predict(zeros({0, 6}), {.verbose = silent}).shape() == Shape{0, 3});
}

TEST_CASE("single batches are trained on and tested") {
  Sequential m = model();
  m.compile(SGD{.learning_rate = 0.1}, "sparse_categorical_crossentropy", {"accuracy"});
  const Logs before = m.test_on_batch(input("x"), input("y"));
  CHECK(m.train_on_batch(input("x"), input("y")).at("loss") == before.at("loss"));
  CHECK(m.test_on_batch(input("x"), input("y")).at("loss") < before.at("loss"));
}

namespace {

std::string said_by_fit(const Tensor& x, const Tensor& y, const FitOptions& options = {},
                        const char* loss = "sparse_categorical_crossentropy") {
  Sequential m = model();
  m.compile("adam", loss);
  const std::string message = thrown_by<Error>([&] { m.fit(x, y, options); });
  CHECK(m.get_weights() == model().get_weights());
  return message;
}

}  // namespace

TEST_CASE("data that do not fit are refused before the first step") {
  const Tensor x = zeros({4, 6}), y{0, 1, 2, 0};
  CHECK(said_by_fit(x, {0, 1, 2}) ==
        "samples: x has shape (4, 6) and y (3,); it takes as many rows of one as of the other");
  CHECK(said_by_fit(zeros({0, 6}), zeros({0})) == "fit: there are no samples");
  CHECK(said_by_fit(zeros({4, 5}), y) == "the model is built for samples of shape (6,), not (5,)");
  CHECK(said_by_fit(x, {0, 1, 3, 0}).find("sample 2") != std::string::npos);
  CHECK(said_by_fit(x, {0, 1, 0.5, 0}).find("0.5") != std::string::npos);
  CHECK(said_by_fit(x, {0, -1, 0, 0}).find("-1") != std::string::npos);
  CHECK(said_by_fit(x, zeros({4, 2}), {}, "mse").find("(4, 2)") != std::string::npos);
  Tensor holed = x;
  holed(2, 3) = std::nan("");
  CHECK(said_by_fit(holed, y) == "x is nan at [2, 3]; clean the data, or give {.check_data = false} to go on with it");
}

TEST_CASE("options out of range are refused") {
  const Tensor x = zeros({4, 6}), y{0, 1, 2, 0};
  CHECK(said_by_fit(x, y, {.batch_size = 0}) == "fit: batch_size is 0; it takes 1 or more");
  CHECK(said_by_fit(x, y, {.epochs = 0}) == "fit: 0 epochs; it takes 1 or more");
  CHECK(said_by_fit(x, y, {.validation_split = 1}) ==
        "fit: validation_split is 1; it takes 0 up to but not including 1");
  CHECK(said_by_fit(x, y, {.validation_split = 0.9}) ==
        "fit: validation_split 0.9 of 4 samples leaves 0 to learn from and 4 to validate with");
  CHECK(said_by_fit(x, y, {.class_weight = {{0, 1}}, .sample_weight = Tensor{1, 1, 1, 1}}) ==
        "fit: of class_weight, sample_weight and weights of the samples themselves it takes one");
  CHECK(said_by_fit(x, y, {.sample_weight = Tensor{1, 1}}) ==
        "samples: weights of shape (2,); it takes one for each sample, (4,)");
}

TEST_CASE("class weights take labels") {
  Sequential m{Dense(1)};
  m.compile("sgd", "hinge");
  CHECK(thrown_by<ValueError>([&] {
          m.fit(zeros({2, 6}), {1, -1}, {.verbose = silent, .class_weight = {{1, 2}}});
        }) == "fit: sample 1 has the target -1; class_weight takes labels 0, 1, ...");
}

TEST_CASE("a model that is not compiled or not built says what to do") {
  Sequential m{Dense(3)};
  CHECK(thrown_by<ValueError>([&] {
          m.fit(zeros({4, 6}), zeros({4, 3}));
        }) == "the model is not compiled; call compile(optimizer, loss, metrics) first");
  CHECK(thrown_by<ValueError>([&] { m.get_weights(); }) ==
        "the weights are not drawn yet; call build({features}), or begin with an Input");
  CHECK(thrown_by<ValueError>([&] { m.layer("dense_1"); }) ==
        "Sequential: there is no layer \"dense_1\"; there are dense");
  CHECK(thrown_by<ValueError>([&] { Sequential().build({3}); }) == "Sequential: the model has no layers");
}

TEST_CASE("a loss that is not finite ends training with the operation that began it, and the weights as they were") {
  const Tensor x = column({1, 2}), y = column({1, 2});
  Sequential m{Dense(1, [](Var v) { return sqrt(v); }, {.kernel_initializer = zeros}), Dense(1)};
  m.build({1});
  const auto start = std::vector{filled({1, 1}, -1), zeros({1}), ones({1, 1}), zeros({1})};
  m.set_weights(start);
  m.compile("sgd", "mse");
  const std::string message = thrown_by<ValueError>([&] { m.fit(x, y, {.verbose = silent}); });
  CHECK(message.find("fit: the loss is not finite in epoch 1, step 1: sqrt (line ") == 0);
  CHECK(message.find("its inputs: line ") != std::string::npos);
  CHECK(thrown_by<ValueError>([&] { m.train_on_batch(x, y); }).find("train_on_batch: the loss is not finite: ") == 0);
  CHECK(m.get_weights() == start);
  const History history = m.fit(x, y, {.epochs = 3, .verbose = silent, .callbacks = {TerminateOnNaN{}}});
  CHECK(history.epoch.size() == 1);
  CHECK(m.get_weights() == start);
}
