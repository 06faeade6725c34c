// Groups of parameters, each with an optimizer of its own: a parameter belongs to the first group whose pattern its
// path matches. Here the biases take plain steps, the last layer's kernel small ones with weight decay, and the rest
// Adam's.

#include "common.hpp"

using namespace xgrad;

int main(int argc, char** argv) {
  const Command command(argc, argv);
  Tensor x = zeros({64, 2}), y = zeros({64, 1});  // a saddle
  for (std::size_t i = 0; i < 64; ++i) {
    x(i, 0) = Real(i % 8) / 4 - 1;
    x(i, 1) = Real(i / 8) / 4 - 1;
    y(i, 0) = x(i, 0) * x(i, 1);
  }

  Sequential model{Dense(16, tanh), Dense(1)};
  if (command.resumes()) {
    model = Sequential::load(command.file);
  } else {
    model.seed(1);
    model.compile({{"**/bias", SGD{.learning_rate = 0.1}},
                   {"dense_1/*", AdamW{.learning_rate = 0.01, .weight_decay = 0.01}},
                   {"**", Adam{.learning_rate = 0.03}}},
                  "mse");
    const History history = model.fit(x, y, {.epochs = 50, .verbose = silent});
    std::printf("after 50 epochs: loss %.3g\n", history["loss"].back());
  }
  if (command.saves()) return model.save(command.file), 0;
  const History history = model.fit(x, y, {.epochs = 100, .verbose = silent, .initial_epoch = 50});
  for (Group& group : model.optimizers())
    std::printf("%s: %s, at %g\n", group.pattern.c_str(), group.optimizer.name().c_str(),
                group.optimizer.learning_rate());
  print_end(history["loss"].back(), model);
}
