#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/parts/activation.hpp>

#include "layer_checks.hpp"

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
  const Var x = tape.variable(Tensor{-4, 0, 7});
  check_close(relu6(x).value(), {0, 0, 6}, 0);
  check_close(hard_sigmoid(x).value(), {0, 0.5, 1}, 0);
  check_close(gradient(sum(relu6(x)), {x})[0].value(), {0, 0, 0}, 0);
  check_close(mish(x).value(), {Real(-0.0725917408), 0, Real(6.99998838)}, 1e-6);
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
