// Layers by themselves against Keras: keras/layers.json has a row for each layer here.

#include <fstream>
#include <set>

#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/training/fit.hpp>

#include "layer_table.hpp"
#include "options.hpp"

using namespace xgrad;

namespace {

const Json& file() {
  static const Json all = Json::parse(std::ifstream(XGRAD_TEST_DATA "/keras/layers.json"));
  return all;
}

/// A tensor of nested lists.
Tensor tensor(const Json& lists) {
  Shape shape;
  std::vector<const Json*> numbers{&lists};
  while (numbers[0]->is_array()) {
    shape.push_back(numbers[0]->size());
    std::vector<const Json*> inner;
    for (const Json* list : numbers)
      for (const Json& entry : *list) inner.push_back(&entry);
    numbers = std::move(inner);
  }
  Tensor x(shape);
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = numbers[i]->get<Real>();
  return x;
}

std::vector<Tensor> tensors(const Json& list) {
  std::vector<Tensor> all;
  for (const Json& entry : list) all.push_back(tensor(entry));
  return all;
}

void check_all_close(const std::vector<Tensor>& actual, const std::vector<Tensor>& expected, double tolerance) {
  REQUIRE(actual.size() == expected.size());
  for (std::size_t k = 0; k < actual.size(); ++k) check_close(actual[k], expected[k], tolerance);
}

Sequential built(Layer layer, const Tensor& x) {
  Sequential model;
  model.add(std::move(layer));
  model.build(Shape(x.shape().begin() + 1, x.shape().end()));
  return model;
}

const std::vector<std::pair<std::string, Layer>> layers_of_keras{
    {"Embedding", Embedding(4, 2)},
    {"Embedding of rows", Embedding(5, 3, {.embeddings_regularizer = L2{0.1}})},
    {"ReLU", ReLU()},
    {"ReLU max_value", ReLU({.max_value = 1.5})},
    {"ReLU max_value 6", ReLU({.max_value = 6})},
    {"ReLU negative_slope", ReLU({.negative_slope = 0.25})},
    {"ReLU threshold", ReLU({.threshold = 0.5})},
    {"ReLU of all", ReLU({.max_value = 1.5, .negative_slope = 0.25, .threshold = 0.5})},
    {"LeakyReLU", LeakyReLU()},
    {"LeakyReLU negative_slope", LeakyReLU(0.1)},
    {"PReLU", PReLU()},
    {"PReLU shared", PReLU({.alpha_regularizer = L1{0.1}, .shared_axes = {1}})},
    {"ELU", ELU()},
    {"ELU alpha", ELU(0.5)},
    {"Softmax", Softmax()},
    {"Softmax axis", Softmax(1)},
    {"Softmax axes", Softmax({1, 2})},
    {"Rescaling", Rescaling(0.5, -1)},
    {"Rescaling of features", Rescaling({0.5, 2, 4}, {1, 0, -1})},
    {"Normalization given", Normalization({.mean = {1, 2, 3}, .variance = {4, 0.25, 0}})},
    {"Normalization inverted", Normalization({.mean = {1, 2, 3}, .variance = {4, 0.25, 0}, .invert = true})},
    {"Normalization by a number", Normalization({.axis = {1}, .mean = {2}, .variance = {4}})},
    {"RMSNormalization", RMSNormalization()},
    {"RMSNormalization axes", RMSNormalization({.axis = {1, 2}, .epsilon = 0.5})},
    {"UnitNormalization", UnitNormalization()},
    {"UnitNormalization axes", UnitNormalization({1, 2})},
    {"Identity", Identity()},
    {"LayerNormalization axis", LayerNormalization({.axis = {1}})},
    {"LayerNormalization axes", LayerNormalization({.axis = {1, 2}, .epsilon = 0.5})},
    {"BatchNormalization axis", BatchNormalization({.axis = 1})},
};

const std::vector<std::pair<std::string, Normalization>> normalizations{
    {"Normalization", Normalization()},
    {"Normalization axis", Normalization({.axis = {1}})},
    {"Normalization axes", Normalization({.axis = {1, 2}})},
    {"Normalization of all", Normalization({.axis = {}})},
    {"Normalization inverted", Normalization({.invert = true})},
};

/// Calls check(layer, row) for each layer, and looks for rows without one.
template <class Layers, class Check>
void each_row(const char* what, const Layers& layers, Check check) {
  const Json& rows = file().at(what);
  std::set<std::string> names;
  for (const auto& row : layers) {
    const auto& name = row.first;
    CAPTURE(name);
    names.insert(name);
    REQUIRE(rows.contains(name));
    check(row.second, rows.at(name));
  }
  for (const auto& row : rows.items()) CHECK_MESSAGE(names.contains(row.key()), row.key(), " is not tested");
}

}  // namespace

