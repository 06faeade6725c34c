#include <xgrad/training/fit.hpp>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/threads.hpp>
#include <xgrad/nn/layers/dropout.hpp>
#include <xgrad/optim/sgd.hpp>

#include "nn/fit_data.hpp"
#include "support.hpp"

using namespace xgrad;

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

TEST_CASE("train_on_batch weighs by classes as fit does, and images are predicted as their rows are") {
  Sequential by_batch = model(), by_fit = model();
  for (Sequential* m : {&by_batch, &by_fit}) m->compile("sgd", "sparse_categorical_crossentropy");
  const std::map<std::size_t, double> weights{{0, 1}, {1, 2}, {2, 0.5}};
  const Logs logs = by_batch.train_on_batch(input("x"), input("y"), nullptr, weights);
  const History history = by_fit.fit(input("x"), input("y"),
                                     {.batch_size = 50, .verbose = silent, .shuffle = false, .class_weight = weights});
  CHECK(logs.at("loss") == history["loss"][0]);
  CHECK(by_batch.get_weights() == by_fit.get_weights());
  const Tensor each = ones({50});
  CHECK(thrown_by<ValueError>([&] { by_batch.train_on_batch(input("x"), input("y"), &each, weights); }) ==
        "train_on_batch: of class_weight and sample_weight it takes one");

  const LabelledImages images{{2, 2, 3}, {0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255}, {0, 1}};
  CHECK(by_fit.predict(images, {.verbose = silent}) == by_fit.predict(to_tensor(images), {.verbose = silent}));
  CHECK(by_fit.predict_on_batch(to_tensor(images)) == by_fit.predict(images, {.verbose = silent}));
}
