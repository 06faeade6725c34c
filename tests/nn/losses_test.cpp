#include <fstream>
#include <nlohmann/json.hpp>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/autograd/tools/check.hpp>
#include <xgrad/nn/losses/losses.hpp>

#include "options.hpp"

using namespace xgrad;

namespace {

Json read(const char* file) { return Json::parse(std::ifstream(std::string(XGRAD_TEST_DATA "/") + file)); }

// A list of numbers, or of rows, as a tensor.
Tensor tensor(const Json& values) {
  if (!values[0].is_array()) {
    Tensor x(Shape{values.size()});
    for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = values[i].get<Real>();
    return x;
  }
  Tensor x(Shape{values.size(), values[0].size()});
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = values[i / x.shape(1)][i % x.shape(1)].get<Real>();
  return x;
}

double value(const Loss& loss, const Tensor& y_true, const Tensor& y_pred) {
  Tape tape;
  const Var y = tape.constant(y_true);
  return loss(y, tape.constant(y_pred)).item();
}

double value(const Loss& loss, const Tensor& y_true, const Tensor& y_pred, const Tensor& weights) {
  Tape tape;
  const Var y = tape.constant(y_true), p = tape.constant(y_pred);
  return loss(y, p, tape.constant(weights)).item();
}

Tensor row(const Tensor& x, std::size_t i) {
  const std::size_t width = x.size() / x.shape(0);
  Tensor y(x.dimension() == 1 ? Shape{1} : Shape{1, width});
  std::copy_n(x.data() + i * width, width, y.data());
  return y;
}

// Every sample's loss by itself, Keras's reduction "none".
void check_samples(const Loss& loss, const Tensor& y_true, const Tensor& y_pred, const Json& expected) {
  REQUIRE(expected.size() == y_pred.shape(0));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    CHECK(value(loss, row(y_true, i), row(y_pred, i)) == doctest::Approx(expected[i].get<double>()).epsilon(1e-6));
  }
}

}  // namespace

TEST_CASE("the losses are Keras's, sample by sample") {
  const Json keras = read("keras/losses_bn.json");
  const Tensor one_hot = tensor(keras["inputs"]["y_true_onehot"]), labels = tensor(keras["inputs"]["y_true_sparse"]),
               logits = tensor(keras["inputs"]["logits"]), probs = tensor(keras["inputs"]["probs"]);
  check_samples("categorical_crossentropy", one_hot, probs, keras["CCE probs none"]);
  check_samples(losses::CategoricalCrossentropy{.from_logits = true}, one_hot, logits, keras["CCE logits none"]);
  check_samples(losses::CategoricalCrossentropy{.label_smoothing = 0.1}, one_hot, probs,
                keras["CCE label_smoothing=.1 probs none"]);
  check_samples("sparse_categorical_crossentropy", labels, probs, keras["SCCE probs none"]);
  check_samples("mse", one_hot, probs, keras["MSE none"]);
  check_samples("mae", one_hot, probs, keras["MAE none"]);
  check_samples("huber", one_hot, Tensor(3 * probs), keras["Huber(1) none"]);

  CHECK(value("categorical_crossentropy", one_hot, probs) ==
        doctest::Approx(keras["CCE probs sum_over_batch_size"].get<double>()).epsilon(1e-6));
  CHECK(value(losses::CategoricalCrossentropy{.from_logits = true}, one_hot, logits) ==
        doctest::Approx(keras["CCE logits sum_over_batch_size"].get<double>()).epsilon(1e-6));
  CHECK(value("sparse_categorical_crossentropy", labels, probs) ==
        doctest::Approx(keras["SCCE probs sum_over_batch_size"].get<double>()).epsilon(1e-6));
}

TEST_CASE("the binary crossentropy is Keras's, up to the float next to 1") {
  const Json expected = read("keras/losses_bn.json")["BCE probs none"];
  check_samples("binary_crossentropy", column({1, 1, 1}), column({0.8, 0.9, 0}),
                {expected[0], expected[1], expected[2]});
  // A probability 1 for a target 0: -log(1 - p) for p = 1 - 1e-7, which in float is 1 - 1.19e-7.
  CHECK(value("binary_crossentropy", Tensor{0}, Tensor{1}) ==
        doctest::Approx(either(expected[3].get<double>(), -std::log(1e-7))).epsilon(1e-6));
}

TEST_CASE("weighted samples are summed, then divided by their number and not by their weights") {
  const Json keras = read("keras/losses_bn.json");
  const Tensor labels = tensor(keras["inputs"]["y_true_sparse"]), probs = tensor(keras["inputs"]["probs"]);
  const double expected =
      keras["SCCE probs sample_weight [1,2,0,.5] (sum_over_batch_size => /N not /sum w)"].get<double>();
  CHECK(value("sparse_categorical_crossentropy", labels, probs, {1, 2, 0, 0.5}) ==
        doctest::Approx(expected).epsilon(1e-6));
  CHECK(value("sparse_categorical_crossentropy", labels, probs, column({1, 2, 0, 0.5})) ==
        doctest::Approx(expected).epsilon(1e-6));
}

