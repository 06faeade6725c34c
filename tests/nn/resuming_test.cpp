#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/training/fit.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/batch_normalization.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/layers/dropout.hpp>
#include <xgrad/nn/layers/gaussian_noise.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/schedules.hpp>
#include <xgrad/optim/sgd.hpp>
#include <xgrad/training/callbacks.hpp>

#include "data/files.hpp"
#include "support.hpp"

// What a file holds when training ends early or the process is killed.

using namespace xgrad;

namespace {

struct Data {
  Tensor x, y;
  Data() : y(Shape{60}) {
    Rng rng(3);
    x = random_normal(rng, {60, 6}, 0, 1);
    for (std::size_t i = 0; i < 60; ++i) y(i) = static_cast<Real>((x(i, 0) > 0) + (x(i, 1) > 0));
  }
};
const Data data;

// A model with everything that draws or keeps something.
Sequential model(Optimizer optimizer = "adam") {
  Sequential m{Dense(8, relu, {.kernel_regularizer = L2{0.01}}), BatchNormalization(), Dropout(0.3), GaussianNoise(0.1),
               Dense(3, softmax)};
  m.seed(5);
  m.compile(std::move(optimizer), "sparse_categorical_crossentropy", {"accuracy"});
  return m;
}

std::vector<Tensor> after_epochs(Model& m, std::size_t from, std::size_t to) {
  m.fit(data.x, data.y, {.batch_size = 16, .epochs = to, .verbose = silent, .initial_epoch = from});
  return m.get_weights();
}

}  // namespace

TEST_CASE("training that is taken up from a file gives the same weights as training that never stopped") {
  const Folder folder;
  const ExponentialDecay slowing{.initial_learning_rate = 0.01, .decay_steps = 5, .decay_rate = 0.9};
  std::vector<Optimizer> all = {
      Adam{.learning_rate = slowing, .amsgrad = true, .clipnorm = 1},
      SGD{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true, .gradient_accumulation_steps = 3}};
  for (const std::string& name : names_of(optimizers())) all.emplace_back(name);
  for (const Optimizer& optimizer : all) {
    CAPTURE(optimizer.name());
    Sequential whole = model(optimizer), part = model(optimizer);
    const std::vector<Tensor> expected = after_epochs(whole, 0, 4);
    after_epochs(part, 0, 2);
    part.save(folder.path / "part");

    Sequential loaded = Sequential::load(folder.path / "part");
    CHECK(loaded.epochs_done() == 2);
    CHECK(after_epochs(loaded, loaded.epochs_done(), 4) == expected);

    Sequential restored = model(optimizer);
    restored.build({6});
    restored.restore(folder.path / "part");
    CHECK(after_epochs(restored, restored.epochs_done(), 4) == expected);
  }
}

TEST_CASE("training that is killed is taken up from its last checkpoint") {
  const Folder folder;
  const std::string path = (folder.path / "last").string();
  Sequential whole = model();
  const std::vector<Tensor> expected = after_epochs(whole, 0, 5);
  const pid_t child = fork();
  if (child == 0) {
    const LambdaCallback killer{.on_epoch_begin = [](Model&, std::size_t epoch) {
      if (epoch == 3) std::raise(SIGKILL);
    }};
    model().fit(
        data.x, data.y,
        {.batch_size = 16, .epochs = 5, .verbose = silent, .callbacks = {ModelCheckpoint{.filepath = path}, killer}});
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  Sequential loaded = Sequential::load(path);
  CHECK(loaded.epochs_done() == 3);
  CHECK(after_epochs(loaded, 3, 5) == expected);
}

TEST_CASE("after SIGKILL at any moment of saving, the file holds the old model or the new one, 200 times") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  Sequential m{Dense(200), Dense(100)};
  m.build({300});
  const auto filled_with = [&](Real value) {
    std::vector<Tensor> weights = m.get_weights();
    for (Tensor& w : weights) w.fill(value);
    m.set_weights(weights);
  };
  filled_with(-1);
  m.save(path);
  const auto begin = std::chrono::steady_clock::now();
  m.save(path);
  const double some_saves = 10 * std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  double longest = some_saves;
  Rng rng(1);
  int news = 0;
  Real last = -1;
  for (int kill = 0; kill < 200; ++kill) {
    const pid_t child = fork();
    if (child == 0) {
      for (;;) {
        filled_with(static_cast<Real>(kill));
        m.save(path);
      }
    }
    usleep(static_cast<useconds_t>(1e6 * longest * rng.uniform()));
    ::kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const std::vector<Tensor> weights = Sequential::load(path).get_weights();
    const Real value = weights[0](0, 0);
    CHECK((value == static_cast<Real>(kill) || value == last));
    for (const Tensor& w : weights) CHECK(w == Tensor(w.shape(), value));
    // where a new process is slow, it gets more time until one save is done
    longest = value == last ? std::min(1.5 * longest, 1.0) : some_saves;
    news += value != last;
    last = value;
  }
  CHECK(news > 0);  // at other times the kill came first
  CHECK(news < 200);
}
