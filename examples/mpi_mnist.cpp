// Trains on MNIST by several processes, each of which keeps its part of the digits:
//   mpirun -n 4 mpi_mnist FOLDER [EPOCHS [CHECKPOINT]]
// A checkpoint that is there is gone on from, by any number of processes.

#include <filesystem>
#include <iostream>
#include <xgrad/mpi/mpi.hpp>
#include <xgrad/xgrad.hpp>

using namespace xgrad;

namespace {

// Those of the images of a split that a rank has.
LabelledImages part_of(const std::string& folder, const char* split, const Communicator& ranks) {
  LabelledImages images = load_mnist(folder, split);
  const std::size_t n = images.labels.size(), pixels = images.pixels.size() / n;
  const auto [first, last] = Shards::divide(n, ranks.rank(), ranks.size());
  const auto keep = [](std::vector<std::uint8_t>& all, std::size_t begin, std::size_t end) {
    all = std::vector<std::uint8_t>(all.data() + begin, all.data() + end);
  };
  keep(images.labels, first, last);
  keep(images.pixels, first * pixels, last * pixels);
  images.shape[0] = last - first;
  return images;
}

}  // namespace

int main(int argc, char** argv) {
  const auto ranks = mpi::world();
  try {
    const std::string folder = argc > 1 ? argv[1] : ".", checkpoint = argc > 3 ? argv[3] : "";
    const std::size_t epochs = argc > 2 ? std::stoul(argv[2]) : 5;
    const LabelledImages train = part_of(folder, "train", *ranks), test = part_of(folder, "t10k", *ranks);

    Sequential model{Input{{784}}, Dense(512, relu), Dense(512, relu), Dense(10, softmax)};
    model.compile("rmsprop", "sparse_categorical_crossentropy", {"accuracy"});
    FitOptions options{.batch_size = 256, .epochs = epochs, .validation_data = {test}, .communicator = ranks};
    if (!checkpoint.empty()) {
      if (std::filesystem::exists(checkpoint)) model = Sequential::load(checkpoint);
      options.initial_epoch = model.epochs_done();
      options.callbacks = {ModelCheckpoint{checkpoint}};
    }
    model.fit(train, options);
    return 0;
  } catch (const std::exception& error) {  // which all ranks throw
    if (ranks->rank() == 0) std::cerr << error.what() << std::endl;
    return 1;
  }
}
