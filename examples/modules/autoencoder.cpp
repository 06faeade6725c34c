// An autoencoder, whose encoder is used alone afterwards. Layers are copied into a model, so the encoder that it trains
// would be another one; a Shared layer is the same wherever it is put, and here it is trained under one model and asked
// under none.

#include "common.hpp"

using namespace xgrad;

int main(int argc, char** argv) {
  const Command command(argc, argv);
  Tensor x = zeros({50, 3});  // a helix: a line in space, for which one number each would do
  for (std::size_t i = 0; i < 50; ++i) {
    const double t = double(i) / 25 - 1;
    x(i, 0) = Real(std::cos(2 * t));
    x(i, 1) = Real(std::sin(2 * t));
    x(i, 2) = Real(t);
  }

  Shared encoder = shared(Sequential{Dense(8, tanh), Dense(1)});
  Sequential autoencoder{encoder, Dense(8, tanh), Dense(3)};
  if (command.resumes()) {
    autoencoder = Sequential::load(command.file);
    encoder = *autoencoder.layer("shared").as<Shared>();
  } else {
    autoencoder.seed(1);
    autoencoder.compile(Adam{.learning_rate = 0.01}, "mse");
    const History history = autoencoder.fit(x, x, {.epochs = 50, .verbose = silent});
    print_paths("learnt", autoencoder.parameters());
    std::printf("after 50 epochs: loss %.3g\n", history["loss"].back());
  }
  if (command.saves()) return autoencoder.save(command.file), 0;
  const History history = autoencoder.fit(x, x, {.epochs = 100, .verbose = silent, .initial_epoch = 50});
  const Tensor code = encoder.as<Sequential>().predict(x, {.verbose = silent});
  std::printf("codes of the first, the middle and the last: %.3g %.3g %.3g\n", code(0, 0), code(25, 0), code(49, 0));
  print_end(history["loss"].back(), autoencoder);
}
