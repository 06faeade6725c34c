// A GAN (Goodfellow et al. 2014) takes two steps in turn: the critic learns to tell points of a circle from what the
// generator makes, and the generator to be taken for one. There is a Trainer for each, which learns the parameters of
// its own module only, whatever else the loss goes through. The loop is a struct with fields, too, and is saved in one
// call.

#include "common.hpp"

using namespace xgrad;

struct Gan {
  Sequential generator{Dense(16, tanh), Dense(2)}, critic{Dense(16, tanh), Dense(1, sigmoid)};
  Optimizers of_generator = Adam{.learning_rate = 0.005}, of_critic = Adam{.learning_rate = 0.01};
  Rng rng{1};
  std::size_t steps = 0;

  void fields(Fields& f) {
    f("generator", generator)("critic", critic)("of_generator", of_generator)("of_critic", of_critic);
    f("rng", rng)("steps", steps);
  }

  /// Learns until so many steps are done; gives the last one's two losses.
  std::pair<double, double> run(std::size_t until, const Tensor& circle) {
    const Tensor real = ones({32, 1}), made = zeros({32, 1});
    Trainer critics(critic, &of_critic), generators(generator, &of_generator);
    std::pair<double, double> losses;
    for (; steps < until; ++steps) {
      const Tensor noise = random_normal(rng, {32, 2}, 0, 1);
      losses.first = critics.step(rng, [&](Tape& tape, const Context& context) {
        const Var fake = generator(tape.borrow(noise), context);
        const Var for_real = binary_crossentropy(real, critic(tape.borrow(circle), context));
        return for_real + binary_crossentropy(made, critic(fake, context));
      });
      losses.second = generators.step(rng, [&](Tape& tape, const Context& context) {
        const Var fake = generator(tape.borrow(noise), context);
        return binary_crossentropy(real, critic(fake, context));
      });
    }
    return losses;
  }
};

int main(int argc, char** argv) {
  const Command command(argc, argv);
  Tensor circle = zeros({32, 2});
  for (std::size_t i = 0; i < 32; ++i) {
    circle(i, 0) = Real(std::cos(0.2 * double(i)));
    circle(i, 1) = Real(std::sin(0.2 * double(i)));
  }

  Gan gan;
  if (command.resumes()) {
    load(command.file, gan);
  } else {
    const auto [critics, generators] = gan.run(60, circle);
    std::printf("after %zu steps: the critic's loss %.3g, the generator's %.3g\n", gan.steps, critics, generators);
  }
  if (command.saves()) return save(command.file, gan), 0;
  const auto [critics, generators] = gan.run(120, circle);
  std::printf("after %zu steps: the critic's loss %.3g\n", gan.steps, critics);
  print_end(generators, gan);
}
