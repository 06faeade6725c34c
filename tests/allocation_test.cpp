// Counts what a steady training step allocates, in a program whose operator new counts.

#include <cstdlib>
#include <new>
#include <xgrad/xgrad.hpp>

#include "support.hpp"

#pragma GCC diagnostic ignored "-Wmismatched-new-delete"  // the operators here are made of malloc and free

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  const std::size_t unit = static_cast<std::size_t>(alignment);
  if (void* p = std::aligned_alloc(unit, (size + unit - 1) / unit * unit)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

using namespace xgrad;

TEST_CASE("a steady training step allocates nothing, whatever the optimiser") {
  for (Optimizer optimizer :
       {Optimizer(SGD{}), Optimizer(SGD{.momentum = 0.9}), Optimizer("rmsprop"), Optimizer("adam"), Optimizer("adagrad"),
        Optimizer("adadelta"), Optimizer("adamax"), Optimizer("nadam"),
        Optimizer(AdamW{.learning_rate = CosineDecay{.initial_learning_rate = 0.01, .decay_steps = 9}, .clipnorm = 1}),
        Optimizer(RMSprop{.momentum = 0.9, .centered = true, .global_clipnorm = 1}),
        Optimizer(SGD{.clipvalue = 0.1, .gradient_accumulation_steps = 3})}) {
    Rng rng(1);
    const Tensor x = random_uniform(rng, {100, 784}, 0, 1), y = zeros({100});
    Sequential model{Dense(10, relu), Dropout(0.2), Dense(10, tanh), Dense(10, softmax)};
    model.build({784}, rng);
    const std::vector<Parameter*> parameters = model.parameters();
    Batches data = batches(x, y, 32, &rng);
    Tape tape;
    std::size_t steps = 0, before = 0;
    for (int epoch = 0; epoch < 3; ++epoch) {
      for (const Batch& batch : data) {
        if (steps++ == 4) before = allocations;  // after the first epoch, its small last batch included
        tape.rewind();
        const Var p = model(tape.borrow(batch.x), {.training = true, .rng = &rng});
        tape.backward(sparse_categorical_crossentropy(batch.y, p));
        optimizer.step(parameters);
      }
    }
    CHECK(steps == 12);
    CHECK(before > 0);
    CHECK(allocations - before == 0);
  }
}

TEST_CASE("losses and metrics in steady use allocate nothing") {
  Tape tape;
  const Tensor labels = {0, 2, 1}, p = filled({3, 3}, Real(0.25)), one_hot = {{1, 0, 0}, {0, 0, 1}, {0, 1, 0}};
  for (const Loss& loss : {Loss("sparse_categorical_crossentropy"), Loss("mse"), Loss("mae"), Loss("huber"),
                           Loss("bce"), Loss("hinge"), Loss("kld")}) {
    CAPTURE(loss.name());
    const Tensor& y = loss.name().starts_with("sparse") ? labels : one_hot;
    std::size_t before = 0;
    for (int step = 0; step < 6; ++step) {
      if (step == 3) before = allocations;
      tape.rewind();
      const Var target = tape.borrow(y);
      loss(target, softmax(tape.borrow(p)));
    }
    CHECK(allocations - before == 0);
  }
  for (Metric metric :
       {Metric("accuracy"), Metric(metrics::F1Score{}), Metric("auc"), Metric("mse"), Metric("r2_score")}) {
    CAPTURE(metric.name());
    const Tensor& y = metric.name() == "accuracy" ? labels : one_hot;
    metric.update(y, p);
    const std::size_t before = allocations;
    metric.reset();
    metric.update(y, p);
    CHECK(std::isfinite(metric.result()));
    CHECK(allocations - before == 0);
  }
}