TEST_CASE("layers give Keras's outputs and gradients") {
  each_row("layers", layers_of_keras, [](const Layer& layer, const Json& row) {
    const Tensor input = tensor(row.at("x"));
    Sequential model = built(layer, input);
    model.set_weights(tensors(row.at("weights")));
    Tape tape;
    const Var x = tape.variable(input), y = model(x);
    check_close(y.value(), tensor(row.at("y")), 1e-6);
    const Var loss = mean(square(y + 0.5));
    std::vector<Tensor> gradients;
    if (model.parameters().size() > 0) tape.backward(loss);
    for (const Parameter* p : model.parameters()) gradients.push_back(p->gradient);
    check_all_close(gradients, tensors(row.at("gradients")), 2e-6);
    if (row.contains("gradient of x"))
      check_close(gradient(loss, {x})[0].value(), tensor(row.at("gradient of x")), 2e-6);
  });
}

TEST_CASE("layers take Keras's steps") {
  each_row("layers", layers_of_keras, [](const Layer& layer, const Json& row) {
    const Tensor x = tensor(row.at("x"));
    Sequential model = built(layer, x);
    CHECK(row.contains("trained") == (model.parameters().size() > 0));
    if (!row.contains("trained")) return;
    model.set_weights(tensors(row.at("weights")));
    model.compile(Adam{.learning_rate = 0.1}, "mse");
    const Tensor y = filled(tensor(row.at("y")).shape(), Real(-0.5));
    for (int step = 0; step < 3; ++step) model.train_on_batch(x, y);
    check_all_close(model.get_weights(), tensors(row.at("trained")), 5e-6);
  });
}

TEST_CASE("Normalization adapts to data as Keras's does") {
  each_row("adapted", normalizations, [](Normalization layer, const Json& row) {
    const Tensor x = tensor(row.at("x"));
    layer.adapt(x);
    Sequential model = built(layer, x);
    check_all_close(model.get_weights(), tensors(row.at("weights")), 1e-6);
    check_close(model.predict(x, {.verbose = silent}), tensor(row.at("y")), 1e-6);
    Sequential other = built(normalizations[0].second, x);  // whose weights are Keras's
    if (row.at("keras") == "layers.Normalization()") {
      other.set_weights(tensors(row.at("weights")));
      check_close(other.predict(x, {.verbose = silent}), tensor(row.at("y")), 1e-6);
    }
  });
}

// Of 200,000 draws and of Keras's 1,000,000: a mean is known to 5 of its deviations, and a variance to 2 %.
TEST_CASE("layers draw from Keras's distributions") {
  each_row("noises",
           std::vector<std::pair<std::string, Layer>>{{"GaussianDropout", GaussianDropout(0.3)},
                                                      {"AlphaDropout", AlphaDropout(0.3)}},
           [](Layer layer, const Json& row) {
             const std::size_t n = row.at("draws").get<std::size_t>() / 5;
             Rng rng(1);
             Tape tape;
             const Var x = tape.constant({n}, row.at("x").get<Real>());
             const Tensor y = layer(x, {.training = true, .rng = &rng}).value();
             double mean = 0, variance = 0;
             std::set<Real> values;
             for (const double v : y) mean += v / static_cast<double>(n);
             for (const double v : y) variance += (v - mean) * (v - mean) / static_cast<double>(n);
             for (const Real v : y) values.insert(v);
             CHECK(std::abs(mean - row.at("mean").get<double>()) < 5 * std::sqrt(1.2 * variance / double(n)));
             CHECK(variance == doctest::Approx(row.at("variance").get<double>()).epsilon(0.02));
             CHECK((values.size() == 2) == row.contains("values"));
             if (values.size() == 2) check_close({*values.begin(), *values.rbegin()}, tensor(row.at("values")), 2e-6);
           });
}

TEST_CASE("AlphaDropout keeps mean 0 and variance 1") {
  Rng rng(1);
  Tape tape;
  const Var x = tape.constant(random_normal(rng, {200'000}, 0, 1));
  const Var y = AlphaDropout(0.5)(x, {.training = true, .rng = &rng});
  CHECK(std::abs(mean(y).item()) < 0.012);
  CHECK(variance(y).item() == doctest::Approx(1).epsilon(0.02));
}

TEST_CASE("OrthogonalRegularizer has Keras's penalty and gradient") {
  each_row(
      "orthogonal",
      std::vector<std::pair<std::string, Regularizer>>{
          {"rows", OrthogonalRegularizer{0.5}}, {"columns", OrthogonalRegularizer{.factor = 0.5, .mode = "columns"}}},
      [](const Regularizer& regularizer, const Json& row) {
        Tape tape;
        const Var w = tape.variable(tensor(row.at("w"))), penalty = regularizer(w);
        CHECK(penalty.item() == doctest::Approx(row.at("penalty").get<double>()).epsilon(1e-6));
        check_close(gradient(penalty, {w})[0].value(), tensor(row.at("gradient")), 1e-6);
      });
}