TEST_CASE("the gradient after a softmax is Keras's, and does not vanish where Keras's does") {
  const Json keras = read("keras/losses_bn.json");
  const Tensor labels = tensor(keras["inputs"]["y_true_sparse"]), logits = tensor(keras["inputs"]["logits"]);
  const Tensor clipped = tensor(keras["d SCCE(softmax(z))/dz (torch backend, probs path)"]),
               stable = tensor(keras["d SCCE(z,from_logits)/dz"]);
  Tape tape;
  const Var z = tape.variable(logits), y = tape.constant(labels);
  const Var loss = Loss("sparse_categorical_crossentropy")(y, softmax(z));
  const Tensor g = gradient(loss, {z})[0].value();
  check_close(g, stable, 1e-6);
  check_close(rows(tape.constant(g), 0, 3).value(), rows(tape.constant(clipped), 0, 3).value(), 1e-6);
  // Sample 3 is as wrong as can be, logits (20, -20, 0) for label 1. Clipped, it would never be learnt.
  CHECK(clipped(3, 1) == 0);
  CHECK(g(3, 1) == doctest::Approx(-0.25));
  CHECK(loss.item() == doctest::Approx(keras["CCE logits sum_over_batch_size"].get<double>()).epsilon(1e-6));

  const Var from_logits = Loss(losses::SparseCategoricalCrossentropy{.from_logits = true})(y, z);
  check_close(gradient(from_logits, {z})[0].value(), stable, 1e-6);
}

TEST_CASE("logits of 10,000 leave loss and gradient finite") {
  Tape tape;
  const Var z = tape.variable({{1e4, -1e4}, {-1e4, 1e4}}), y = tape.constant(Tensor{1, 1});
  const Var loss = Loss("sparse_categorical_crossentropy")(y, softmax(z));
  CHECK(loss.item() == 1e4);
  check_close(gradient(loss, {z})[0].value(), {{0.5, -0.5}, {0, 0}}, 0);
}

TEST_CASE("the losses are those of Keras's own tests, as far as these are printed") {
  const Json golden = read("keras_loss_golden.json");
  std::size_t compared = 0;
  for (const Json& c : golden["cases"]) {
    if (c.contains("reduction")) continue;  // other ones than the mean over the samples
    CAPTURE(c["loss"]);
    CAPTURE(c["test"]);
    Loss loss = c["loss"].get<std::string>();
    Json given = options_of(loss);
    if (c.value("from_logits", false)) given["from_logits"] = true;
    if (c.contains("label_smoothing")) given["label_smoothing"] = c["label_smoothing"].get<double>();
    set_options(loss, given);
    const Tensor y = tensor(c["y_true"]), p = tensor(c["y_pred"]);
    double result = 0;
    if (!c.contains("sample_weight"))
      result = value(loss, y, p);
    else if (c["sample_weight"].is_number())
      result = value(loss, y, p, filled({y.shape(0)}, c["sample_weight"].get<Real>()));
    else
      result = value(loss, y, p, tensor(c["sample_weight"]));
    // The two cases with a probability of 1 where the target is 0 were printed by a float, see above.
    const bool at_one = c.value("note", "").starts_with("clipped") || c["expected"] == 9.1668;
    CHECK(std::abs(result - c["expected"].get<double>()) < (at_one ? either(1e-3, 0.11) : 1e-3));
    ++compared;
  }
  CHECK(compared == 21);
}

TEST_CASE("the hinge loss takes 0 and 1 for -1 and 1") {
  // 1 - t p: 1.6, 0.6; 1.4, 1.6, of which the mean is 1.3: the numbers of Keras's test.
  const Tensor p = {{0.6, 0.4}, {0.4, 0.6}};
  CHECK(value("hinge", {{0, 1}, {0, 0}}, p) == doctest::Approx(1.3));
  CHECK(value("hinge", {{-1, 1}, {-1, -1}}, p) == doctest::Approx(1.3));
  CHECK(value("hinge", {{0, 1}, {0, 0}}, p, {1, 0}) == doctest::Approx(0.55));
  CHECK(value("hinge", column({1, -1}), column({2, -3})) == 0);
}

TEST_CASE("the divergence is sum t log(t / p), with neither at 0") {
  // 0.5 log(0.5 / 0.25) + 0.5 log(0.5 / 0.75) = log 2 - log(3) / 2
  const double first = std::log(2) - std::log(3) / 2;
  CHECK(value("kl_divergence", {{0.5, 0.5}}, {{0.25, 0.75}}) == doctest::Approx(first));
  // The other sample: 1 log(1 / 0.5), and 1e-7 log(1e-7 / 0.5)
  const double second = std::log(2) + 1e-7 * std::log(2e-7);
  const Tensor t = {{0.5, 0.5}, {1, 0}}, p = {{0.25, 0.75}, {0.5, 0.5}};
  CHECK(value("kl_divergence", t, p) == doctest::Approx((first + second) / 2));
  CHECK(value("kl_divergence", t, p, {3, 1}) == doctest::Approx((3 * first + second) / 2));
  CHECK(value("kl_divergence", {{1, 0}}, {{0, 1}}) == doctest::Approx(-std::log(1e-7)).epsilon(1e-5));
}

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
        "loss: there is no \"mean_square\"; the names are mean_squared_error, mse, mean_absolute_error, mae, huber, "
        "binary_crossentropy, bce, categorical_crossentropy, sparse_categorical_crossentropy, hinge, kl_divergence, "
        "kld");
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
  CHECK(options_of(loss) ==
        Json{{"name", "categorical_crossentropy"}, {"from_logits", true}, {"label_smoothing", 0.1}});
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
