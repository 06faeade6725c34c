#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/schedules.hpp>
#include <xgrad/optim/sgd.hpp>

#include "gradients.hpp"

using namespace xgrad;

TEST_CASE("stepping without a gradient names the parameter, and changes none") {
  Parameter a("dense/kernel", Tensor{1}), b("dense/bias", Tensor{2});
  Optimizer sgd = SGD{};
  give_gradient(a, Tensor{1});
  CHECK(thrown_by<ValueError>([&] {
          sgd.step(std::vector{&a, &b});
        }) == "step: parameter dense/bias has no gradient since the last step; run backward() first");
  CHECK(a.value()(0) == 1);
  CHECK(sgd.iterations() == 0);
  give_gradient(b, Tensor{1});
  sgd.step(std::vector{&a, &b});
  CHECK(!a.fresh);
  CHECK_THROWS_AS(sgd.step(std::vector{&a, &b}), ValueError);
}

TEST_CASE("a gradient of another shape than its parameter is refused") {
  Parameter w("w", Tensor{1, 2, 3});
  w.gradient = Tensor{1};
  w.fresh = true;
  Optimizer sgd = SGD{};
  CHECK(thrown_by<ShapeError>([&] { sgd.step(std::vector{&w}); }) ==
        "step: parameter w of shape (3,) has a gradient of shape (1,)");
}

TEST_CASE("other parameters than before are refused") {
  Parameter a("a", Tensor{1}), b("b", Tensor{1, 2});
  Optimizer adam = Adam{};
  give_gradient(a, Tensor{1});
  adam.step(std::vector{&a});
  give_gradient(b, Tensor{1, 2});
  CHECK(thrown_by<ShapeError>([&] { adam.step(std::vector{&b}); }) ==
        "step: parameter b has shape (2,) where it was (1,); it takes the same parameters at every step, or a new "
        "optimizer");
  give_gradient(a, Tensor{1});
  CHECK(thrown_by<ValueError>([&] {
          adam.step(std::vector{&a, &b});
        }) ==
        "step: 2 parameters after 1; it takes the same parameters at every step, or a new optimizer; after freeze(), "
        "unfreeze() or another trainable, compile() the model again");
}

TEST_CASE("parameters without elements, and no parameters at all, are stepped over") {
  Parameter empty("empty", zeros({0, 3}));
  Optimizer adam = Adam{.global_clipnorm = 1};
  give_gradient(empty, zeros({0}));
  adam.step(std::vector{&empty});
  Optimizer sgd = SGD{};
  sgd.step({});
  CHECK(sgd.iterations() == 1);
}

TEST_CASE("clipvalue bounds every entry of the gradient") {
  Parameter w("w", Tensor{0, 0, 0});
  Optimizer sgd = SGD{.learning_rate = 1, .clipvalue = 0.5};
  give_gradient(w, Tensor{3, -4, 0.25});
  sgd.step(std::vector{&w});
  check_close(w.value(), {-0.5, 0.5, -0.25}, 0);
  check_close(w.gradient, {3, -4, 0.25}, 0);
}

TEST_CASE("clipnorm shortens each gradient by itself to its norm") {
  Parameter a("a", Tensor{0, 0}), b("b", Tensor{0});
  Optimizer sgd = SGD{.learning_rate = 1, .clipnorm = 2.5};
  give_gradient(a, Tensor{3, 4});  // of norm 5
  give_gradient(b, Tensor{2});
  sgd.step(std::vector{&a, &b});
  check_close(a.value(), {-1.5, -2}, 1e-7);
  check_close(b.value(), {-2}, 0);
}

TEST_CASE("global_clipnorm shortens all gradients by their common norm") {
  Parameter a("a", Tensor{0, 0}), b("b", Tensor{0});
  Optimizer sgd = SGD{.learning_rate = 1, .global_clipnorm = 6.5};
  give_gradient(a, Tensor{3, 4});
  give_gradient(b, Tensor{12});  // of norm 13 together
  sgd.step(std::vector{&a, &b});
  check_close(a.value(), {-1.5, -2}, 1e-7);
  check_close(b.value(), {-6}, 1e-7);
}

TEST_CASE("gradients whose squares overflow are clipped all the same") {
  const Real huge = std::numeric_limits<Real>::max() / 8;
  Parameter w("w", Tensor{0, 0});
  Optimizer sgd = SGD{.learning_rate = 1, .clipnorm = 5};
  give_gradient(w, Tensor{3 * (huge / 4), huge});
  sgd.step(std::vector{&w});
  check_close(w.value(), {-3, -4}, 1e-6);
}

