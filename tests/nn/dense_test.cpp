#include <xgrad/nn/dense.hpp>
#include <xgrad/nn/sequential.hpp>

#include "layer_checks.hpp"

using namespace xgrad;

namespace {

// A layer whose kernel and bias are these.
Dense built(Dense dense, const Tensor& kernel, const Tensor& bias = {}) {
  Rng rng(1);
  dense.build({kernel.shape(0)}, rng);
  dense.each_parameter([&](Parameter& p) { p.edit() = p.name == "kernel" ? kernel : bias; });
  return dense;
}

std::map<std::string, Tensor> gradients(Dense& dense) {
  std::map<std::string, Tensor> all;
  dense.each_parameter([&](Parameter& p) { all[p.name] = p.gradient; });
  return all;
}

}  // namespace

TEST_CASE("Dense computes activation(x kernel + bias)") {
  Dense dense = built(Dense(2, relu), {{1, -1}, {2, -2}, {3, -3}}, {10, 20});
  Tape tape;
  check_close(dense(tape.constant(Tensor{{1, 1, 1}, {0, 0, 10}})).value(), {{16, 14}, {40, 0}}, 0);
}

TEST_CASE("Dense without a bias has one parameter") {
  Rng rng(1);
  Sequential model{Dense(2, "tanh", {.use_bias = false, .kernel_initializer = zeros})};
  model.build({3}, rng);
  REQUIRE(model.parameters().size() == 1);
  CHECK(model.parameters()[0]->name == "dense/kernel");
  check_close(model.parameters()[0]->value(), zeros({3, 2}), 0);
  Tape tape;
  check_close(model(tape.constant(ones({1, 3}))).value(), zeros({1, 2}), 0);
}

TEST_CASE("Dense draws its weights as its initializers say") {
  Rng rng(1);
  Dense dense(2, linear, {.kernel_initializer = Constant{.value = 3}, .bias_initializer = "ones"});
  CHECK(dense.build({1}, rng) == Shape{2});
  Tape tape;
  check_close(dense(tape.constant(column({2}))).value(), {{7, 7}}, 0);
}

TEST_CASE("Dense works along the last axis of inputs with more") {
  Rng rng(1);
  CHECK(Dense(2).build({4, 3}, rng) == Shape{4, 2});
  Dense dense = built(Dense(2, softmax), {{1, -1}, {2, -2}, {3, -3}}, {10, 20});
  const Tensor x = random_normal(rng, {5, 4, 3}, 0, 1);
  Tape tape;
  const Var deep = tape.constant(x), y = dense(deep);
  CHECK(y.shape() == Shape{5, 4, 2});
  check_close(reshape(y, {20, 2}).value(), dense(reshape(deep, {20, 3})).value(), 0);
  check_gradients(Dense(2, tanh), random_normal(rng, {2, 2, 3}, 0, 1));
  check_gradients(Dense(2, tanh, {.use_bias = false}), random_normal(rng, {2, 2, 3}, 0, 1));
}

TEST_CASE("the gradients of Dense are right") {
  Rng rng(1);
  check_gradients(Dense(2, tanh), random_normal(rng, {4, 3}, 0, 1));
  check_gradients(Dense(3, "softmax", {.use_bias = false}), random_normal(rng, {4, 2}, 0, 1));
}

TEST_CASE("regularizers add up as in the example of Keras's documentation") {
  Dense dense = built(Dense(5, linear, {.kernel_regularizer = L1{0.01}, .activity_regularizer = L2{0.01}}),
                      ones({5, 5}), zeros({5}));
  Tape tape;
  std::vector<Var> penalties;
  const Var x = tape.constant(filled({5, 5}, 2));
  dense(x, {.penalties = &penalties});
  REQUIRE(penalties.size() == 2);
  CHECK(penalties[0].item() == doctest::Approx(0.25));  // 0.01 times 25 ones
  CHECK(penalties[1].item() == doctest::Approx(5));     // 0.01 times 25 squares of 10, over a batch of 5
}

TEST_CASE("the gradient of a regularised loss is what its formula gives") {
  Dense dense = built(
      Dense(2, linear,
            {.kernel_regularizer = L2{0.5}, .bias_regularizer = L1{3}, .activity_regularizer = L1L2{.l1 = 1, .l2 = 2}}),
      {{1, -2}}, {3, 0});
  Tape tape;
  std::vector<Var> penalties;
  const Var y = dense(tape.constant(column({1, 2})), {.penalties = &penalties});
  check_close(y.value(), {{4, -2}, {5, -4}}, 0);
  REQUIRE(penalties.size() == 3);
  CHECK(penalties[0].item() == 0.5 * (1 + 4));
  CHECK(penalties[1].item() == 3 * 3);
  CHECK(penalties[2].item() == (15 + 2 * (16 + 4 + 25 + 16)) / 2.0);
  tape.backward(penalties[0] + penalties[1] + penalties[2]);
  // y' = (sign(y) + 4 y) / 2;  kernel' = x^T y' + 2 (0.5) kernel;  bias' = the sum of y' + 3 sign(bias)
  const Tensor dy{{8.5, -4.5}, {10.5, -8.5}};
  const auto gradient = gradients(dense);
  check_close(gradient.at("kernel"), {{Real(8.5 + 2 * 10.5 + 1), Real(-4.5 - 2 * 8.5 - 2)}}, 1e-6);
  check_close(gradient.at("bias"), {Real(19 + 3), Real(-13)}, 1e-6);
}

