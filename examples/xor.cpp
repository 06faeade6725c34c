// XOR, which no line separates, learnt by 2 inputs, 4 hidden units and 1 output, at the level of Var and Tape.

#include <cstdio>
#include <xgrad/xgrad.hpp>

using namespace xgrad;

int main() {
  const Tensor x{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, y = column({0, 1, 1, 0});

  Rng rng(1);
  Parameter w1("w1", random_normal(rng, {2, 4}, 0, 1)), b1("b1", zeros({4}));
  Parameter w2("w2", random_normal(rng, {4, 1}, 0, 1)), b2("b2", zeros({1}));
  const std::vector<Parameter*> parameters{&w1, &b1, &w2, &b2};
  Optimizer optimizer = Adam{.learning_rate = 0.05};

  Tape tape;
  for (int step = 0; step <= 500; ++step) {
    tape.rewind();
    const Var vx = tape.constant(x);
    const Var vw1 = tape.watch(w1), vb1 = tape.watch(b1), vw2 = tape.watch(w2), vb2 = tape.watch(b2);
    const Var hidden = tanh(linear(vx, vw1, vb1));
    const Var output = sigmoid(linear(hidden, vw2, vb2));
    const Var loss = mean_squared_error(y, output);
    tape.backward(loss);
    optimizer.step(parameters);
    if (step % 100 == 0) {
      const Tensor& p = output.value();
      std::printf("step %3d: loss %.5f, outputs %.3f %.3f %.3f %.3f\n", step, loss.item(), p(0, 0), p(1, 0), p(2, 0),
                  p(3, 0));
    }
  }
}