TEST_CASE("a gradient that is not finite names the parameter, and changes none") {
  const Real nan = std::numeric_limits<Real>::quiet_NaN(), inf = std::numeric_limits<Real>::infinity();
  for (const Adam& rule : {Adam{}, Adam{.gradient_accumulation_steps = 3}, Adam{.clipnorm = 1}, Adam{.clipvalue = 1},
                           Adam{.global_clipnorm = 1}, Adam{.clipvalue = 1, .gradient_accumulation_steps = 2}}) {
    Parameter a("dense/kernel", Tensor{1, 2}), b("dense/bias", Tensor{3, 4});
    Optimizer adam = rule, untouched = rule;
    const auto step = [&](Optimizer& optimizer, const Tensor& g) {
      give_gradient(a, Tensor{1, 1});
      give_gradient(b, g);
      optimizer.step(std::vector{&a, &b});
    };
    CHECK(
        thrown_by<ValueError>([&] {
          step(adam, Tensor{0, nan});
        }) ==
        "step: the gradient of parameter dense/bias has nan at entry 1; it takes finite numbers, so nothing was moved");
    CHECK(thrown_by<ValueError>([&] {
            step(adam, Tensor{-inf, 0});
          }) ==
          "step: the gradient of parameter dense/bias has -inf at entry 0; it takes finite numbers, so nothing was "
          "moved");
    CHECK(a.value() == Tensor{1, 2});
    CHECK(b.value() == Tensor{3, 4});
    CHECK(adam.iterations() == 0);
    CHECK(adam.state().slots.empty());

    step(adam, Tensor{1, 2});
    const Optimizer before = adam;
    CHECK_THROWS_AS(step(adam, Tensor{nan, 0}), ValueError);
    CHECK(adam.state().slots == before.state().slots);
    CHECK(adam.state().accumulated == before.state().accumulated);
  }
}

TEST_CASE("weight decay shrinks the weight by its share before the step, apart from the gradient") {
  // w = 1 - 1 * 0.5 * 0.1 = 0.95, then the step of 0.1 * 2
  const SGD rule{.learning_rate = 0.1, .weight_decay = 0.5};
  CHECK(weight_after(rule, {2}) == doctest::Approx(0.75).epsilon(1e-6));
  CHECK(weight_after(rule, {0}) == doctest::Approx(0.95).epsilon(1e-6));
}

TEST_CASE("parameters that are excluded by a part of their name do not decay") {
  Parameter kernel("dense/kernel", Tensor{1}), bias("dense/bias", Tensor{1});
  Optimizer sgd = SGD{.learning_rate = 0.1, .weight_decay = 0.5};
  sgd.exclude_from_weight_decay({"gamma", "bias"});
  give_gradient(kernel, Tensor{0});
  give_gradient(bias, Tensor{0});
  sgd.step(std::vector{&kernel, &bias});
  CHECK(kernel.value()(0) == doctest::Approx(0.95));
  CHECK(bias.value()(0) == 1);
  CHECK(thrown_by<ValueError>([&] { sgd.exclude_from_weight_decay({""}); }) ==
        "exclude_from_weight_decay: an empty name; it takes parts of paths, \"bias\"");
}

TEST_CASE("accumulated gradients move the weights by their mean, clipped and decayed once, at every n-th call") {
  Parameter w("w", Tensor{1});
  Optimizer sgd = SGD{.learning_rate = 0.5, .weight_decay = 0.25, .clipvalue = 2, .gradient_accumulation_steps = 3};
  const double expected[] = {1, 1, 1 - 0.125 - 0.5 * 2, -0.125, -0.125, -0.125 * (1 - 0.125) - 0.5 * 1};
  const Real gradients[] = {1, 5, 9, 0, 3, 0};  // of mean 5, which clips to 2, and 1
  for (std::size_t i = 0; i < 6; ++i) {
    give_gradient(w, Tensor{gradients[i]});
    sgd.step(std::vector{&w});
    CHECK(w.value()(0) == doctest::Approx(expected[i]).epsilon(1e-6));
  }
  CHECK(sgd.iterations() == 6);
}

TEST_CASE("norms are clipped of the mean of accumulated gradients") {
  for (const SGD& rule : {SGD{.learning_rate = 1, .clipnorm = 2.5, .gradient_accumulation_steps = 2},
                          SGD{.learning_rate = 1, .global_clipnorm = 2.5, .gradient_accumulation_steps = 2}}) {
    Parameter w("w", Tensor{0, 0});
    Optimizer sgd = rule;
    for (const Tensor& g : {Tensor{6, 0}, Tensor{0, 8}}) {  // of mean (3, 4), whose norm is 5
      give_gradient(w, g);
      sgd.step(std::vector{&w});
    }
    check_close(w.value(), {-1.5, -2}, 1e-6);
  }
}

