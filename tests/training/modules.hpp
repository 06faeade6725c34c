#pragma once

// Modules of one's own that are no chain of layers, for the tests of training.

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/sgd.hpp>
#include <xgrad/training/trainer.hpp>

#include "support.hpp"

namespace xgrad {

inline const Tensor x = {{1, 0, 2}, {0, 3, 1}, {1, 1, 1}, {2, 0, 0}}, y = column({1, 0, 2, 1});

inline std::vector<Tensor> weights_of(ModuleRef module) {
  std::vector<Tensor> all;
  each_parameter(module, [&](const std::string&, Parameter& p) { all.push_back(p.value()); });
  return all;
}

/// Two layers, and a way around them.
struct Residual {
  static constexpr const char* kind = "residual";
  Dense a{3, relu}, b{3};

  void fields(Fields& f) { f("a", a)("b", b); }
  Var operator()(Var v, const Context& context) {
    const Var inside = a(v, context);
    return v + b(inside, context);
  }
};

/// Two inputs through one tower, and two outputs.
struct Twins {
  static constexpr const char* kind = "twins";
  Sequential tower{Dense(4, tanh), Dense(2)};
  Dense same{1, sigmoid};

  void fields(Fields& f) { f("tower", tower)("same", same); }
  std::pair<Var, Var> operator()(Var p, Var q, const Context& context) {
    const Var left = tower(p, context), right = tower(q, context), distance = square(left - right);
    return {same(distance, context), distance};
  }
};

/// A loop of one's own: two models, an optimizer for each, a generator of random numbers, a counter.
struct Gan {
  Sequential generator{Dense(4, relu), Dense(3)}, critic{Dense(4, relu), Dense(1, sigmoid)};
  Optimizers of_generator = Adam{}, of_critic = SGD{.momentum = 0.9};
  Rng rng = Rng(7);
  std::size_t steps = 0;

  void fields(Fields& f) {
    f("generator", generator)("critic", critic)("of_generator", of_generator)("of_critic", of_critic);
    f("rng", rng)("steps", steps);
  }
  Var critics_loss(Tape& tape, const Tensor& noise, const Context& context) {
    const Var real = binary_crossentropy(ones({4, 1}), critic(tape.borrow(x), context));
    const Var fake = generator(tape.borrow(noise), context);
    return real + binary_crossentropy(zeros({4, 1}), critic(fake, context));
  }
  Var generators_loss(Tape& tape, const Tensor& noise, const Context& context) {
    return binary_crossentropy(ones({4, 1}), critic(generator(tape.borrow(noise), context), context));
  }
  void run(int n) {
    Trainer critics(critic, &of_critic), generators(generator, &of_generator);
    for (int k = 0; k < n; ++k, ++steps) {
      const Tensor noise = random_normal(rng, {4, 2}, 0, 1);
      critics.step(rng, [&](Tape& tape, const Context& context) { return critics_loss(tape, noise, context); });
      generators.step(rng, [&](Tape& tape, const Context& context) { return generators_loss(tape, noise, context); });
    }
  }
};

}  // namespace xgrad
