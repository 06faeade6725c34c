#include <iostream>
#include <sstream>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/training/fit.hpp>

#include "support.hpp"

// What fit() prints.

using namespace xgrad;

namespace {

// What is written to a stream in its lifetime.
struct Captured {
  explicit Captured(std::ostream& stream_ = std::cout) : stream(stream_), before(stream_.rdbuf(out.rdbuf())) {}
  ~Captured() { stream.rdbuf(before); }
  std::ostringstream out;
  std::ostream& stream;
  std::streambuf* before;
};

std::string printed(int verbose, std::size_t epochs) {
  Rng rng(1);
  const Tensor x = random_normal(rng, {60, 4}, 0, 1);
  Tensor y = zeros({60});
  y(0) = 2;
  Sequential m{Dense(3, softmax)};
  m.compile("sgd", "sparse_categorical_crossentropy", {"accuracy"});
  const Captured captured;
  m.fit(x, y, {.batch_size = 16, .epochs = epochs, .verbose = verbose, .validation_split = 0.2});
  return captured.out.str();
}

}  // namespace

TEST_CASE("fit prints as Keras does") {
  CHECK(printed(silent, 2) == "");
  const std::string two = printed(line, 2);
  CHECK(two.find("Epoch 1/2\n3/3 - 0s - ") == 0);
  CHECK(two.find("/step - accuracy: 0.") != std::string::npos);
  CHECK(two.find(" - val_accuracy: 0.") < two.find(" - val_loss: "));
  CHECK(two.find("Epoch 2/2\n3/3 - 0s - ") != std::string::npos);
  CHECK(printed(line, 1).find("3/3 - 0s - ") == 0);  // no "Epoch 1/1"
  CHECK(printed(bar, 1).find("3/3 ━━━━━━━━━━━━━━━━━━━━ 0s ") == 0);
  CHECK(printed(automatic, 1).find('\r') == std::string::npos);
}

TEST_CASE("one target for all samples is worth a word") {
  Sequential m{Dense(1)};
  m.compile("sgd", "mse");
  const Captured captured(std::cerr);
  m.fit(zeros({3, 2}), column({4, 4, 4}), {.verbose = silent});
  CHECK(captured.out.str() == "xgrad: fit: all targets are 4\n");
}
