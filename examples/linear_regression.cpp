// Gradient descent fits a line to 100 points around y = 4 + 3 x. The loss is L = mean((w x + b - y)^2), and the tape
// finds dL/dw = 2/n sum((w x + b - y) x) and dL/db = 2/n sum(w x + b - y) by itself.

#include <cstdio>
#include <xgrad/xgrad.hpp>

using namespace xgrad;

int main() {
  Rng rng(0);  // these are the numbers that NumPy draws after np.random.seed(0)
  const Tensor x = random_uniform(rng, {100, 1}, 0, 2);
  const Tensor noise = random_normal(rng, {100, 1}, 0, 1);
  const Tensor y = 4 + 3 * x + noise;
  Tensor w = random_normal(rng, {1}, 0, 1), b = random_normal(rng, {1}, 0, 1);

  Tape tape;
  for (int step = 0; step <= 1000; ++step) {
    tape.rewind();
    const Var vw = tape.variable(w), vb = tape.variable(b);
    const Var loss = mean_squared_error(y, vw * x + vb);
    const std::vector<Var> gradients = gradient(loss, {vw, vb});
    if (step % 200 == 0) std::printf("step %4d: loss %.6f, y = %.6f + %.6f x\n", step, loss.item(), b(0), w(0));
    w -= Real(0.01) * gradients[0].value();  // against the gradient: downhill
    b -= Real(0.01) * gradients[1].value();
  }
  std::printf("least squares:                y = 4.222151 + 2.968468 x\n");
}
