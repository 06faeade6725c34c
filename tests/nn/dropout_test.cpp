#include <xgrad/nn/layers/dropout.hpp>
#include <xgrad/nn/layers/gaussian_noise.hpp>

#include "layer_checks.hpp"

using namespace xgrad;

TEST_CASE("Dropout keeps the mean in training and is the identity otherwise") {
  Rng rng(1);
  const Dropout dropout(0.25);
  Tape tape;
  const Var x = tape.variable(ones({100, 100}));
  CHECK(dropout(x).line() == x.line());
  const Var y = dropout(x, {.training = true, .rng = &rng});
  std::size_t dropped = 0;
  for (const Real value : y.value()) {
    CHECK_UNARY(value == 0 || value == doctest::Approx(4 / 3.0));
    dropped += value == 0;
  }
  CHECK(dropped == doctest::Approx(2500).epsilon(0.05));
  CHECK(Dropout(0)(x, {.training = true, .rng = &rng}).line() == x.line());
  CHECK(sum(Dropout(1)(x, {.training = true, .rng = &rng})).item() == 0);
  CHECK(thrown_by<ValueError>([] { Dropout(1.5); }) == "Dropout: the rate is 1.5; it takes 0 to 1");
  CHECK(thrown_by<ValueError>([&] { dropout(x, {.training = true}); }) ==
        "Dropout: training without a generator; give {.training = true, .rng = &rng}");
}

TEST_CASE("Dropout cannot be loaded from a rate that it refuses") {
  Layer dropout = Dropout(0);
  const Json bad{{"kind", "dropout"}, {"trainable", true}, {"rate", "nan"}};
  CHECK(thrown_by<ValueError>([&] { set_options(dropout, bad); }) == "Dropout: the rate is nan; it takes 0 to 1");
}

TEST_CASE("GaussianNoise adds noise of its deviation in training and is the identity otherwise") {
  Rng rng(1);
  const GaussianNoise layer(0.25);
  Tape tape;
  const Var x = tape.variable(filled({300, 100}, 2));
  CHECK(layer(x).line() == x.line());
  CHECK(GaussianNoise(0)(x, {.training = true, .rng = &rng}).line() == x.line());
  const Var y = layer(x, {.training = true, .rng = &rng}), noise = y - x;
  CHECK(std::abs(mean(noise).item()) < 0.005);
  CHECK(variance(noise).item() == doctest::Approx(0.0625).epsilon(0.02));
  CHECK(mean(greater(noise, 0.25)).item() == doctest::Approx(0.1587).epsilon(0.02));  // beyond one deviation
  check_close(gradient(sum(y), {x})[0].value(), ones({300, 100}), 0);
  CHECK(layer(tape.constant(zeros({0, 3})), {.training = true, .rng = &rng}).shape() == Shape{0, 3});
}

TEST_CASE("GaussianNoise refuses what Keras refuses, and to draw from nothing") {
  CHECK(thrown_by<ValueError>([] { GaussianNoise(-0.5); }) == "GaussianNoise: stddev is -0.5; it takes 0 to 1");
  CHECK(thrown_by<ValueError>([] { GaussianNoise(1.5); }) == "GaussianNoise: stddev is 1.5; it takes 0 to 1");
  CHECK(thrown_by<ValueError>([] { GaussianNoise(NAN); }) == "GaussianNoise: stddev is nan; it takes 0 to 1");
  Tape tape;
  CHECK(thrown_by<ValueError>([&] { GaussianNoise(0.5)(tape.constant(ones({2})), {.training = true}); }) ==
        "GaussianNoise: training without a generator; give {.training = true, .rng = &rng}");
}