TEST_CASE("Adam's time counts updates, and a schedule counts calls") {
  // Equal gradients move Adam by its learning rate whatever the time is, unless the corrections are for another one.
  const auto rate = [](std::int64_t step) { return step == 3 ? 0.25 : 0.5; };
  const Adam rule{.learning_rate = rate, .gradient_accumulation_steps = 2};
  CHECK(weight_after(rule, {1, 1}) == doctest::Approx(0.5).epsilon(1e-5));
  CHECK(weight_after(rule, {1, 1, 1, 1}) == doctest::Approx(0.25).epsilon(1e-5));
}

TEST_CASE("the learning rate is that of the next step, and can be set unless it is a schedule") {
  Optimizer sgd = SGD{.learning_rate = 0.5};
  sgd.set_learning_rate(0.25);
  CHECK(sgd.learning_rate() == 0.25);
  CHECK(weight_after(sgd, {1}) == 0.75);
  CHECK(thrown_by<ValueError>([&] { sgd.set_learning_rate(-1); }) == "learning_rate is -1; it takes a number from 0");
  CHECK(sgd.learning_rate() == 0.25);

  Parameter w("w", Tensor{1});
  Optimizer slowing = SGD{.learning_rate = InverseTimeDecay{0.5, 1, 1}};
  CHECK(slowing.learning_rate() == 0.5);
  give_gradient(w, Tensor{1});
  slowing.step(std::vector{&w});
  CHECK(w.value()(0) == 0.5);
  CHECK(slowing.learning_rate() == 0.25);
  CHECK(thrown_by<ValueError>([&] { slowing.set_learning_rate(0.1); }) ==
        "set_learning_rate: the optimizer's learning rate is a schedule, which decides alone; it takes one that was "
        "made with a number");
}

TEST_CASE("a schedule that gives no learning rate is refused, before anything moves") {
  Parameter w("w", Tensor{1});
  Optimizer sgd = SGD{.learning_rate = [](std::int64_t step) { return 1.0 - static_cast<double>(2 * step); }};
  give_gradient(w, Tensor{1});
  sgd.step(std::vector{&w});
  give_gradient(w, Tensor{1});
  CHECK(thrown_by<ValueError>([&] { sgd.step(std::vector{&w}); }) ==
        "learning_rate: the schedule gives -1 at step 1; it takes a number from 0");
  CHECK(w.value()(0) == 0);
  CHECK(sgd.iterations() == 1);
}

TEST_CASE("a copy of an optimizer goes its own way") {
  Parameter a("a", Tensor{1});
  Optimizer first = SGD{.learning_rate = 0.5, .momentum = 0.5};
  give_gradient(a, Tensor{1});
  first.step(std::vector{&a});  // to 0.5, with a velocity of -0.5
  Optimizer second = first;
  Parameter b = a;
  give_gradient(a, Tensor{1});
  first.step(std::vector{&a});
  give_gradient(b, Tensor{0});
  second.step(std::vector{&b});
  CHECK(a.value()(0) == -0.25);
  CHECK(b.value()(0) == 0.25);
}

namespace {

// Sign descent (Riedmiller & Braun 1993 without its step sizes): a rule of the user's own.
struct SignDescent {
  Real learning_rate = Real(0.5);
  auto at(std::int64_t) const {
    return [*this](Real& w, Real g) { w -= learning_rate * static_cast<Real>((g > 0) - (g < 0)); };
  }
};

// The mean of all gradients so far as the direction, which a clipvalue may bound.
struct MeanDescent {
  LearningRate learning_rate = 1;
  double clipvalue = 2;
  auto at(std::int64_t t, double eta) const {
    return [eta = static_cast<Real>(eta), t = static_cast<Real>(t)](Real& w, Real g, Real& sum) {
      sum += g;
      w -= eta * sum / t;
    };
  }
};

}  // namespace

TEST_CASE("a rule of one's own is a struct and a formula") {
  Parameter w("w", Tensor{1, 1, 1});
  Optimizer optimizer = SignDescent{};
  CHECK(optimizer.name() == "custom");
  give_gradient(w, Tensor{-3, 0, 8});
  optimizer.step(std::vector{&w});
  check_close(w.value(), {1.5, 1, 0.5}, 0);
}

TEST_CASE("the learning rate of a rule of one's own can be set, and its clipping is found") {
  Optimizer sign = SignDescent{};
  sign.set_learning_rate(0.25);
  CHECK(weight_after(sign, {7}) == 0.75);
  CHECK(weight_after(MeanDescent{}, {8}) == -1);           // 1 - 2
  CHECK(weight_after(MeanDescent{}, {8, 1}) == -1 - 1.5);  // then the mean of 2 and 1
}
