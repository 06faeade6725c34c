#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/model/sequential.hpp>

#include "layer_checks.hpp"

using namespace xgrad;

namespace {

// A layer whose kernel and bias are these.
Dense built(Dense dense, const Tensor& kernel, const Tensor& bias = {}) {
  Rng rng(1);
  build(dense, {kernel.shape(0)}, rng);
  each_parameter(dense, [&](const std::string& path, Parameter& p) { p.edit() = path == "kernel" ? kernel : bias; });
  return dense;
}

std::map<std::string, Tensor> gradients(Dense& dense) {
  std::map<std::string, Tensor> all;
  each_parameter(dense, [&](const std::string& path, Parameter& p) { all[path] = p.gradient; });
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
  CHECK(model.parameters().paths[0] == "dense/kernel");
  check_close(model.parameters()[0]->value(), zeros({3, 2}), 0);
  Tape tape;
  check_close(model(tape.constant(ones({1, 3}))).value(), zeros({1, 2}), 0);
}

TEST_CASE("Dense draws its weights as its initializers say") {
  Rng rng(1);
  Dense dense(2, linear, {.kernel_initializer = Constant{.value = 3}, .bias_initializer = "ones"});
  CHECK(build(dense, {1}, rng) == Shape{2});
  Tape tape;
  check_close(dense(tape.constant(column({2}))).value(), {{7, 7}}, 0);
}

TEST_CASE("Dense works along the last axis of inputs with more") {
  Rng rng(1);
  Dense two(2);
  CHECK(build(two, {4, 3}, rng) == Shape{4, 2});
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
  each_parameter(dense, [](const std::string&, Parameter& p) { p.trainable = p.label != "bias"; });
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
  Dense two(2);
  CHECK(thrown_by<ShapeError>([&] { build(two, {}, rng); }) == "Dense: cannot take (1,); it takes (n, ..., in)");
  Dense dense = built(Dense(2), ones({3, 2}), ones({2}));
  Tape tape;
  CHECK(thrown_by<ShapeError>([&] {
          dense(tape.constant(ones({4, 5, 6})));
        }) == "weight kernel has shape (3, 2); here it takes (6, 2)");
  CHECK(thrown_by<ShapeError>([&] { dense(tape.constant(ones({3}))); }) ==
        "Dense: cannot take (3,); it takes (n, ..., in)");
}

TEST_CASE("Dense is saved and loaded") {
  const Tensor x{{1, -2, 3}};
  check_round_trip(Dense(4, gelu), Dense(1), x);
  const Dense regularised(2, "tanh",
                          {.use_bias = false, .kernel_regularizer = L2{0.25}, .activity_regularizer = L1{1e-300}});
  check_round_trip(regularised, Dense(1), x);
  Dense built = regularised;
  Rng rng(1);
  build(built, {3}, rng);
  CHECK(options_of(built) == Json{{"units", 2},
                                  {"activation", {{"name", "tanh"}}},
                                  {"use_bias", false},
                                  {"kernel_initializer", {{"name", "glorot_uniform"}}},
                                  {"bias_initializer", {{"name", "zeros"}}},
                                  {"kernel_regularizer", {{"name", "l2"}, {"l2", 0.25}}},
                                  {"bias_regularizer", {{"name", "none"}}},
                                  {"activity_regularizer", {{"name", "l1"}, {"l1", 1e-300}}},
                                  {"kernel_constraint", {{"name", "none"}}},
                                  {"bias_constraint", {{"name", "none"}}}});
}

TEST_CASE("Dense cannot be loaded from options that it refuses") {
  const auto with = [&](const char* name, const Json& value) {
    Layer dense = Dense(2);
    Json options{{"kind", "dense"}, {"trainable", true}};
    options[name] = value;
    return thrown_by<ValueError>([&] { set_options(dense, options); });
  };
  CHECK(with("units", 0) == "Dense: 0 units; it takes 1 or more");
  CHECK(with("units", -1) == "option units: -1 is no whole number that fits");
  CHECK(with("units", 2.5) == "option units: 2.5 is no whole number that fits");
  CHECK(with("use_bias", "false") == "option use_bias: \"false\" is neither true nor false");
  CHECK(with("activation", {{"name", "rleu"}}).starts_with("activation: there is no \"rleu\""));
  CHECK(with("kernel_regularizer", {{"name", "l3"}}).starts_with("regularizer: there is no \"l3\""));
  CHECK(with("kernel_regularizer", {{"name", "l2"}, {"l2", -1}}) ==
        "regularizer: l2 is -1; it takes a finite number from 0 up");
}
