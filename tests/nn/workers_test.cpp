#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/training/fit.hpp>

#include <stdexcept>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/batch_normalization.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/layers/dropout.hpp>
#include <xgrad/optim/adamw.hpp>
#include <xgrad/optim/rmsprop.hpp>
#include <xgrad/optim/sgd.hpp>

#include "support.hpp"

// Workers that share each batch. Built with -fsanitize=thread, this file shows that they do not race.

using namespace xgrad;

namespace {

struct Data {
  Tensor x, y;
  Data() : y(Shape{50}) {
    Rng rng(3);
    x = random_normal(rng, {50, 6}, 0, 1);
    for (std::size_t i = 0; i < 50; ++i) y(i) = static_cast<Real>((x(i, 0) > 0) + (x(i, 1) > 0));
  }
};
const Data data;

// Trains on uneven slices, with all that depends on whole batches: weights of samples, penalties, metrics.
std::pair<History, std::vector<Tensor>> with_workers(std::size_t workers, double dropout = 0,
                                                     const Optimizer& optimizer = Adam{.learning_rate = 0.01}) {
  Sequential m{Input{{6}}, Dense(8, relu, {.kernel_regularizer = L2{0.01}, .activity_regularizer = L1{0.01}}),
               Dropout(dropout), Dense(3, softmax)};
  m.seed(4);
  m.compile(optimizer, "sparse_categorical_crossentropy", {"accuracy"});
  const History history = m.fit(data.x, data.y,
                                {.batch_size = 17,
                                 .epochs = 3,
                                 .verbose = silent,
                                 .validation_split = 0.1,
                                 .class_weight = {{1, 2}},
                                 .workers = workers});
  return {history, m.get_weights()};
}

}  // namespace

TEST_CASE("workers that share the batches train as one does, to rounding") {
  const auto [history, weights] = with_workers(1);
  for (const std::size_t workers : {2, 3, 20}) {  // 20: some have no sample
    CAPTURE(workers);
    const auto [shared, shared_weights] = with_workers(workers);
    for (const char* name : {"loss", "accuracy", "val_loss"})
      for (std::size_t epoch = 0; epoch < 3; ++epoch)
        CHECK(shared[name][epoch] == doctest::Approx(history[name][epoch]).epsilon(either(1e-4, 1e-10)));
    for (std::size_t k = 0; k < weights.size(); ++k) check_close(shared_weights[k], weights[k], either(1e-4, 1e-10));
  }
}

TEST_CASE("nor do weight decay, clipping and accumulated gradients tell how many workers there are") {
  for (const Optimizer& optimizer :
       {Optimizer(AdamW{.learning_rate = 0.01, .weight_decay = 0.1}), Optimizer(RMSprop{.clipnorm = 0.1}),
        Optimizer(SGD{.learning_rate = 0.1, .momentum = 0.9, .global_clipnorm = 0.1}),
        Optimizer(SGD{.learning_rate = 0.1, .clipvalue = 0.01, .gradient_accumulation_steps = 3})}) {
    CAPTURE(optimizer.name());
    const std::vector<Tensor> weights = with_workers(1, 0, optimizer).second;
    const std::vector<Tensor> shared = with_workers(3, 0, optimizer).second;
    for (std::size_t k = 0; k < weights.size(); ++k) check_close(shared[k], weights[k], either(1e-4, 1e-10));
  }
}

TEST_CASE("a given number of workers gives the same bits every time, dropout included") {
  CHECK(with_workers(2, 0.5).second == with_workers(2, 0.5).second);
  CHECK(with_workers(3, 0.5).second == with_workers(3, 0.5).second);
}

TEST_CASE("what workers cannot share is refused, and what one of them throws is thrown") {
  Sequential counting{Dense(4), BatchNormalization(), Dense(3, softmax)};
  counting.compile("sgd", "sparse_categorical_crossentropy");
  CHECK(thrown_by<ValueError>([&] { counting.fit(data.x, data.y, {.workers = 2}); }) ==
        "fit: batch_normalization/moving_mean is counted over whole batches; it takes workers = 1");
  CHECK(thrown_by<ValueError>([&] { counting.fit(data.x, data.y, {.workers = 0}); }) ==
        "fit: 0 workers; it takes 1 or more");

  Sequential throwing{Dense(3, [](Var x) {
    if (x.shape()[0] == 9) throw std::runtime_error("in the second worker");
    return softmax(x);
  })};
  throwing.compile("sgd", "sparse_categorical_crossentropy");
  CHECK(thrown_by<std::runtime_error>([&] {
          throwing.fit(data.x, data.y, {.batch_size = 17, .verbose = silent, .workers = 2});
        }) == "in the second worker");
}
