// Trains on MNIST by several processes, each of which keeps its part of the digits:
//   mpirun -n 4 mpi_mnist FOLDER [EPOCHS [CHECKPOINT]]
// A checkpoint that is there is gone on from, by any number of processes.

#include <filesystem>
#include <iostream>
#include <xgrad/mpi/mpi.hpp>
#include <xgrad/xgrad.hpp>

using namespace xgrad;

int main(int argc, char** argv) {
  const auto ranks = mpi::world();
  bool together = false;
  try {
    const std::string folder = argc > 1 ? argv[1] : ".", checkpoint = argc > 3 ? argv[3] : "";
    const std::size_t epochs = argc > 2 ? std::stoul(argv[2]) : 5;
    const Part mine{.index = ranks->rank(), .count = ranks->size()};
    const LabelledImages train = load_mnist(folder, "train", 10, mine), test = load_mnist(folder, "t10k", 10, mine);

    Sequential model{Input{{784}}, Dense(512, relu), Dense(512, relu), Dense(10, softmax)};
    model.compile("rmsprop", "sparse_categorical_crossentropy", {"accuracy"});
    FitOptions options{.batch_size = 256, .epochs = epochs, .validation_data = {test}, .communicator = ranks};
    if (!checkpoint.empty()) {
      if (std::filesystem::exists(checkpoint)) model = Sequential::load(checkpoint);
      options.initial_epoch = model.epochs_done();
      options.callbacks = {ModelCheckpoint{checkpoint}};
    }
    together = true;
    model.fit(train, options);
    return 0;
  } catch (const std::exception& error) {
    if (ranks->rank() == 0 || !together) std::cerr << error.what() << std::endl;
    return 1;
  }
}
