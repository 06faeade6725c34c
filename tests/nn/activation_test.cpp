#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/parts/activation.hpp>

#include "layer_checks.hpp"
#include "nn/keras_options.hpp"

using namespace xgrad;

TEST_CASE("an activation is a function, a name or a lambda") {
  Tape tape;
  const Var x = tape.constant(Tensor{-1, 2});
  check_close(Activation(relu)(x).value(), {0, 2}, 0);
  check_close(Activation("relu")(x).value(), {0, 2}, 0);
  check_close(Activation([](Var v) { return v * 3; })(x).value(), {-3, 6}, 0);
  CHECK(thrown_by<ValueError>([] { Activation("rleu"); }) ==
        "activation: there is no \"rleu\"; the names are " + listed(activations()));
  CHECK(
      thrown_by<ValueError>([] { Activation(""); }).starts_with("activation: there is no \"\"; the names are linear"));
}

TEST_CASE("relu6 and hard_sigmoid end where they are flat") {
  Tape tape;
  const Var x = tape.variable(Tensor{-4, 0, 7}), kinks = tape.variable(Tensor{-3, 0, 3, 6, NAN});
  check_close(relu6(x).value(), {0, 0, 6}, 0);
  check_close(hard_sigmoid(x).value(), {0, 0.5, 1}, 0);
  check_close(gradient(sum(relu6(x)), {x})[0].value(), {0, 0, 0}, 0);
  check_close(gradient(sum(relu6(kinks)), {kinks})[0].value(), {0, 0, 1, 0, 0}, 0);  // as in JAX, TensorFlow, PyTorch
  check_close(gradient(sum(hard_sigmoid(kinks)), {kinks})[0].value(), {0, 1 / Real(6), 0, 0, 0}, 1e-7);
  CHECK(std::isnan(relu6(kinks).value()(4)));
  check_close(mish(x).value(), {Real(-0.0725917408), 0, Real(6.99998838)}, 1e-6);
}

TEST_CASE("activations and their slopes are Keras's, near and far from 0") {
  const Json& all = keras_options();
  for (const auto& row : all.at("activations").items()) {
    CAPTURE(row.key());
    Tape tape;
    const Var x = tape.variable(nested(all.at("rows"))), y = Activation(row.key())(x);
    check_close(y.value(), nested(row.value().at("values")), 3e-6);
    const Tensor columns = xt::arange<Real>(1, static_cast<Real>(y.shape()[1] + 1));
    check_close(gradient(sum(y * columns), {x})[0].value(), nested(row.value().at("gradient")), 2e-6);
  }
}

TEST_CASE("activations with options are what their formulas say") {
  Tape tape;
  const Var x = tape.constant(Tensor{-2, -0.25, 0.5, 3});
  const Real e = static_cast<Real>(std::exp(1.0));
  check_close(celu(x, 2).value(), {2 / e - 2, static_cast<Real>(2 * std::expm1(-0.125)), 0.5, 3}, 1e-6);
  check_close(hard_shrink(x, 2).value(), {0, 0, 0, 3}, 0);
  check_close(soft_shrink(x, 0.25).value(), {-1.75, 0, 0.25, 2.75}, 0);
  check_close(squareplus(x, 0).value(), {0, 0, 0.5, 3}, 0);
  check_close(threshold(x, 0.5, -7).value(), {-7, -7, -7, 3}, 0);
  CHECK(thrown_by<ShapeError>([&] {
          glu(tape.constant(zeros({2, 3})));
        }) == "glu: the shape is (2, 3); it takes (..., 2 k)");
  CHECK(thrown_by<ShapeError>([&] { sparsemax(tape.constant(0)); }) ==
        "sparsemax: the shape is (); it takes at least one axis");
}

TEST_CASE("sparsemax gives the nearest probabilities, and moves only those above 0") {
  Tape tape;
  const Var x = tape.variable({{0.1, 0.3, -0.2, 0.25}, {5, 4.75, 4.5, -3}, {0, 0, 0, 0}, {-30, 9, -INFINITY, 0}});
  // By row, tau is (0.65 - 1) / 3, (14.25 - 1) / 3 with three of them, -1/4 and 8.
  const Tensor expected = {
      {0.65 / 3, 1.25 / 3, 0, 1.1 / 3}, {1.75 / 3, 1.0 / 3, 0.25 / 3, 0}, {0.25, 0.25, 0.25, 0.25}, {0, 1, 0, 0}};
  const Var y = sparsemax(x);
  check_close(y.value(), expected, either(1e-6, 1e-12));
  check_close(sum(y, {1}).value(), ones({4}), either(1e-6, 1e-12));
  const Var first = sum(slice(y, 1, 0, 1));  // of y_0 the slope is [0 = j] - 1 / k within the k that are above 0
  check_close(
      gradient(first, {x})[0].value(),
      {{2.0 / 3, -1.0 / 3, 0, -1.0 / 3}, {2.0 / 3, -1.0 / 3, -1.0 / 3, 0}, {0.75, -0.25, -0.25, -0.25}, {0, 0, 0, 0}},
      either(1e-6, 1e-12));
}

TEST_CASE("an activation hides no NaN") {
  Tape tape;
  const Var x = tape.constant(filled({1, 4}, NAN));
  for (const std::string& name : names_of(activations())) {
    CAPTURE(name);
    for (const Real y : Activation(name)(x).value()) CHECK(std::isnan(y));
  }
}

TEST_CASE("the gradients of every activation are right") {
  Rng rng(1);
  const Tensor x = random_normal(rng, {3, 4}, 0, 3);
  for (const std::string& name : names_of(activations())) {
    CAPTURE(name);
    check_gradients(Activation(name), x);
  }
}

TEST_CASE("an activation keeps its name, also when it was given as a function") {
  for (const auto& [given, name] : {std::pair<Activation, const char*>{relu, "relu"},
                                    {gelu, "gelu"},
                                    {linear, "linear"},
                                    {mish, "mish"},
                                    {softmax, "softmax"},
                                    {"tanh", "tanh"},
                                    {"swish", "silu"}}) {
    CHECK(given.name() == name);
    CHECK(options_of(given) == Json{{"name", name}});
  }
  Activation read = linear;
  set_options(read, {{"name", "softplus"}});
  CHECK(read.name() == "softplus");
  CHECK(thrown_by<ValueError>([&] {
          set_options(read, {{"name", "sofplus"}});
        }).starts_with("activation: there is no \"sofplus\""));
}

TEST_CASE("an activation of one's own cannot be saved with a model") {
  const char* const message = "activation: a function of one's own has no name by which to save it";
  CHECK(thrown_by<ValueError>([&] { options_of(Activation([](Var x) { return x * 3; })); }) == message);
  CHECK(thrown_by<ValueError>([&] { options_of(Activation(square)); }) == message);
}
