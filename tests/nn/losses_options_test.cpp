#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/losses/losses.hpp>

#include "nn/keras_options.hpp"
#include "nn/loss_value.hpp"

using namespace xgrad;

TEST_CASE("losses with options, reductions and weights, and their gradients, are Keras's") {
  const Json& all = keras_options();
  std::size_t compared = 0;
  for (const Json& row : all.at("losses")) {
    CAPTURE(row.at("keras"));
    CAPTURE(row.at("inputs"));
    CAPTURE(row.at("weights"));
    const Json& y = all.at("inputs").at(row.at("inputs").get<std::string>());
    Loss loss = "mse";
    set_options(loss, row.at("options"));
    Tape tape;
    const Var y_true = tape.constant(nested(y.at("y_true"))), y_pred = tape.variable(nested(y.at("y_pred")));
    const Var value = row.at("weights").is_null() ? loss(y_true, y_pred)
                                                  : loss(y_true, y_pred, tape.constant(nested(row.at("weights"))));
    check_as_keras(value.item(), row.at("value"));
    if (row.contains("gradient")) {
      const Tensor expected = nested(row.at("gradient"));
      const double size = xt::amax(xt::abs(expected))();
      check_close(gradient(value, {y_pred})[0].value(), expected, 2e-6 * std::fmax(1, size));
    }
    const Json written = options_of(loss);
    for (const auto& option : row.at("options").items()) CHECK(written.at(option.key()) == option.value());
    Loss again = "mse";
    set_options(again, written);
    CHECK(options_of(again) == written);
    ++compared;
  }
  CHECK(compared > 150);
}

TEST_CASE("the parts of a batch add up to its loss, whatever the reduction, weights or ignored labels") {
  const Tensor labels = {0, -1, 1, 2, -1}, weights = {1, 2, 0.5, 0, 3};
  const Tensor p = {{0.5, 0.3, 0.2}, {0.1, 0.1, 0.8}, {0.25, 0.5, 0.25}, {0.7, 0.2, 0.1}, {0.6, 0.2, 0.2}};
  for (const char* reduction : {"sum_over_batch_size", "mean", "sum", "mean_with_sample_weight"}) {
    CAPTURE(reduction);
    for (const bool weighted : {false, true})
      for (const Loss& loss :
           {Loss(losses::SparseCategoricalCrossentropy{.ignore_class = -1, .reduction = reduction}),
            Loss(losses::MeanSquaredError{.reduction = reduction}), Loss(losses::Huber{.reduction = reduction})}) {
        const bool sparse = loss.name().starts_with("sparse");
        const Tensor& y = sparse ? labels : p;
        const Tensor x = sparse ? p : Tensor(1 - p);
        double sum = 0;
        for (const auto& [begin, end] : {std::pair<std::size_t, std::size_t>{0, 2}, {2, 5}}) {
          Tape tape;
          const Var w = rows(tape.constant(weights), begin, end), target = rows(tape.constant(y), begin, end);
          const Var part = loss.part(target, rows(tape.constant(x), begin, end), weighted ? &w : nullptr, y,
                                     weighted ? &weights : nullptr);
          sum += static_cast<double>(end - begin) * part.item() / 5;
        }
        CHECK(sum == doctest::Approx(weighted ? value(loss, y, x, weights) : value(loss, y, x)));
      }
  }
}

TEST_CASE("samples that are ignored are not in the loss, whatever was predicted of them") {
  const Loss loss = losses::SparseCategoricalCrossentropy{.from_logits = true, .ignore_class = 255};
  Tape tape;
  const Var z = tape.variable({{1, 2}, {-INFINITY, 3}, {0, 0}});
  const Var value = loss(tape.constant(Tensor{0, 255, 1}), z);
  CHECK(value.item() == doctest::Approx((std::log1p(std::exp(1.0)) + std::log(2.0)) / 2));
  const Tensor slope = gradient(value, {z})[0].value();
  CHECK(slope(1, 0) == 0);
  CHECK(slope(1, 1) == 0);
  CHECK_NOTHROW(loss.check_targets({0, 255, 1}, {2}));
  CHECK(thrown_by<ValueError>([&] {
          loss.check_targets({0, 2, 255}, {2});
        }) ==
        "sparse_categorical_crossentropy: label 2 at sample 1; it takes integers from 0 to 1, for a model with 2 "
        "outputs");
}

TEST_CASE("options out of range of the further losses are refused, also when they are read") {
  const char* const message =
      "mean_squared_error: reduction is \"none\"; it takes sum_over_batch_size, mean, sum or mean_with_sample_weight";
  CHECK(thrown_by<ValueError>([] { Loss(losses::MeanSquaredError{.reduction = "none"}); }) == message);
  CHECK(thrown_by<ValueError>([] {
          Loss loss = "mse";
          set_options(loss, {{"name", "mean_squared_error"}, {"reduction", "none"}});
        }) == message);
  CHECK(thrown_by<ValueError>([] { Loss(losses::BinaryFocalCrossentropy{.gamma = -1}); }) ==
        "binary_focal_crossentropy: gamma is -1; it takes numbers from 0");
  CHECK(thrown_by<ValueError>([] { Loss(losses::CategoricalFocalCrossentropy{.alpha = NAN}); }) ==
        "categorical_focal_crossentropy: alpha is nan; it takes a finite number");
  CHECK(thrown_by<ValueError>([] { Loss(losses::CosineSimilarity{.axis = 0}); }) ==
        "cosine_similarity: axis is 0; it takes -1, the last, or another but 0, the samples");
  const Tensor p = filled({2, 3}, 0.5);
  CHECK(thrown_by<ShapeError>([&] { value(losses::CategoricalCrossentropy{.axis = 2}, p, p); }) ==
        "categorical_crossentropy: axis 2 of predictions (2, 3); it takes 1 to 1");
  CHECK(thrown_by<ShapeError>([&] { value(losses::BinaryCrossentropy{.axis = 2, .reduction = "sum"}, p, p); }) ==
        "binary_crossentropy: axis 2 of predictions (2, 3); it takes 1 to 1");
  CHECK(thrown_by<ShapeError>([&] { value("categorical_hinge", ones({3}), ones({3})); }) ==
        "categorical_hinge: y_pred has shape (3,); it takes rows, (n, ..., k)");
}
