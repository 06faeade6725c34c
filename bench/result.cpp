// FOLDER UNITS EPOCHS SEED: trains on MNIST as a program of this library is written, 10,10 hidden units for two layers,
// and prints the accuracy on the test images after every epoch. time_to_result.py takes the time.

#include <cstdlib>
#include <iostream>
#include <sstream>
#include <xgrad/xgrad.hpp>

using namespace xgrad;

struct Print {
  void on_epoch_end(Model&, std::size_t, Logs& logs) { std::cout << logs.at("val_accuracy") << std::endl; }
};

int main(int argc, char** argv) {
  if (argc != 5) return std::cerr << "result FOLDER UNITS EPOCHS SEED\n", 2;
  const LabelledImages train = load_mnist(argv[1], "train"), test = load_mnist(argv[1], "t10k");

  Sequential model;
  std::istringstream layers(argv[2]);
  for (std::string units; std::getline(layers, units, ',');) model.add(Dense(std::stoul(units), "relu"));
  model.add(Dense(10, "softmax"));
  model.seed(static_cast<std::uint32_t>(std::stoul(argv[4])));
  model.compile("adam", "sparse_categorical_crossentropy", {"accuracy"});
  model.fit(train, {.epochs = std::stoul(argv[3]), .verbose = silent, .callbacks = {Print{}}, .validation_data = test});
}
