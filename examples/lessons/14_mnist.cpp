// Lesson 14: article 002, a network 784-10-10-10 on MNIST, and what it does with pixels of 0 to 255. The program looks
// for MNIST in the folder of the environment's XGRAD_DATA, or else in ~/.cache/xgrad/mnist. Without it, it ends with
// code 77.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <xgrad/core/xtensor.hpp>
#include <xgrad/teach/lints.hpp>
#include <xgrad/xgrad.hpp>

#include "exercise.hpp"

using namespace xgrad;

namespace {

std::string mnist_folder() {
  if (const char* folder = std::getenv("XGRAD_DATA")) return folder;
  const char* home = std::getenv("HOME");
  return std::string(home == nullptr ? "." : home) + "/.cache/xgrad/mnist";
}

// How many units of the first layer are 0 for every row of x.
std::size_t dead_units(Sequential& model, const Tensor& x) {
  Tape tape;
  std::vector<const Tensor*> weights;
  each_parameter(model, [&](const std::string&, Parameter& p) { weights.push_back(&p.value()); });
  const Var rows = tape.borrow(x), kernel = tape.borrow(*weights[0]), bias = tape.borrow(*weights[1]);
  const Tensor most = max(linear(rows, kernel, bias), {0}).value();
  std::size_t dead = 0;
  for (const Real z : most) dead += z <= 0;
  return dead;
}

// Hints on the first batch, before there is a step.
void hints(Sequential& model, const Tensor& x, const Tensor& y) {
  const Tensor some = xt::view(x, xt::range(0, 32)), labels = xt::view(y, xt::range(0, 32));
  Tape tape;
  const Lints lints(tape, std::cout, {.untrained = true});
  sparse_categorical_crossentropy(labels, model(tape.borrow(some)));
}

struct Result {
  double accuracy;
  std::size_t dead;
};

Result train(const Tensor& x, const Tensor& y, const Tensor& x_test, const Tensor& y_test, std::uint32_t seed) {
  Sequential model{Dense(10, relu), Dense(10, relu), Dense(10, softmax)};
  model.seed(seed);
  model.compile(Adam{}, "sparse_categorical_crossentropy", {"accuracy"});
  model.build({784});
  hints(model, x, y);
  model.fit(x, y, {.batch_size = 32, .epochs = 5, .verbose = silent});
  const Logs test = model.evaluate(x_test, y_test, {.batch_size = 250, .verbose = silent});
  return {test.at("accuracy"), dead_units(model, x_test)};
}

// Whether an accuracy is in a band: single runs differ, by seed and by machine.
bool in_band(double accuracy, double low, double high) {
  const bool in = low <= accuracy && accuracy <= high;
  std::printf("%s the band %g to %g\n", in ? "in" : "NOT in", low, high);
  return in;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1)
    return mark(
        argc, argv,
        {{8070, 0, "784 x 10 + 10, then 10 x 10 + 10 twice"}, {9375, 0, "60000 / 32 steps in an epoch, and 5 epochs"}});

  const std::string folder = mnist_folder();
  const std::string file = folder + "/train-images-idx3-ubyte";
  if (!std::filesystem::exists(file) && !std::filesystem::exists(file + ".gz")) {
    std::printf("no MNIST in %s\n", folder.c_str());
    return 77;
  }
  const LabelledImages images = load_mnist(folder, "train"), tests = load_mnist(folder, "t10k");
  const Tensor x = to_tensor(images), y = to_tensor(images.labels);
  const Tensor x_test = to_tensor(tests), y_test = to_tensor(tests.labels);

  const Result scaled = train(x, y, x_test, y_test, 1);
  std::printf("pixels 0 to 1:   test accuracy %.4f, %zu of 10 first units dead; ", scaled.accuracy, scaled.dead);
  const bool scaled_fits = in_band(scaled.accuracy, 0.915, 0.94);
  const Tensor raw = 255 * x, raw_test = 255 * x_test;
  const Result unscaled = train(raw, y, raw_test, y_test, 9);
  std::printf("pixels 0 to 255: test accuracy %.4f, %zu of 10 first units dead; ", unscaled.accuracy, unscaled.dead);
  const bool raw_fits = in_band(unscaled.accuracy, 0.25, 0.87);
  return scaled_fits && raw_fits ? 0 : 1;
}
