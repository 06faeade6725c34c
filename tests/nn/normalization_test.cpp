#include <xgrad/nn/layers/batch_normalization.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/layers/layer_normalization.hpp>
#include <xgrad/nn/model/sequential.hpp>

#include <fstream>
#include <nlohmann/json.hpp>

#include "layer_checks.hpp"

using namespace xgrad;

namespace {

// A tensor of Keras's file.
Tensor keras(const char* key) {
  static const nlohmann::json data = nlohmann::json::parse(std::ifstream(XGRAD_TEST_DATA "/keras/losses_bn.json"));
  const nlohmann::json& rows = data.at(key);
  if (!rows[0].is_array()) {
    Tensor x(Shape{rows.size()});
    for (std::size_t i = 0; i < rows.size(); ++i) x(i) = rows[i].get<Real>();
    return x;
  }
  Tensor x(Shape{rows.size(), rows[0].size()});
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < rows[0].size(); ++j) x(i, j) = rows[i][j].get<Real>();
  return x;
}

template <class L>
L built(L layer, const Shape& input) {
  Rng rng(1);
  build(layer, input, rng);
  return layer;
}

template <class L>
Parameter& parameter(L& layer, const std::string& name) {
  Parameter* found = nullptr;
  each_parameter(layer, [&](const std::string&, Parameter& p) {
    if (p.label == name) found = &p;
  });
  REQUIRE(found != nullptr);
  return *found;
}

template <class L>
std::vector<std::string> names(L layer) {
  std::vector<std::string> all;
  each_parameter(layer,
                 [&](const std::string&, Parameter& p) { all.push_back(p.label + (p.trainable ? "" : ", counted")); });
  return all;
}

const Context training{.training = true};

}  // namespace

TEST_CASE("BatchNormalization gives Keras's numbers in training and in inference") {
  auto layer = built(BatchNormalization(), {2});
  Tape tape;
  const Var x = tape.constant(keras("BN x"));
  check_close(layer(x, training).value(), keras("BN train y"), 1e-6);
  check_close(parameter(layer, "moving_mean").value(), keras("BN moving_mean"), 1e-6);
  check_close(parameter(layer, "moving_variance").value(), keras("BN moving_variance"), 1e-6);
  check_close(layer(x).value(), keras("BN infer y"), 1e-6);
}

TEST_CASE("BatchNormalization normalises each feature over all other axes") {
  auto layer = built(BatchNormalization({.epsilon = 1e-12}), {2, 2});
  parameter(layer, "gamma").edit() = Tensor{2, 1};
  parameter(layer, "beta").edit() = Tensor{0, 5};
  Tape tape;
  // the first feature is 1, 3, 1, 3: mean 2 and variance 1
  const Var y = layer(tape.constant(Tensor{{{1, 0}, {3, 0}}, {{1, 4}, {3, 4}}}), training);
  check_close(y.value(), {{{-2, 4}, {2, 4}}, {{-2, 6}, {2, 6}}}, 1e-6);
  check_close(parameter(layer, "moving_mean").value(), {Real(0.02), Real(0.02)}, 1e-6);
}

TEST_CASE("the moving statistics are counted, not learnt") {
  CHECK(names(built(BatchNormalization(), {2})) ==
        std::vector<std::string>{"gamma", "beta", "moving_mean, counted", "moving_variance, counted"});
  CHECK(names(built(BatchNormalization({.center = false, .scale = false}), {2})) ==
        std::vector<std::string>{"moving_mean, counted", "moving_variance, counted"});
  auto layer = built(BatchNormalization({.momentum = 0.5}), {1});
  Tape tape;
  const Var x = tape.constant(column({2, 4}));  // mean 3, variance 1
  layer(x);
  CHECK(parameter(layer, "moving_mean").value()(0) == 0);
  layer(x, training);
  CHECK(parameter(layer, "moving_mean").value()(0) == 1.5);
  layer(x, training);
  CHECK(parameter(layer, "moving_mean").value()(0) == 2.25);
  CHECK(parameter(layer, "moving_variance").value()(0) == 1);
}

