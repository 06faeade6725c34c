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
