// What kills.py kills: victim CHECKPOINT EPOCHS trains a small network by all ranks, goes on from the checkpoint if
// there is one, and prints on rank 0 each epoch's loss to its last bit.

#include <filesystem>
#include <iostream>
#include <xgrad/mpi/mpi.hpp>
#include <xgrad/xgrad.hpp>

using namespace xgrad;

int main(int, char** argv) {
  const auto ranks = mpi::world({.timeout = 15});
  try {
    const std::string path = argv[1];
    constexpr std::size_t n = 2000;
    const auto [first, last] = Shards::divide(n, ranks->rank(), ranks->size());
    Rng rng(1);
    const Tensor all = random_normal(rng, {n, 20}, 0, 1);
    Tensor x = zeros(Shape{last - first, 20}), y = zeros(Shape{last - first});
    for (std::size_t i = first; i < last; ++i) {
      for (std::size_t k = 0; k < 20; ++k) x(i - first, k) = all(i, k);
      y(i - first) = static_cast<Real>(all(i, 0) * all(i, 1) > 0);
    }
    Sequential model{Input{{20}}, Dense(64, relu), Dropout(0.2), Dense(64, relu), Dense(2, softmax)};
    model.compile("adam", "sparse_categorical_crossentropy");
    if (std::filesystem::exists(path)) model = Sequential::load(path);
    const auto print = [](Model&, std::size_t epoch, Logs& logs) {
      std::cout << "epoch " << epoch << " loss " << shortest(logs["loss"]) << std::endl;
    };
    if (ranks->rank() == 0) std::cout << "begins with " << model.epochs_done() << std::endl;
    model.fit(x, y,
              {.batch_size = 100,
               .epochs = std::stoul(argv[2]),
               .verbose = silent,
               .callbacks = {LambdaCallback{.on_epoch_end = print}, ModelCheckpoint{path}},
               .initial_epoch = model.epochs_done(),
               .communicator = ranks});
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << std::endl;
    return 1;
  }
}
