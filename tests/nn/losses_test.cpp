#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/autograd/tools/check.hpp>

#include "nn/loss_value.hpp"
#include "options.hpp"

using namespace xgrad;

TEST_CASE("every loss has the gradient of its value, with weights and without") {
  const Tensor t = {{0.2, 0.8}, {0.7, 0.3}, {0.45, 0.55}}, p = {{0.35, 0.65}, {0.15, 0.85}, {0.6, 0.4}},
               labels = {1, 0, 1}, w = {1, 2, 0.5};
  std::vector<Loss> all = {losses::BinaryCrossentropy{.from_logits = true, .label_smoothing = 0.2},
                           losses::CategoricalCrossentropy{.from_logits = true, .label_smoothing = 0.2},
                           losses::SparseCategoricalCrossentropy{.from_logits = true},
                           [](Var y, Var x) { return mean(square(y - x), {1}); }};
  for (const std::string& name : names_of(all_losses())) all.emplace_back(name);
  if (sizeof(Real) == sizeof(float)) return;  // differences are too coarse in float
  for (const Loss& loss : all) {
    CAPTURE(loss.name());
    const Tensor& targets = loss.name().starts_with("sparse") ? labels : t;
    const GradientCheck plain = check_gradient([&](Var x) { return loss(x.tape().constant(targets), x); }, {p});
    CHECK_MESSAGE(plain.ok, plain.message);
    const GradientCheck weighted = check_gradient(
        [&](Var x) {
          const Var y = x.tape().constant(targets);
          return loss(y, x, x.tape().constant(w));
        },
        {p});
    CHECK_MESSAGE(weighted.ok, weighted.message);
  }
}

TEST_CASE("targets (n,) and predictions (n, 1) are aligned, and never broadcast") {
  for (const Loss& loss : {Loss("mse"), Loss("mae"), Loss("huber"), Loss("binary_crossentropy"), Loss("hinge"),
                           Loss([](Var y, Var p) { return mean(square(y - p)); })}) {
    CAPTURE(loss.name());
    const double expected = value(loss, column({1, 0, 1}), column({0.5, 0.25, 0.75}));
    CHECK(value(loss, {1, 0, 1}, column({0.5, 0.25, 0.75})) == expected);
    CHECK(value(loss, column({1, 0, 1}), {0.5, 0.25, 0.75}) == expected);
  }
  CHECK(value("mse", {1, 2, 3}, column({1, 2, 3})) == 0);
  CHECK(value("sparse_categorical_crossentropy", column({0, 1}), {{0.5, 0.5}, {0.5, 0.5}}) ==
        doctest::Approx(std::log(2)));
}

TEST_CASE("a loss is the mean over all elements of a sample of any rank") {
  const Tensor y = zeros({2, 3, 4}), p = filled({2, 3, 4}, 2);
  CHECK(value("mse", y, p) == 4);
  CHECK(value("mse", y, p, {1, 0}) == 2);
  CHECK(value("hinge", ones({2, 3, 4}), p - 3) == 2);
  CHECK(value("hinge", ones({2, 3, 4}), p - 3, {1, 0}) == 1);
  CHECK(value("kl_divergence", filled({2, 3, 2}, 0.5), filled({2, 3, 2}, 0.25)) == doctest::Approx(std::log(2)));
}

