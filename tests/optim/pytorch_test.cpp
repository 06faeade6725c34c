// PyTorch's own baseline: a network of 2, 3 and 1 sigmoid units, 1,001 steps of 16 optimisers, in double. There a
// weight_decay is part of the gradient; here it is the penalty in the loss of which that is the gradient.

#include <xgrad/autograd/ops/operators.hpp>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/optim/adagrad.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/lbfgs.hpp>
#include <xgrad/optim/schedules.hpp>
#include <xgrad/optim/sgd.hpp>

#include <fstream>
#include <nlohmann/json.hpp>

#include "../../examples/pytorch_rules.hpp"
#include "gradients.hpp"

using namespace xgrad;

namespace {

const nlohmann::json& reference() {
  static const nlohmann::json data = nlohmann::json::parse(std::ifstream(XGRAD_TEST_DATA "/pytorch_optim_paths.json"));
  return data;
}

class Network {
 public:
  explicit Network(double penalty = 0) : penalty_(static_cast<Real>(penalty)) {}

  std::vector<Parameter*> parameters() { return {&w1_, &b1_, &w2_, &b2_}; }

  void start_at(const nlohmann::json& rows) {
    for (std::size_t k = 0; k < 4; ++k)
      for (std::size_t i = 0; i < rows[k].size(); ++i) parameters()[k]->edit().data()[i] = rows[k][i].get<Real>();
  }

  // The largest distance of a weight from the reference.
  double distance(const nlohmann::json& rows) {
    double largest = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      REQUIRE(rows[k].size() == parameters()[k]->value().size());
      for (std::size_t i = 0; i < rows[k].size(); ++i)
        largest = std::fmax(largest, std::abs(rows[k][i].get<double>() - parameters()[k]->value().data()[i]));
    }
    return largest;
  }

  // Leaves the gradients in the parameters.
  double loss() {
    tape_.rewind();
    const Var w1 = tape_.watch(w1_), b1 = tape_.watch(b1_), w2 = tape_.watch(w2_), b2 = tape_.watch(b2_);
    const Var hidden = sigmoid(matmul_nt(tape_.borrow(x_), w1) + b1);
    const Var outputs = sum(sigmoid(matmul_nt(hidden, w2) + b2));
    const Var squares = sum(square(w1)) + sum(square(b1)) + sum(square(w2)) + sum(square(b2));
    const Var all = outputs + penalty_ / 2 * squares;
    tape_.backward(all);
    return all.item();
  }

 private:
  Real penalty_;
  Tensor x_{{Real(0.1), Real(0.2)}, {Real(0.3), Real(0.4)}, {Real(0.5), Real(0.6)}};
  Parameter w1_{"w1", zeros({3, 2})}, b1_{"b1", zeros({3})}, w2_{"w2", zeros({1, 3})}, b2_{"b2", zeros({1})};
  Tape tape_;
};

// The largest distance from PyTorch's weights after steps 1, 101, ..., 1001.
template <class Step>
double distance_on_path(const char* key, Network& network, Step step) {
  const auto& run = reference()["runs"].at(key)["seeded"];
  REQUIRE(run["samples"].size() == 11);
  network.start_at(run["init"]);
  double largest = 0;
  for (std::size_t t = 0; t <= 1000; ++t) {
    step();
    if (t % 100 == 0) largest = std::fmax(largest, network.distance(run["samples"][t / 100]));
  }
  return largest;
}

double distance(const char* key, Optimizer optimizer, double penalty = 0) {
  Network network(penalty);
  return distance_on_path(key, network, [&] {
    network.loss();
    optimizer.step(network.parameters());
  });
}

double distance(const char* key, const LBFGSOptions& options) {
  Network network;
  LBFGS lbfgs(options);
  return distance_on_path(key, network, [&] { lbfgs.step(network.parameters(), [&] { return network.loss(); }); });
}

}  // namespace

TEST_CASE("gradient descent follows PyTorch's path" * doctest::skip(sizeof(Real) < sizeof(double))) {
  CHECK(distance("SGD", SGD{.learning_rate = 0.1}) < 1e-9);
  CHECK(distance("SGD_with_weight_decay", SGD{.learning_rate = 0.1}, 1e-2) < 1e-9);
  CHECK(distance("SGD_with_weight_decay_and_momentum", SGD{.learning_rate = 0.1, .momentum = 0.9}, 1e-2) < 1e-9);
  CHECK(distance("SGD_with_weight_decay_and_nesterov_momentum",
                 SGD{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}, 1e-6) < 1e-9);
}

