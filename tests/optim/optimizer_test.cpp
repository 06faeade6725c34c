#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/rmsprop.hpp>
#include <xgrad/optim/sgd.hpp>

#include <fstream>
#include <nlohmann/json.hpp>

#include "support.hpp"

using namespace xgrad;

namespace {

const nlohmann::json& keras() {
  static const nlohmann::json data = nlohmann::json::parse(std::ifstream(XGRAD_TEST_DATA "/keras/optimizers.json"));
  return data;
}

Tensor row(const nlohmann::json& numbers) {
  Tensor x(Shape{numbers.size()});
  for (std::size_t i = 0; i < numbers.size(); ++i) x(i) = numbers[i].get<Real>();
  return x;
}

void give_gradient(Parameter& p, const Tensor& numbers) {
  p.gradient = zeros(p.value().shape());
  std::copy(numbers.begin(), numbers.end(), p.gradient.begin());
  p.fresh = true;
}

// Two parameters of different shapes take Keras's steps side by side.
void check_trajectory(Optimizer optimizer, const char* key, double tolerance) {
  const Tensor start = row(keras()["w0"]);
  Parameter vector("vector", start), matrix("matrix", zeros({2, 3}));
  std::copy(start.begin(), start.end(), matrix.edit().begin());
  const std::vector<Parameter*> parameters{&matrix, &vector};
  const auto& expected = keras()["keras"].at(key);
  REQUIRE(expected.size() == 5);
  for (std::size_t step = 0; step < 5; ++step) {
    CAPTURE(key);
    CAPTURE(step);
    const Tensor gradient = row(keras()["grads"][step]);
    give_gradient(vector, gradient);
    give_gradient(matrix, gradient);
    optimizer.step(parameters);
    check_close(vector.value(), row(expected[step]), tolerance);
    for (std::size_t i = 0; i < 4; ++i) CHECK(matrix.value().data()[i] == vector.value()(i));
    CHECK(matrix.value()(1, 2) == 0);
  }
  CHECK(optimizer.steps() == 5);
}

}  // namespace

TEST_CASE("gradient descent takes Keras's steps") { check_trajectory(SGD{}, "SGD", 2e-6); }

TEST_CASE("momentum takes Keras's steps") {
  check_trajectory(SGD{.learning_rate = Real(0.1), .momentum = Real(0.9)}, "SGD(lr=.1,momentum=.9)", 2e-6);
}

TEST_CASE("Nesterov's momentum takes Keras's steps") {
  check_trajectory(SGD{.learning_rate = Real(0.1), .momentum = Real(0.9), .nesterov = true},
                   "SGD(lr=.1,momentum=.9,nesterov)", 2e-6);
}

TEST_CASE("RMSprop takes Keras's steps") { check_trajectory(RMSprop{}, "RMSprop", 2e-6); }

TEST_CASE("Adam takes Keras's steps") {
  check_trajectory(Adam{}, "Adam", 2e-6);
  check_trajectory(Adam{.learning_rate = Real(0.1)}, "Adam(lr=.1)", 5e-6);
}

TEST_CASE("Adam's second step by hand, with betas that tell each other apart") {
  // m = 0.5, then 1.25; v = 0.25, then 1.1875; the corrections after two steps are 3/4 and 7/16
  Parameter w("w", Tensor{1});
  Optimizer adam = Adam{.learning_rate = 1, .beta_1 = 0.5, .beta_2 = 0.75, .epsilon = 0};
  for (const Real g : {Real{1}, Real{2}}) {
    give_gradient(w, Tensor{g});
    adam.step(std::vector{&w});
  }
  const double first = std::sqrt(0.25) / 0.5 * 0.5 / std::sqrt(0.25);
  const double second = std::sqrt(7 / 16.0) / 0.75 * 1.25 / std::sqrt(1.1875);
  CHECK(w.value()(0) == doctest::Approx(1 - first - second).epsilon(1e-6));
}

TEST_CASE("stepping without a gradient names the parameter, and changes none") {
  Parameter a("dense/kernel", Tensor{1}), b("dense/bias", Tensor{2});
  Optimizer sgd = SGD{};
  give_gradient(a, Tensor{1});
  CHECK(thrown_by<ValueError>([&] {
          sgd.step(std::vector{&a, &b});
        }) == "step: parameter dense/bias has no gradient since the last step; run backward() first");
  CHECK(a.value()(0) == 1);
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
        "step: parameter b has shape (2,) where it was (1,); it takes the same parameters at every step");
  give_gradient(a, Tensor{1});
  CHECK(thrown_by<ValueError>([&] {
          adam.step(std::vector{&a, &b});
        }) == "step: 2 parameters after 1; it takes the same parameters at every step");
}

TEST_CASE("hyper-parameters out of range are refused, with the range") {
  CHECK(thrown_by<ValueError>([] { Optimizer(SGD{.learning_rate = 0}); }) ==
        "optimizer: learning_rate is 0; it takes a number above 0");
  CHECK(thrown_by<ValueError>([] { Optimizer(Adam{.learning_rate = Real(std::nan(""))}); }) ==
        "optimizer: learning_rate is nan; it takes a number above 0");
  CHECK(thrown_by<ValueError>([] { Optimizer(SGD{.momentum = 1}); }) ==
        "SGD: momentum is 1; it takes 0 up to but not including 1");
  CHECK(thrown_by<ValueError>([] { Optimizer(Adam{.beta_1 = 1}); }) ==
        "Adam: beta_1 is 1; it takes 0 up to but not including 1");
  CHECK(thrown_by<ValueError>([] { Optimizer(Adam{.beta_2 = -1}); }) ==
        "Adam: beta_2 is -1; it takes 0 up to but not including 1");
  CHECK(thrown_by<ValueError>([] { Optimizer(RMSprop{.rho = 2}); }) ==
        "RMSprop: rho is 2; it takes 0 up to but not including 1");
  CHECK(thrown_by<ValueError>([] { Optimizer(RMSprop{.epsilon = -1}); }) ==
        "RMSprop: epsilon is -1; it takes a number from 0");
}

namespace {

// Sign descent (Riedmiller & Braun 1993 without its step sizes): a rule of the user's own.
struct SignDescent {
  Real learning_rate = Real(0.5);
  auto at(std::int64_t) const {
    return [*this](Real& w, Real g) { w -= learning_rate * static_cast<Real>((g > 0) - (g < 0)); };
  }
};

}  // namespace

TEST_CASE("a rule of one's own is a struct and a formula") {
  Parameter w("w", Tensor{1, 1, 1});
  Optimizer optimizer = SignDescent{};
  give_gradient(w, Tensor{-3, 0, 8});
  optimizer.step(std::vector{&w});
  check_close(w.value(), {1.5, 1, 0.5}, 0);
}