TEST_CASE("other differences in shape are refused in the name of the loss") {
  CHECK(thrown_by<ShapeError>([] {
          value("mse", zeros({3}), zeros({3, 2}));
        }) ==
        "mean_squared_error: y_true has shape (3,) and y_pred (3, 2); it takes equal shapes, or (n,) with (n, 1)");
  CHECK(thrown_by<ShapeError>([] {
          value("mse", zeros({1}), zeros({3, 1}));
        }) ==
        "mean_squared_error: y_true has shape (1,) and y_pred (3, 1); it takes equal shapes, or (n,) with (n, 1)");
  CHECK(thrown_by<ShapeError>([] {
          value("sparse_categorical_crossentropy", zeros({3, 2}), zeros({3, 2}));
        }) ==
        "sparse_categorical_crossentropy: y_true has shape (3, 2) and y_pred (3, 2); it takes labels (n,) or (n, 1) "
        "with (n, classes)");
  // As many numbers, but not the same samples.
  CHECK(thrown_by<ShapeError>([] { value("mse", zeros({6}), zeros({2, 3})); }) != "nothing");
  CHECK(thrown_by<ShapeError>([] { value("mse", zeros({2, 3}), zeros({3, 2})); }) != "nothing");
  CHECK(thrown_by<ShapeError>([] { value("mse", zeros({3}), zeros({1, 3})); }) != "nothing");
  for (const std::string& name : names_of(all_losses())) {
    CAPTURE(name);
    CHECK(thrown_by<ShapeError>([&] { value(name, zeros({2, 1}), zeros({3, 4})); }) != "nothing");
    CHECK(thrown_by<ShapeError>([&] { value(name, zeros({}), zeros({3, 4})); }) != "nothing");
    CHECK(thrown_by<ShapeError>([&] { value(name, zeros({}), zeros({}), zeros({})); }) ==
          text(Loss(name).name(), ": y_pred has shape (); with sample_weight it takes (n, ...)"));
    CHECK(thrown_by<ShapeError>([&] {
            value(name, ones({3}), ones({3, 1}), ones({2}));
          }) == text(Loss(name).name(), ": sample_weight has shape (2,); it takes one weight for each sample, (3,)"));
  }
}

TEST_CASE("an empty batch is refused, whatever the loss") {
  for (const std::string& name : names_of(all_losses()))
    CHECK(thrown_by<ShapeError>([&] {
            value(name, zeros({0, 1}), zeros({0, 1}));
          }) == text(Loss(name).name(), ": an empty batch: y_true has shape (0, 1) and y_pred (0, 1)"));
  const Loss own = [](Var y, Var p) { return sum(y - p); };
  CHECK(thrown_by<ShapeError>([&] { value(own, zeros({0}), zeros({0})); }) ==
        "loss: an empty batch: y_pred has shape (0,)");
}

TEST_CASE("a label out of range is refused with its row and the classes") {
  CHECK(thrown_by<ValueError>([] {
          value("sparse_categorical_crossentropy", {0, 3}, filled({2, 3}, 0.5));
        }).find("label 3 at row 1; it takes integers from 0 to 2") != std::string::npos);
}

TEST_CASE("a function of one's own is a loss, by the batch or by the sample") {
  const Tensor y = {{1, 2}, {3, 4}}, p = {{1, 3}, {3, 8}};
  const Loss batch = [](Var t, Var x) { return sum(square(t - x)); };
  const Loss sample = [](Var t, Var x) { return sum(square(t - x), {1}); };
  CHECK(value(batch, y, p) == 17);
  CHECK(value(sample, y, p) == 8.5);
  CHECK(value(sample, y, p, {2, 0.5}) == 5);
  CHECK(sample.name() == "loss");
  CHECK_FALSE(sample.can_be_saved());
  CHECK(thrown_by<ValueError>([&] {
          value(batch, y, p, {2, 0.5});
        }) ==
        "loss: the function's value is one number for the batch, which cannot be weighted; return one value per "
        "sample, (n,)");
  const Loss element = [](Var t, Var x) { return square(t - x); };
  CHECK(thrown_by<ShapeError>([&] { value(element, y, p); }) ==
        "loss: the function's value has shape (2, 2) for predictions (2, 2); it takes a number, or one value per "
        "sample, (n,)");
}

TEST_CASE("an unknown name is refused with those that there are") {
  CHECK(thrown_by<ValueError>([] { Loss("mean_square"); }) ==
        "loss: there is no \"mean_square\"; the names are " + listed(all_losses()));
  CHECK(thrown_by<ValueError>([] { Loss(""); }).starts_with("loss: there is no \"\""));
}