TEST_CASE("PyTorch's Adam as a rule of one's own follows its path" * doctest::skip(sizeof(Real) < sizeof(double))) {
  CHECK(distance("Adam", pytorch::Adam{.learning_rate = 1}) < 1e-9);
  CHECK(distance("Adam_with_weight_decay", pytorch::Adam{.learning_rate = 1}, 1e-2) < 1e-9);
  CHECK(distance("Adam_with_weight_decay_and_amsgrad", pytorch::Adam{.learning_rate = 1, .amsgrad = true}, 1e-6) <
        1e-9);
}

TEST_CASE("PyTorch's RMSprop as a rule of one's own follows its path" * doctest::skip(sizeof(Real) < sizeof(double))) {
  CHECK(distance("RMSprop", pytorch::RMSprop{.learning_rate = 0.1}) < 1e-9);
  CHECK(distance("RMSprop_with_weight_decay", pytorch::RMSprop{.learning_rate = 0.1}, 1e-2) < 1e-9);
  CHECK(distance("RMSprop_with_weight_decay_and_centered", pytorch::RMSprop{.learning_rate = 0.1, .centered = true},
                 1e-6) < 1e-9);
  CHECK(distance("RMSprop_with_weight_decay_and_centered_and_momentum",
                 pytorch::RMSprop{.learning_rate = 0.1, .momentum = 0.9, .centered = true}, 1e-6) < 1e-9);
}

TEST_CASE("PyTorch's Adagrad as a rule of one's own follows its path" * doctest::skip(sizeof(Real) < sizeof(double))) {
  const InverseTimeDecay slowing{.initial_learning_rate = 1, .decay_steps = 1, .decay_rate = 1e-3};
  CHECK(distance("Adagrad", pytorch::Adagrad{.learning_rate = 1}) < 1e-9);
  CHECK(distance("Adagrad_with_weight_decay", pytorch::Adagrad{.learning_rate = 1}, 1e-2) < 1e-9);
  CHECK(distance("Adagrad_with_weight_decay_and_lr_decay", pytorch::Adagrad{.learning_rate = slowing}, 1e-6) < 1e-9);
}

// It has epsilon 1e-10 beside the root, which no epsilon under it equals: the first step alone is 4e-8 shorter.
TEST_CASE("Adagrad from 0 follows PyTorch's path as far as its epsilon counts for nothing" *
          doctest::skip(sizeof(Real) < sizeof(double))) {
  const InverseTimeDecay slowing{.initial_learning_rate = 1, .decay_steps = 1, .decay_rate = 1e-3};
  const Adagrad rule{.learning_rate = 1, .initial_accumulator_value = 0, .epsilon = 1e-20};
  CHECK(distance("Adagrad", rule) < 1e-7);
  CHECK(distance("Adagrad_with_weight_decay", rule, 1e-2) < 1e-7);
  const Adagrad slower{.learning_rate = slowing, .initial_accumulator_value = 0, .epsilon = 1e-20};
  CHECK(distance("Adagrad_with_weight_decay_and_lr_decay", slower, 1e-6) < 1e-7);
}

TEST_CASE("L-BFGS follows PyTorch's path, with a line search and without" *
          doctest::skip(sizeof(Real) < sizeof(double))) {
  CHECK(distance("LBFGS", LBFGSOptions{.strong_wolfe = false}) < 1e-9);
  CHECK(distance("LBFGS_with_line_search", LBFGSOptions{}) < 1e-9);
}

// What PyTorch printed before version 1.3 is Adam in the form that Keras has to this day.
TEST_CASE("Adam follows the path that PyTorch published, with its epsilon" *
          doctest::skip(sizeof(Real) < sizeof(double))) {
  const auto check_published = [](const char* key, const Adam& rule, double penalty) {
    CAPTURE(key);
    const auto& rows = reference()["published_rows"].at(key);
    Network network(penalty);
    network.start_at(reference()["runs"].at(key)["seeded"]["init"]);
    Optimizer optimizer = rule;
    for (int t = 1; t <= 1001; ++t) {
      network.loss();
      optimizer.step(network.parameters());
      if (t == 1 && rows.contains("after_step_1")) CHECK(network.distance(rows["after_step_1"]) < 1e-9);
    }
    CHECK(network.distance(rows["after_step_1001"]) < 1e-9);
  };
  check_published("Adam", {.learning_rate = 1, .epsilon = 1e-8}, 0);
  check_published("Adam_with_weight_decay", {.learning_rate = 1, .epsilon = 1e-8}, 1e-2);
  check_published("Adam_with_weight_decay_and_amsgrad", {.learning_rate = 1, .epsilon = 1e-8, .amsgrad = true}, 1e-6);
}
