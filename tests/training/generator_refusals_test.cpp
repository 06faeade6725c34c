#include <xgrad/training/fit.hpp>

#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/model/sequential.hpp>

#include <cmath>

#include "support.hpp"

using namespace xgrad;

TEST_CASE("a batch that does not fit is refused by its number, and the weights stay") {
  const auto said = [](const Batch& bad, const char* loss = "mse", FitOptions options = {}) {
    Sequential model{Input{{2}}, Dense(3)};
    model.compile("sgd", loss);
    std::vector<Tensor> before;
    std::size_t count = 0;
    const auto next = [&](Batch& batch) {
      before = model.get_weights();
      batch = ++count == 3 ? bad : Batch{ones({4, 2}), std::string(loss) == "mse" ? ones({4, 3}) : ones({4})};
      return true;
    };
    options.steps_per_epoch = 5;
    options.verbose = silent;
    const std::string message = thrown_by<Error>([&] { model.fit(next, options); });
    CHECK(model.get_weights() == before);
    return message;
  };
  const Tensor x = ones({4, 2}), y = ones({4, 3});
  const char* const labels = "sparse_categorical_crossentropy";
  CHECK(said({ones({4, 5}), y}) == "fit: batch 3: the model is built for samples of shape (2,), not (5,)");
  CHECK(said({x, ones({4, 2})}).starts_with("fit: batch 3: mean_squared_error: "));
  CHECK(said({x, ones({3, 3})}) ==
        "fit: batch 3: samples: x has shape (4, 2) and y (3, 3); it takes as many rows of one as of the other");
  CHECK(said({x, Tensor()}) ==
        "fit: batch 3: samples: x has shape (4, 2) and y (); it takes as many rows of one as of the other");
  CHECK(said({zeros({0, 2}), zeros({0, 3})}) ==
        "fit: batch 3: x has shape (0, 2); it takes 1 sample or more, (n, ...)");
  CHECK(said({x, Tensor{0, 1, 2, 3}}, labels).find("batch 3: sparse_categorical_crossentropy: ") != std::string::npos);
  Batch bad{x, y};
  bad.weights = ones({5});
  CHECK(said(bad) == "fit: batch 3: samples: weights of shape (5,); it takes one for each sample, (4,)");
  bad.weights = ones({4});
  CHECK(said(bad, "mse", {.class_weight = {{1, 2}}}) ==
        "fit: batch 3: of class_weight and weights of the batch itself it takes one");
  CHECK(said({x, Tensor{0, 1, 2, 0.5}}, labels, {.class_weight = {{1, 2}}}) ==
        "fit: batch 3: sample 3 has the target 0.5; class_weight takes labels 0, 1, ...");
  Tensor holed = x;
  holed(2, 1) = std::nan("");
  CHECK(said({holed, y}) ==
        "fit: batch 3: x is nan at [2, 1]; clean the data, or give {.check_data = false} to go on with it");
  CHECK(said({holed, y}, "mse", {.check_data = false}).find("fit: the loss is not finite in epoch 1, step 3") == 0);
}

TEST_CASE("what a generator cannot have is refused by name") {
  const auto endless = [] { return std::optional(Batch{ones({1, 1}), ones({1, 1})}); };
  const auto empty = [] { return std::optional<Batch>(); };
  Sequential m{Dense(1)};
  m.compile("sgd", "mse");
  const auto said = [&](const FitOptions& options) { return thrown_by<ValueError>([&] { m.fit(endless, options); }); };
  CHECK(said({.validation_split = 0.5}) ==
        "fit: validation_split is 0.5; a generator's batches cannot be divided, so that it takes validation_data");
  CHECK(said({.sample_weight = Tensor{1}}) == "fit: sample_weight for a generator; give each batch its weights");
  CHECK(thrown_by<ValueError>([&] { m.evaluate(endless, {.sample_weight = Tensor{1}}); }) ==
        "evaluate: sample_weight for a generator; give each batch its weights");
  CHECK(thrown_by<ValueError>([&] { m.evaluate(empty); }) == "evaluate: the generator gave no batch");
}
