// The rules by hand, with options that tell each other apart, and against formulas written down a second time.

#include <xgrad/optim/adadelta.hpp>
#include <xgrad/optim/adagrad.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/adamax.hpp>
#include <xgrad/optim/adamw.hpp>
#include <xgrad/optim/nadam.hpp>
#include <xgrad/optim/rmsprop.hpp>
#include <xgrad/optim/sgd.hpp>

#include "gradients.hpp"

using namespace xgrad;

TEST_CASE("Adam's second step by hand") {
  // m = 0.5, then 1.25; v = 0.25, then 1.1875; the corrections after two steps are 3/4 and 7/16
  const Adam rule{.learning_rate = 1, .beta_1 = 0.5, .beta_2 = 0.75, .epsilon = 0.5};
  const double first = std::sqrt(0.25) / 0.5 * 0.5 / (std::sqrt(0.25) + 0.5);
  const double second = std::sqrt(7 / 16.0) / 0.75 * 1.25 / (std::sqrt(1.1875) + 0.5);
  CHECK(weight_after(rule, {1, 2}) == doctest::Approx(1 - first - second).epsilon(1e-6));
}

TEST_CASE("AMSGrad remembers the largest v, which Adam forgets") {
  // v = 3, then 0.75; m = 1, then 0.5; alpha = sqrt(1 - 4^-t) / (1 - 2^-t)
  const Adam rule{.learning_rate = 1, .beta_1 = 0.5, .beta_2 = 0.25, .epsilon = 0.5, .amsgrad = true};
  const double first = std::sqrt(3 / 4.0) / (1 / 2.0) * 1 / (std::sqrt(3.0) + 0.5);
  const double second = std::sqrt(15 / 16.0) / (3 / 4.0) * 0.5 / (std::sqrt(3.0) + 0.5);
  CHECK(weight_after(rule, {2, 0}) == doctest::Approx(1 - first - second).epsilon(1e-6));
}

TEST_CASE("RMSprop's variants by hand") {
  // v = 2, then 1; the mean of g is 1, then 0.5; epsilon is 7 for the roots to come out, 3, then sqrt 8
  const RMSprop plain{.learning_rate = 3, .rho = 0.5, .epsilon = 7};
  CHECK(weight_after(plain, {2}) == doctest::Approx(1 - 2));
  // m = 2, then 0.5 * 2 + 0
  const RMSprop momentum{.learning_rate = 3, .rho = 0.5, .momentum = 0.5, .epsilon = 7};
  CHECK(weight_after(momentum, {2, 0}) == doctest::Approx(1 - 2 - 1));
  // the variance is 2 - 1 = 1, and with epsilon 8 its root 3
  const RMSprop centered{.learning_rate = 3, .rho = 0.5, .epsilon = 8, .centered = true};
  CHECK(weight_after(centered, {2}) == doctest::Approx(1 - 2));
  const RMSprop both{.learning_rate = 3, .rho = 0.5, .momentum = 0.5, .epsilon = 8, .centered = true};
  CHECK(weight_after(both, {2, 0}) == doctest::Approx(1 - 2 - 1));
}

TEST_CASE("a variance that rounds below 0 moves no weight to NaN") {
  const std::pair<double, Real> cases[] = {{0.5, 12345}, {0.9, 3000}};  // to -16 in float, to -4e-9 in double
  for (const auto& [rho, g] : cases) {
    Parameter w("w", Tensor{1});
    Optimizer optimizer = RMSprop{.rho = rho, .epsilon = 1e-12, .centered = true};
    for (int i = 0; i < 400; ++i) {
      give_gradient(w, Tensor{g});
      optimizer.step(std::vector{&w});
    }
    CHECK(std::isfinite(w.value()(0)));
  }
}

TEST_CASE("Adagrad's sum starts at its initial value") {
  // the sum is 2 + 4, then 6 + 9; epsilon adds 3, then the root of 9 is 3 and that of 18 is 4.24
  const Adagrad rule{.learning_rate = 3, .initial_accumulator_value = 2, .epsilon = 3};
  CHECK(weight_after(rule, {2}) == doctest::Approx(1 - 2).epsilon(1e-6));
  CHECK(weight_after(rule, {2, 3}) == doctest::Approx(1 - 2 - 9 / std::sqrt(18.0)).epsilon(1e-6));
}

TEST_CASE("Adadelta's steps by hand") {
  // of g: 0.5, then 2.25; d = sqrt(0.5) * 1 / sqrt(1); of d: 0.25; then d = sqrt(0.75) * 2 / sqrt(2.75)
  const Adadelta rule{.learning_rate = 2, .rho = 0.5, .epsilon = 0.5};
  const double first = std::sqrt(0.5), second = std::sqrt(0.75) * 2 / std::sqrt(2.75);
  CHECK(weight_after(rule, {1}) == doctest::Approx(1 - 2 * first).epsilon(1e-6));
  CHECK(weight_after(rule, {1, 2}) == doctest::Approx(1 - 2 * first - 2 * second).epsilon(1e-6));
}