TEST_CASE("options out of range are refused") {
  CHECK(thrown_by<ValueError>([] { Loss(losses::Huber{.delta = 0}); }) ==
        "huber: delta is 0; it takes a number above 0");
  CHECK(thrown_by<ValueError>([] { Loss(losses::BinaryCrossentropy{.label_smoothing = 1.5}); }) ==
        "binary_crossentropy: label_smoothing is 1.5; it takes 0 to 1");
  CHECK(thrown_by<ValueError>([] {
          Loss loss = "huber";
          set_options(loss, {{"name", "huber"}, {"delta", "nan"}});
        }) == "huber: delta is nan; it takes a number above 0");
}

TEST_CASE("a loss is written and read back as a name and options") {
  const Loss loss = losses::CategoricalCrossentropy{.from_logits = true, .label_smoothing = 0.1};
  CHECK(loss.can_be_saved());
  CHECK(options_of(loss) == Json{{"name", "categorical_crossentropy"},
                                 {"from_logits", true},
                                 {"label_smoothing", 0.1},
                                 {"axis", -1},
                                 {"reduction", "sum_over_batch_size"}});
  Loss again = "mse";
  set_options(again, options_of(loss));
  const Tensor y = {{0, 1, 0}}, z = {{1, 2, 0.5}};
  CHECK(value(again, y, z) == value(loss, y, z));
  CHECK(value(again, y, z) != value("categorical_crossentropy", y, z));
  for (const std::string& name : names_of(all_losses())) {
    set_options(again, options_of(Loss(name)));
    CHECK(again.name() == Loss(name).name());
  }
}

TEST_CASE("the targets of a whole data set are checked before training") {
  const Loss sparse = "sparse_categorical_crossentropy";
  CHECK_NOTHROW(sparse.check_targets({0, 9, 3}, {10}));
  CHECK_NOTHROW(sparse.check_targets(column({0, 9, 3}), {10}));
  CHECK(thrown_by<ValueError>([&] {
          sparse.check_targets({0, 9, 10}, {10});
        }) ==
        "sparse_categorical_crossentropy: label 10 at sample 2; it takes integers from 0 to 9, for a model with 10 "
        "outputs");
  for (const Real bad : {Real(255), Real(-1), Real(2.5), Real(NAN), Real(INFINITY)})
    CHECK(thrown_by<ValueError>([&] { sparse.check_targets({bad}, {10}); }) != "nothing");
  CHECK(thrown_by<ShapeError>([&] {
          sparse.check_targets(zeros({5, 10}), {10});
        }) ==
        "sparse_categorical_crossentropy: y_true has shape (5, 10) and y_pred (5, 10); it takes labels (n,) or (n, 1) "
        "with (n, classes)");
  CHECK(thrown_by<ShapeError>([&] { sparse.check_targets(zeros({0}), {10}); }).find("an empty batch") !=
        std::string::npos);
  CHECK(thrown_by<ValueError>([] {
          Loss("bce").check_targets({0, 1, -1}, {1});
        }) == "binary_crossentropy: target -1 at sample 2; it takes numbers from 0 to 1");
  CHECK(thrown_by<ValueError>([] {
          Loss("categorical_crossentropy").check_targets({{0, 1}, {0, 7}}, {2});
        }) == "categorical_crossentropy: target 7 at sample 1; it takes numbers from 0 to 1");
  CHECK(thrown_by<ValueError>([] {
          Loss("mse").check_targets({{0, 1}, {NAN, 7}}, {2});
        }) == "mean_squared_error: target nan at sample 1; it takes finite numbers");
  CHECK_NOTHROW(Loss("mse").check_targets({-3, 1e6}, {1}));
  CHECK_NOTHROW(Loss([](Var y, Var p) { return sum(y - p); }).check_targets(zeros({3, 7}), {1}));
}