TEST_CASE("a frozen BatchNormalization normalises as in inference, also in training") {
  Layer layer = BatchNormalization();
  Rng rng(1);
  build(layer, {2}, rng);
  layer.trainable = false;
  Tape tape;
  const Var x = tape.constant(keras("BN x"));
  check_close(layer(x, training).value(), layer(x).value(), 0);
  check_close(layer(x, training).value(), x.value() / Real(std::sqrt(1.001)), 1e-6);
}

TEST_CASE("a recording may call BatchNormalization in inference, then train it, and still run backward") {
  auto layer = built(BatchNormalization({.momentum = 0}), {1});
  Tape tape;
  const Var x = tape.variable(column({2, 6}));
  const Var before = layer(x);
  const Tensor value = before.value();
  const Var y = layer(x, training);  // sets the moving statistics to 4 and 4
  check_close(before.value(), value, 0);
  tape.backward(sum(square(y)) + sum(before));
  // y = gamma (-1, 1) 2 / sqrt(4.001) and before = gamma (2, 6) / sqrt(1.001), at gamma = 1
  check_close(parameter(layer, "gamma").gradient, {Real(2 * 2 * 4 / 4.001 + 8 / std::sqrt(1.001))}, 1e-6);
  check_close(parameter(layer, "beta").gradient, {2}, 1e-6);
}

TEST_CASE("the gradients of BatchNormalization are right, through the batch's statistics too") {
  Rng rng(1);
  const Tensor x = random_normal(rng, {4, 3}, 0, 1), deep = random_normal(rng, {2, 3, 2}, 0, 1);
  check_gradients(BatchNormalization(), x, training);
  check_gradients(BatchNormalization(), x);
  check_gradients(BatchNormalization(), deep, training);
  check_gradients(BatchNormalization({.center = false}), x, training);
  check_gradients(BatchNormalization({.scale = false}), x, training);
}

TEST_CASE("normalised outputs do not change when the inputs are moved, so their gradients add up to 0") {
  auto layer = built(BatchNormalization(), {2});
  Tape tape;
  const Var x = tape.variable(keras("BN x"));
  const Var y = layer(x, training);
  check_close(sum(gradient(sum(y * Tensor{{1, 2}, {-3, 5}, {2, 7}}), {x})[0], {0}).value(), {0, 0}, 1e-6);
}

TEST_CASE("BatchNormalization is saved and loaded with its moving statistics") {
  Rng rng(1);
  const Tensor x = random_normal(rng, {4, 3}, 1, 2);
  auto layer = built(BatchNormalization({.momentum = 0.75, .epsilon = 0.5}), {3});
  Tape tape;
  layer(tape.constant(x), training);
  check_round_trip(layer, BatchNormalization(), x);
  check_round_trip(BatchNormalization({.center = false}), BatchNormalization({.scale = false}), x);
}

TEST_CASE("BatchNormalization in inference takes an empty batch; in training there is nothing to average") {
  auto layer = built(BatchNormalization(), {3});
  Tape tape;
  CHECK(layer(tape.constant(zeros({0, 3}))).shape() == Shape{0, 3});
  CHECK(thrown_by<ShapeError>([&] {
          layer(tape.constant(zeros({0, 3})), training);
        }) == "BatchNormalization: the batch (0, 3) has no mean to train with");
  check_close(layer(tape.constant(ones({1, 3})), training).value(), zeros({1, 3}), 0);  // one sample is its own mean
}

