#include <xgrad/optim/adagrad.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/adamax.hpp>
#include <xgrad/optim/adamw.hpp>
#include <xgrad/optim/rmsprop.hpp>
#include <xgrad/optim/schedules.hpp>
#include <xgrad/optim/sgd.hpp>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "../../examples/pytorch_rules.hpp"
#include "gradients.hpp"

using namespace xgrad;

namespace {

const nlohmann::json& reference() {
  static const nlohmann::json data = nlohmann::json::parse(std::ifstream(XGRAD_TEST_DATA "/keras/optimizers.json"));
  return data;
}

Tensor row(const nlohmann::json& numbers) {
  Tensor x(Shape{numbers.size()});
  for (std::size_t i = 0; i < numbers.size(); ++i) x(i) = numbers[i].get<Real>();
  return x;
}

// Two parameters of different shapes take the steps side by side; where their norms count together, one gets zeros.
void check_trajectory(Optimizer optimizer, const nlohmann::json& expected, double tolerance, bool alone) {
  const Tensor start = row(reference()["w0"]);
  Parameter vector("vector", start), matrix("matrix", zeros({2, 3}));
  std::copy(start.begin(), start.end(), matrix.edit().begin());
  const std::vector<Parameter*> parameters{&matrix, &vector};
  REQUIRE(expected.size() == 5);
  for (std::size_t step = 0; step < 5; ++step) {
    CAPTURE(step);
    const Tensor gradient = row(reference()["grads"][step]);
    give_gradient(vector, gradient);
    give_gradient(matrix, alone ? zeros({4}) : gradient);
    optimizer.step(parameters);
    check_close(vector.value(), row(expected[step]), tolerance);
    for (std::size_t i = 0; i < 4; ++i) CHECK(matrix.value().data()[i] == (alone ? start(i) : vector.value()(i)));
    CHECK(matrix.value()(1, 2) == 0);
  }
  CHECK(optimizer.iterations() == 5);
}

void check_all(const char* library, const std::map<std::string, Optimizer>& optimizers) {
  const auto& all = reference()[library];
  CHECK(all.size() == optimizers.size());
  for (const auto& item : all.items()) {
    const std::string& key = item.key();
    const auto& expected = item.value();
    CAPTURE(key);
    REQUIRE(optimizers.contains(key));
    const double tolerance = key.starts_with("Adam(lr=.1") ? 5e-6 : 2e-6;
    check_trajectory(optimizers.at(key), expected, tolerance, key.find("global") != std::string::npos);
  }
}

}  // namespace

TEST_CASE("every optimiser takes Keras's steps") {
  check_all("keras",
            {{"SGD", SGD{}},
             {"SGD(lr=.1,momentum=.9)", SGD{.learning_rate = 0.1, .momentum = 0.9}},
             {"SGD(lr=.1,momentum=.9,nesterov)", SGD{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}},
             {"SGD(lr=.1,clipvalue=.25)", SGD{.learning_rate = 0.1, .clipvalue = 0.25}},
             {"SGD(lr=.1,global_clipnorm=.5)", SGD{.learning_rate = 0.1, .global_clipnorm = 0.5}},
             {"SGD(lr=.1,gradient_accumulation_steps=2)", SGD{.learning_rate = 0.1, .gradient_accumulation_steps = 2}},
             {"RMSprop", RMSprop{}},
             {"RMSprop(lr=.01,centered)", RMSprop{.learning_rate = 0.01, .centered = true}},
             {"Adam", Adam{}},
             {"Adam(lr=.1)", Adam{.learning_rate = 0.1}},
             {"Adam(lr=.1,amsgrad)", Adam{.learning_rate = 0.1, .amsgrad = true}},
             {"Adam(lr=.1,weight_decay=.01)", Adam{.learning_rate = 0.1, .weight_decay = 0.01}},
             {"AdamW(lr=.1,weight_decay=.01)", AdamW{.learning_rate = 0.1, .weight_decay = 0.01}},
             {"Adagrad(lr=.1)", Adagrad{.learning_rate = 0.1}},
             {"Adamax(lr=.1)", Adamax{.learning_rate = 0.1}}});
}

TEST_CASE("rules of one's own take PyTorch's steps") {
  const std::map<std::string, Optimizer> optimizers{
      {"SGD(lr=.1,momentum=.9)", SGD{.learning_rate = 0.1, .momentum = 0.9}},
      {"SGD(lr=.1,momentum=.9,nesterov)", SGD{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}},
      {"RMSprop(lr=.01,alpha=.9,eps=1e-7)", pytorch::RMSprop{.learning_rate = 0.01, .alpha = 0.9, .epsilon = 1e-7}},
      {"Adam(lr=.1)", pytorch::Adam{.learning_rate = 0.1}},
      {"Adam(lr=.1,amsgrad)", pytorch::Adam{.learning_rate = 0.1, .amsgrad = true}},
      {"AdamW(lr=.1,weight_decay=.01)", pytorch::Adam{.learning_rate = 0.1, .weight_decay = 0.01}}};
  for (const auto& rule : optimizers) {
    CAPTURE(rule.first);
    check_trajectory(rule.second, reference()["torch"].at(rule.first), 2e-6, false);
  }
}

TEST_CASE("schedules give Keras's learning rates") {
  const std::map<std::string, LearningRate> schedules{
      {"ExponentialDecay(.1,10,.5)",
       ExponentialDecay{.initial_learning_rate = 0.1, .decay_steps = 10, .decay_rate = 0.5}},
      {"CosineDecay(.1,10)", CosineDecay{.initial_learning_rate = 0.1, .decay_steps = 10}},
      {"CosineDecay(0.,10,warmup_target=.1,warmup_steps=5)",
       CosineDecay{.initial_learning_rate = 0, .decay_steps = 10, .warmup_target = 0.1, .warmup_steps = 5}},
      {"InverseTimeDecay(.1,10,.5)",
       InverseTimeDecay{.initial_learning_rate = 0.1, .decay_steps = 10, .decay_rate = 0.5}},
      {"PiecewiseConstantDecay([1,5],[.1,.01,.001])",
       PiecewiseConstantDecay{.boundaries = {1, 5}, .values = {0.1, 0.01, 0.001}}}};
  CHECK(reference()["schedules"].size() == schedules.size());
  for (const auto& item : reference()["schedules"].items()) {
    const std::string& key = item.key();
    const auto& expected = item.value();
    CAPTURE(key);
    REQUIRE(schedules.contains(key));
    const std::vector<std::int64_t> steps = key.starts_with("Piecewise") ? std::vector<std::int64_t>{0, 1, 2, 5, 6}
                                                                         : std::vector<std::int64_t>{0, 1, 5, 10, 25};
    for (std::size_t i = 0; i < steps.size(); ++i)
      CHECK(std::abs(schedules.at(key).at(steps[i]) - expected[i].get<double>()) < 1e-8);
  }
}
