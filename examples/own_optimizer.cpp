// An optimizer of one's own: a struct of options, and what happens to one weight. The loop over the parameters, the
// state, weight decay and clipping come with it. It learns XOR beside Keras's Adam, and PyTorch's in pytorch_rules.hpp.

#include <cstdio>
#include <xgrad/xgrad.hpp>

#include "pytorch_rules.hpp"

using namespace xgrad;

/// Lion (Chen et al. 2023): steps of equal size in the direction of a momentum's sign, with less memory than Adam.
struct Lion {
  LearningRate learning_rate = 1e-4;
  double beta_1 = 0.9, beta_2 = 0.99;
  std::optional<double> weight_decay = {}, clipnorm = {};  // fields that the Optimizer finds by their names

  auto at(std::int64_t, double rate) const {
    const Real eta = Real(rate), b1 = Real(beta_1), b2 = Real(beta_2);
    return [=](Real& w, Real g, Real& m) {
      const Real c = b1 * m + (1 - b1) * g;
      w -= eta * Real((c > 0) - (c < 0));
      m = b2 * m + (1 - b2) * g;
    };
  }
};

double loss_on_xor_after(int steps, Optimizer optimizer) {
  Rng rng(1);
  Parameter w1("w1", random_normal(rng, {2, 4}, 0, 1)), b1("b1", zeros({4}));
  Parameter w2("w2", random_normal(rng, {4, 1}, 0, 1)), b2("b2", zeros({1}));
  const Tensor x{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, y = column({0, 1, 1, 0});
  Tape tape;
  double loss = 0;
  for (int step = 0; step < steps; ++step) {
    tape.rewind();
    const Var vx = tape.borrow(x);
    const Var vw1 = tape.watch(w1), vb1 = tape.watch(b1), vw2 = tape.watch(w2), vb2 = tape.watch(b2);
    const Var hidden = tanh(linear(vx, vw1, vb1));
    const Var error = mean_squared_error(y, sigmoid(linear(hidden, vw2, vb2)));
    tape.backward(error);
    optimizer.step(std::vector{&w1, &b1, &w2, &b2});
    loss = error.item();
  }
  return loss;
}

int main() {
  const CosineDecay slowing{.initial_learning_rate = 0.05, .decay_steps = 300};
  std::printf("loss on XOR after 300 steps\n");
  std::printf("Keras's Adam    %.5f\n", loss_on_xor_after(300, Adam{.learning_rate = 0.05}));
  std::printf("PyTorch's Adam  %.5f\n", loss_on_xor_after(300, pytorch::Adam{.learning_rate = 0.05}));
  std::printf("Lion            %.5f\n", loss_on_xor_after(300, Lion{.learning_rate = slowing, .clipnorm = 1}));
}