TEST_CASE("Adamax's steps by hand") {
  // m = 2, then 1; u = 4, then 0.75 * 4; the corrections are 1/2 and 3/4
  const Adamax rule{.learning_rate = 1, .beta_1 = 0.5, .beta_2 = 0.75, .epsilon = 1};
  CHECK(weight_after(rule, {4}) == doctest::Approx(1 - 2 * 2 / 5.0).epsilon(1e-6));
  CHECK(weight_after(rule, {4, 0}) == doctest::Approx(1 - 2 * 2 / 5.0 - 4 / 3.0 * 1 / 4).epsilon(1e-6));
}

TEST_CASE("Nadam's steps by hand") {
  // mu = 0.26, 0.2696, 0.278816; m = 0.5, then 1.25; v = 0.25, then 1.1875, corrected 1 and 19/7
  const Nadam rule{.learning_rate = 1, .beta_1 = 0.5, .beta_2 = 0.75, .epsilon = 1};
  const double first = (0.2696 * 0.5 / (1 - 0.26 * 0.2696) + 0.74 * 1 / (1 - 0.26)) / (1 + 1);
  const double second =
      (0.278816 * 1.25 / (1 - 0.26 * 0.2696 * 0.278816) + 0.7304 * 2 / (1 - 0.26 * 0.2696)) / (std::sqrt(19 / 7.0) + 1);
  CHECK(weight_after(rule, {1}) == doctest::Approx(1 - first).epsilon(1e-6));
  CHECK(weight_after(rule, {1, 2}) == doctest::Approx(1 - first - second).epsilon(1e-6));
}

namespace {

// Gradients of a weight by itself, so that a path does not hide an error: 2 sin(t), 0.1 in places, once large.
Real gradient(int t) { return static_cast<Real>(t == 50 ? 30 : t % 7 == 0 ? 0.1 : 2 * std::sin(t)); }

// The largest difference between an optimizer's path and one step after another of `next`, which moves w in double.
template <class Next>
double largest_difference(Optimizer optimizer, int steps, Next next) {
  Parameter p("w", Tensor{1});
  double w = 1, largest = 0;
  for (int t = 1; t <= steps; ++t) {
    give_gradient(p, Tensor{gradient(t)});
    optimizer.step(std::vector{&p});
    next(w, static_cast<double>(gradient(t)), t);
    largest = std::fmax(largest, std::abs(w - static_cast<double>(p.value()(0))));
  }
  return largest;
}

}  // namespace

TEST_CASE("Adadelta follows Zeiler's algorithm 1 for 300 steps") {
  double mean_g2 = 0, mean_d2 = 0;
  const auto next = [&](double& w, double g, int) {
    mean_g2 = 0.95 * mean_g2 + 0.05 * g * g;
    const double rms_d = std::sqrt(mean_d2 + 1e-7), rms_g = std::sqrt(mean_g2 + 1e-7);
    const double d = -rms_d / rms_g * g;
    mean_d2 = 0.95 * mean_d2 + 0.05 * d * d;
    w += d;
  };
  CHECK(largest_difference(Adadelta{.learning_rate = 1}, 300, next) < either(1e-5, 1e-12));
}

TEST_CASE("Nadam follows its schedule of momentum, multiplied up step by step, for 1,200 steps") {
  double m = 0, v = 0, product = 1;
  const auto next = [&](double& w, double g, int t) {
    const double mu_now = 0.999 * (1 - 0.5 * std::pow(0.96, t)), mu_next = 0.999 * (1 - 0.5 * std::pow(0.96, t + 1));
    product *= mu_now;
    m = 0.999 * m + 0.001 * g;
    v = 0.9 * v + 0.1 * g * g;
    const double m_bar = (1 - mu_now) * g / (1 - product) + mu_next * m / (1 - product * mu_next);
    w -= 0.01 * m_bar / (std::sqrt(v / (1 - std::pow(0.9, t))) + 1e-7);
  };
  const Nadam rule{.learning_rate = 0.01, .beta_1 = 0.999, .beta_2 = 0.9};
  CHECK(largest_difference(rule, 1200, next) < either(1e-4, 1e-11));
}

TEST_CASE("an optimizer can be called by its name in Keras") {
  CHECK(Optimizer("sgd").learning_rate() == 0.01);
  CHECK(Optimizer(std::string("adam")).learning_rate() == 0.001);
  CHECK(thrown_by<ValueError>([] { Optimizer("adm"); }) ==
        "optimizer: there is no \"adm\"; the names are " + listed(optimizers()));
}

