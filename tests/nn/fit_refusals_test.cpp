#include <xgrad/training/fit.hpp>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/training/callbacks.hpp>

#include "nn/fit_data.hpp"
#include "support.hpp"

using namespace xgrad;

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

TEST_CASE("a class_weight below 0, or that is no number, is refused") {
  const Tensor x = zeros({4, 6}), y{0, 1, 2, 0};
  CHECK(said_by_fit(x, y, {.class_weight = {{1, -1}}}).starts_with("fit: the class_weight of 1 is -1; it takes"));
  CHECK(said_by_fit(x, y, {.class_weight = {{2, NAN}}}).starts_with("fit: the class_weight of 2 is nan; it takes"));
}