TEST_CASE("BatchNormalization refuses options and shapes that do not fit") {
  CHECK(thrown_by<ValueError>([] { BatchNormalization({.momentum = 1.5}); }) ==
        "BatchNormalization: the momentum is 1.5; it takes 0 to 1");
  CHECK(thrown_by<ValueError>([] { BatchNormalization({.momentum = NAN}); }) ==
        "BatchNormalization: the momentum is nan; it takes 0 to 1");
  CHECK(thrown_by<ValueError>([] { BatchNormalization({.epsilon = 0}); }) ==
        "BatchNormalization: epsilon is 0; it takes a finite number above 0");
  CHECK(thrown_by<ShapeError>([] { built(BatchNormalization(), {}); }) ==
        "BatchNormalization: cannot take (1,); it takes (n, ..., features)");
  CHECK(thrown_by<ShapeError>([] { built(BatchNormalization(), {0}); }) ==
        "BatchNormalization: cannot take (1, 0); it takes (n, ..., features)");
  auto layer = built(BatchNormalization(), {3});
  Tape tape;
  CHECK(thrown_by<ShapeError>([&] {
          layer(tape.constant(ones({2, 5})));
        }) == "weight moving_mean has shape (3,); here it takes (5,)");
  CHECK_THROWS_AS(layer(tape.constant(ones({3}))), ShapeError);
  CHECK_THROWS_AS(layer(tape.constant(1)), ShapeError);
  Layer read = BatchNormalization();
  CHECK(thrown_by<ValueError>([&] {
          set_options(read, {{"kind", "batch_normalization"}, {"trainable", true}, {"momentum", 2}});
        }) == "BatchNormalization: the momentum is 2; it takes 0 to 1");
}

TEST_CASE("LayerNormalization gives each row mean 0 and variance 1, then gamma and beta") {
  auto layer = built(LayerNormalization({.epsilon = 1e-12}), {2});
  parameter(layer, "gamma").edit() = Tensor{2, 3};
  parameter(layer, "beta").edit() = Tensor{10, 20};
  Tape tape;
  check_close(layer(tape.constant(Tensor{{1, 3}, {50, 10}})).value(), {{8, 23}, {12, 17}}, 1e-6);
  const Var deep = tape.constant(Tensor{{{1, 3}, {50, 10}}});
  check_close(layer(deep, training).value(), {{{8, 23}, {12, 17}}}, 1e-6);
  // (x - 2) / sqrt(1 + 0.001)
  check_close(built(LayerNormalization(), {2})(tape.constant(Tensor{{1, 3}})).value(),
              {{Real(-0.99950037), Real(0.99950037)}}, 1e-6);
  CHECK(names(layer) == std::vector<std::string>{"gamma", "beta"});
  CHECK(names(built(LayerNormalization({.center = false, .scale = false}), {2})).empty());
}

TEST_CASE("the gradients of LayerNormalization are right, and it is saved and loaded") {
  Rng rng(1);
  const Tensor x = random_normal(rng, {3, 4}, 0, 1), deep = random_normal(rng, {2, 2, 3}, 0, 1);
  check_gradients(LayerNormalization(), x);
  check_gradients(LayerNormalization(), deep);
  check_gradients(LayerNormalization({.center = false, .scale = false}), x);
  check_round_trip(LayerNormalization({.epsilon = 0.5, .scale = false}), LayerNormalization(), x);
}

TEST_CASE("LayerNormalization takes an empty batch, and refuses options and shapes that do not fit") {
  auto layer = built(LayerNormalization(), {3});
  Tape tape;
  CHECK(layer(tape.constant(zeros({0, 3}))).shape() == Shape{0, 3});
  CHECK(thrown_by<ValueError>([] { LayerNormalization({.epsilon = -1}); }) ==
        "LayerNormalization: epsilon is -1; it takes a finite number above 0");
  CHECK(thrown_by<ShapeError>([] { built(LayerNormalization(), {}); }) ==
        "LayerNormalization: cannot take (1,); it takes (n, ..., features)");
  CHECK(thrown_by<ShapeError>([&] {
          layer(tape.constant(ones({2, 1})));
        }) == "weight gamma has shape (3,); here it takes (1,)");
}

TEST_CASE("a model with BatchNormalization trains, and its moving statistics are no optimizer's business") {
  Rng rng(1);
  Sequential model{Dense(4, relu), BatchNormalization(), Dense(1)};
  model.build({2}, rng);
  CHECK(model.parameters().size() == 6);
  std::size_t all = 0;
  each_parameter(model, [&](const std::string&, Parameter&) { ++all; });
  CHECK(all == 8);
  Tape tape;
  tape.backward(sum(square(model(tape.constant(random_normal(rng, {8, 2}, 0, 1)), training))));
  for (const Parameter* p : model.parameters()) CHECK(p->fresh);
}