namespace {

template <class Rule>
std::string refusal(Rule rule) {
  return thrown_by<ValueError>([&] { Optimizer{rule}; });
}

}  // namespace

TEST_CASE("learning rates and what every rule takes are refused out of their range") {
  const double nan = std::nan("");
  CHECK(Optimizer{SGD{.learning_rate = 0}}.learning_rate() == 0);
  CHECK(thrown_by<ValueError>([] { Optimizer{SGD{.learning_rate = -1}}; }) ==
        "learning_rate is -1; it takes a number from 0");
  CHECK(thrown_by<ValueError>([=] { Optimizer{Adam{.learning_rate = nan}}; }) ==
        "learning_rate is nan; it takes a number from 0");
  CHECK(thrown_by<ValueError>([] { Optimizer{Adam{.learning_rate = HUGE_VAL}}; }) ==
        "learning_rate is inf; it takes a number from 0");
  CHECK(refusal(SGD{.weight_decay = -0.1}) == "weight_decay is -0.1; it takes a number from 0");
  CHECK(refusal(SGD{.clipnorm = 0}) == "clipnorm is 0; it takes a number above 0");
  CHECK(refusal(SGD{.clipvalue = nan}) == "clipvalue is nan; it takes a number above 0");
  CHECK(refusal(SGD{.global_clipnorm = -1}) == "global_clipnorm is -1; it takes a number above 0");
  CHECK(refusal(SGD{.clipnorm = 1, .global_clipnorm = 2.5}) ==
        "clipnorm is 1, clipvalue none, global_clipnorm 2.5; only one of them can be set");
  CHECK(refusal(SGD{.gradient_accumulation_steps = 0}) == "gradient_accumulation_steps is 0; it takes at least 1");
}

TEST_CASE("every rule refuses its hyper-parameters out of range, with the range") {
  const std::string decay = "; it takes 0 up to but not including 1", positive = "; it takes a number above 0";
  CHECK(refusal(SGD{.momentum = 1}) == "SGD: momentum is 1" + decay);
  CHECK(refusal(SGD{.momentum = std::nan("")}) == "SGD: momentum is nan" + decay);
  CHECK(refusal(RMSprop{.rho = 2}) == "RMSprop: rho is 2" + decay);
  CHECK(refusal(RMSprop{.momentum = -0.5}) == "RMSprop: momentum is -0.5" + decay);
  CHECK(refusal(RMSprop{.epsilon = 0}) == "RMSprop: epsilon is 0" + positive);
  CHECK(refusal(Adam{.beta_1 = 1}) == "Adam: beta_1 is 1" + decay);
  CHECK(refusal(Adam{.beta_2 = -1}) == "Adam: beta_2 is -1" + decay);
  CHECK(refusal(Adam{.epsilon = -1}) == "Adam: epsilon is -1" + positive);
  CHECK(refusal(AdamW{.weight_decay = {}}) == "AdamW: weight_decay is none; it takes a number from 0");
  CHECK(refusal(AdamW{.beta_1 = 1}) == "AdamW: beta_1 is 1" + decay);
  CHECK(refusal(AdamW{.beta_2 = 1}) == "AdamW: beta_2 is 1" + decay);
  CHECK(refusal(AdamW{.epsilon = 0}) == "AdamW: epsilon is 0" + positive);
  CHECK(refusal(Adagrad{.initial_accumulator_value = -1}) ==
        "Adagrad: initial_accumulator_value is -1; it takes a number from 0");
  CHECK(refusal(Adagrad{.epsilon = 0}) == "Adagrad: epsilon is 0" + positive);
  CHECK(refusal(Adadelta{.rho = 1}) == "Adadelta: rho is 1" + decay);
  CHECK(refusal(Adadelta{.epsilon = 0}) == "Adadelta: epsilon is 0" + positive);
  CHECK(refusal(Adamax{.beta_1 = 1}) == "Adamax: beta_1 is 1" + decay);
  CHECK(refusal(Adamax{.beta_2 = 1.5}) == "Adamax: beta_2 is 1.5" + decay);
  CHECK(refusal(Adamax{.epsilon = 0}) == "Adamax: epsilon is 0" + positive);
  CHECK(refusal(Nadam{.beta_1 = 1}) == "Nadam: beta_1 is 1" + decay);
  CHECK(refusal(Nadam{.beta_2 = 1}) == "Nadam: beta_2 is 1" + decay);
  CHECK(refusal(Nadam{.epsilon = 0}) == "Nadam: epsilon is 0" + positive);
}
