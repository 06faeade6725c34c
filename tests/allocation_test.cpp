// What a training step allocates, and what becomes of it when memory ends, in a program whose operator new counts.

#include <atomic>
#include <cstdlib>
#include <new>
#include <xgrad/xgrad.hpp>

#include "support.hpp"

#pragma GCC diagnostic ignored "-Wmismatched-new-delete"  // the operators here are made of malloc and free

namespace {
std::atomic<std::size_t> allocations = 0, last = 0;  // by all threads; the last that is granted, 0 for no limit

void count() {
  if (++allocations > last && last > 0) throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t size) {
  count();
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  count();
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
  std::vector<Optimizer> all = {
      SGD{.momentum = 0.9},
      AdamW{.learning_rate = CosineDecay{.initial_learning_rate = 0.01, .decay_steps = 9}, .clipnorm = 1},
      RMSprop{.momentum = 0.9, .centered = true, .global_clipnorm = 1},
      SGD{.clipvalue = 0.1, .gradient_accumulation_steps = 3}, Adam{.use_ema = true, .ema_overwrite_frequency = 3}};
  for (const std::string& name : names_of(optimizers())) all.emplace_back(name);
  all[1].exclude_from_weight_decay({"bias|beta"});
  for (Optimizer& optimizer : all) {
    CAPTURE(optimizer.name());
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
  for (const std::string& name : names_of(all_losses())) {
    const Loss loss = name;
    CAPTURE(name);
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
  for (const std::string& name : names_of(all_metrics())) {
    Metric metric = name;
    CAPTURE(name);
    const Tensor& y = name == "accuracy" || name.starts_with("sparse") ? labels : one_hot;
    std::size_t before = 0;
    for (int step = 0; step < 4; ++step) {  // a loss is recorded on a tape, which finds its memory in two steps
      if (step == 3) before = allocations;
      metric.reset();
      metric.update(y, p);
    }
    CHECK(std::isfinite(metric.result()));
    CHECK(allocations - before == 0);
  }
}

TEST_CASE("wherever memory ends within a step, the parameter is as before, and the tape takes the step again") {
  Parameter w("w", Tensor{{1, 2}, {0, -1}});
  const Tensor before = w.value(), small = ones({1, 2}), large = ones({50, 2});
  const auto step = [&](Tape& tape, const Tensor& x) {
    tape.rewind();
    tape.backward(mean(square(tanh(matmul(tape.constant(x), tape.watch(w))))));
  };
  std::size_t refused = 0;
  for (bool thrown = true; thrown; refused += thrown) {
    Tape tape;
    step(tape, small);
    const Tensor gradient = w.gradient;  // that of any number of equal rows
    last = allocations + refused + 1;
    try {
      step(tape, large);
      thrown = false;
    } catch (const std::bad_alloc&) {
    }
    last = 0;
    check_close(w.value(), before, 0);
    step(tape, large);
    check_close(w.gradient, gradient, either(1e-6, 1e-14));
  }
  CHECK(refused > 20);
}

TEST_CASE("an operation that found no memory for its result finds it when there is some") {
  Tape tape;
  const Var x = tape.constant(zeros({50, 50}));
  bool thrown = true;
  for (std::size_t granted = 0; thrown; ++granted) {
    last = allocations + granted;
    try {
      exp(x);
      thrown = false;
    } catch (const std::bad_alloc&) {
    }
    last = 0;
    CHECK(exp(x).value().size() == 2500);
  }
}

TEST_CASE("nor do layers that penalise, normalise, reshape or draw") {
  Rng rng(1);
  const Tensor x = random_uniform(rng, {100, 20}, 0, 1), y = zeros({100});
  Sequential model{Dense(10, relu, {.kernel_regularizer = L1L2{.l1 = 0.01, .l2 = 0.01}, .activity_regularizer = "l2"}),
                   BatchNormalization(),
                   Reshape({2, -1}),
                   Dense(5, "mish", {.use_bias = false}),
                   LayerNormalization(),
                   GaussianNoise(0.1),
                   Flatten(),
                   Dense(3, softmax)};
  model.build({20}, rng);
  const std::vector<Parameter*> parameters = model.parameters();
  Optimizer optimizer(SGD{});
  Batches data = batches(x, y, 32, &rng);
  Tape tape;
  std::vector<Var> penalties;
  std::size_t steps = 0, before = 0;
  for (int epoch = 0; epoch < 3; ++epoch) {
    for (const Batch& batch : data) {
      if (steps++ == 4) before = allocations;
      tape.rewind();
      penalties.clear();
      const Var p = model(tape.borrow(batch.x), {.training = true, .rng = &rng, .penalties = &penalties});
      Var loss = sparse_categorical_crossentropy(batch.y, p);
      for (const Var penalty : penalties) loss = loss + penalty;
      tape.backward(loss);
      optimizer.step(parameters);
    }
  }
  CHECK(penalties.size() == 2);
  CHECK(allocations - before == 0);
}

TEST_CASE("L-BFGS allocates nothing once its history is full") {
  Parameter x("x", Tensor{Real(-1.2), 3}), y("y", Tensor{1, 1});
  const std::vector<Parameter*> parameters{&x, &y};
  Tape tape;
  const std::function<double()> rosenbrock = [&] {
    tape.rewind();
    const Var a = tape.watch(x), b = tape.watch(y);
    const Var loss = sum(square(1 - a) + 100 * square(b - square(a)));
    tape.backward(loss);
    return static_cast<double>(loss.item());
  };
  LBFGS lbfgs({.max_iterations = 3, .history_size = 2});
  for (int i = 0; i < 3; ++i) lbfgs.step(parameters, rosenbrock);
  const std::size_t before = allocations;
  const double loss = lbfgs.step(parameters, rosenbrock);
  CHECK(allocations - before == 0);
  CHECK(loss > rosenbrock());
}

namespace {

// The allocations of all threads in two of twelve steps.
struct Counter {
  std::size_t steps = 0, before = 0, after = 0;
  void on_train_batch_begin(Model&, std::size_t) {
    if (++steps == 10) before = allocations;  // in the third epoch of four steps
    if (steps == 12) after = allocations;
  }
};

}  // namespace

TEST_CASE("fit allocates nothing from step to step, with regularizers, weights and metrics") {
  Counter counter;
  Rng rng(1);
  const Tensor x = random_uniform(rng, {100, 20}, 0, 1), y = zeros({100});
  Sequential model{Dense(10, relu, {.kernel_regularizer = L2{0.01}, .kernel_constraint = MaxNorm{}}),
                   BatchNormalization({.gamma_constraint = NonNeg{}}),
                   Dropout(0.2),
                   GaussianNoise(0.1),
                   LayerNormalization(),
                   Dense(10, softmax)};
  model.compile(Adam{.clipnorm = 1}, "sparse_categorical_crossentropy", {"accuracy"});
  model.fit(x, y, {.epochs = 3, .verbose = silent, .callbacks = {counter}, .class_weight = {{0, 2}}});
  CHECK(counter.steps == 12);
  CHECK(counter.before > 0);
  CHECK(counter.after == counter.before);
}

TEST_CASE("nor do workers that share the batches, in any of their threads") {
  for (const Optimizer& optimizer : {Optimizer("rmsprop"), Optimizer(Adam{.weight_decay = 0.01, .clipnorm = 1}),
                                     Optimizer(SGD{.gradient_accumulation_steps = 2})}) {
    Counter counter;
    Rng rng(1);
    const Tensor x = random_uniform(rng, {100, 20}, 0, 1), y = zeros({100});
    Sequential model{Dense(10, relu, {.kernel_regularizer = L2{0.01}}), Dropout(0.2), Dense(10, softmax)};
    model.compile(optimizer, "sparse_categorical_crossentropy", {"accuracy"});
    model.fit(x, y, {.epochs = 3, .verbose = silent, .callbacks = {counter}, .class_weight = {{0, 2}}, .workers = 2});
    CHECK(counter.steps == 12);
    CHECK(counter.before > 0);
    CHECK(counter.after == counter.before);
  }
}

TEST_CASE("nor does a generator that writes to its last batch, with weights, by any workers") {
  for (const std::size_t workers : {1, 2}) {
    Counter counter;
    Rng rng(1);
    const Tensor x = random_uniform(rng, {32, 20}, 0, 1), y = zeros({32}), weights = ones({32});
    const auto next = [&](Batch& batch) {
      batch.x = x, batch.y = y, batch.weights = weights;
      return true;
    };
    Sequential model{Dense(10, relu), Dropout(0.2), Dense(10, softmax)};
    model.compile("adam", "sparse_categorical_crossentropy", {"accuracy"});
    model.fit(next, {.epochs = 3, .verbose = silent, .callbacks = {counter}, .steps_per_epoch = 4, .workers = workers});
    CHECK(counter.steps == 12);
    CHECK(counter.before > 0);
    CHECK(counter.after == counter.before);
  }
}