TEST_CASE("penalties are recorded only if somebody asks, and on weights only if they are learnt") {
  const DenseOptions options{.kernel_regularizer = "l2", .bias_regularizer = "l2", .activity_regularizer = "l2"};
  Dense dense = built(Dense(2, linear, options), ones({3, 2}), ones({2}));
  Tape tape;
  const Var x = tape.constant(ones({1, 3}));
  const std::size_t before = tape.size();
  dense(x);
  CHECK(tape.size() == before + 3);  // kernel, bias, linear
  std::vector<Var> penalties;
  dense(x, {.trainable = false, .penalties = &penalties});
  CHECK(penalties.size() == 1);
  penalties.clear();
  dense.each_parameter([](Parameter& p) { p.trainable = p.name != "bias"; });
  dense(x, {.penalties = &penalties});
  CHECK(penalties.size() == 2);
  penalties.clear();
  Dense plain = built(Dense(2, linear, {.use_bias = false, .bias_regularizer = "l2"}), ones({3, 2}));
  plain(x, {.penalties = &penalties});
  CHECK(penalties.empty());
}

TEST_CASE("an empty batch passes through Dense, with a penalty of 0") {
  Dense dense = built(Dense(2, relu, {.activity_regularizer = L2{}}), ones({3, 2}), ones({2}));
  Tape tape;
  std::vector<Var> penalties;
  CHECK(dense(tape.constant(zeros({0, 3})), {.penalties = &penalties}).shape() == Shape{0, 2});
  CHECK(penalties.at(0).item() == 0);
  CHECK(dense(tape.constant(zeros({0, 7, 3}))).shape() == Shape{0, 7, 2});
  CHECK(dense(tape.constant(zeros({4, 0, 3}))).shape() == Shape{4, 0, 2});
}

TEST_CASE("Dense refuses what it cannot compute") {
  Rng rng(1);
  CHECK(thrown_by<ValueError>([] { Dense(0); }) == "Dense: 0 units; it takes 1 or more");
  CHECK(thrown_by<ShapeError>([&] { Dense(2).build({}, rng); }) ==
        "Dense: cannot take inputs of shape (); it takes (..., in)");
  Dense dense = built(Dense(2), ones({3, 2}), ones({2}));
  Tape tape;
  CHECK(thrown_by<ShapeError>([&] {
          dense(tape.constant(ones({4, 5, 6})));
        }) == "linear: cannot compute (20, 6) by (3, 2) plus (2,); it takes (n, k) by (k, m) plus (m,)");
  CHECK(thrown_by<ShapeError>([&] { dense(tape.constant(ones({3}))); }) ==
        "linear: cannot compute (3,) by (3, 2) plus (2,); it takes (n, k) by (k, m) plus (m,)");
}

TEST_CASE("Dense is saved and loaded") {
  const Tensor x{{1, -2, 3}};
  check_round_trip(Dense(4, gelu), Dense(1), x);
  const Dense regularised(2, "tanh",
                          {.use_bias = false, .kernel_regularizer = L2{0.25}, .activity_regularizer = L1{1e-300}});
  check_round_trip(regularised, Dense(1), x);
  Config options;
  Dense(regularised).config(options);
  CHECK(options.values() == std::map<std::string, std::string>{{"activation", "tanh"},
                                                               {"activity_regularizer", "l1_l2 1e-300 0"},
                                                               {"bias_regularizer", "none"},
                                                               {"kernel_regularizer", "l1_l2 0 0.25"},
                                                               {"units", "2"},
                                                               {"use_bias", "false"}});
}

TEST_CASE("Dense cannot be loaded from options that it refuses") {
  Config options;
  Dense(2).config(options);
  const auto with = [&](const char* name, const char* text) {
    auto values = options.values();
    values[name] = text;
    return thrown_by<ValueError>([&] {
      Config changed(values);
      Dense(1).config(changed);
    });
  };
  CHECK(with("units", "0") == "Dense: 0 units; it takes 1 or more");
  CHECK(with("units", "-1") == "option \"units\": \"-1\" is not a number that fits");
  CHECK(with("activation", "rleu").starts_with("option \"activation\": activation: there is no \"rleu\""));
  CHECK(with("kernel_regularizer", "l2") ==
        "option \"kernel_regularizer\": \"l2\" is no regularizer; it takes \"none\" or \"l1_l2 0.01 0.01\"");
}
