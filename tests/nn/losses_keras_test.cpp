#include <fstream>
#include <nlohmann/json.hpp>

#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>

#include "nn/loss_value.hpp"
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
