// Several processes that train together: mpirun -n 3 ./mpi_ranks. Each test runs on all ranks; those that have another
// number of ranks to compare with train by a rank alone, MPI_COMM_SELF.

#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <thread>

#include <xgrad/mpi/mpi.hpp>
#include <xgrad/xgrad.hpp>

#include "support.hpp"

using namespace xgrad;

namespace {

std::shared_ptr<Communicator> all_ranks() { return mpi::world({.timeout = 20, .bucket_bytes = 2000}); }
std::shared_ptr<Communicator> alone() {
  all_ranks();
  static const auto self = mpi::communicator(MPI_COMM_SELF);
  return self;
}
std::size_t rank() { return all_ranks()->rank(); }
std::size_t ranks() { return all_ranks()->size(); }

constexpr std::size_t samples = 1000;

// The rows of a data set that a rank has.
struct Rows {
  Tensor x, y;
  explicit Rows(const Communicator& its, std::size_t columns = 12) {
    const auto [first, last] = Shards::divide(samples, its.rank(), its.size());
    Rng rng(3);
    const Tensor all = random_normal(rng, {samples, columns}, 0, 1);
    x = zeros({last - first, columns});
    y = zeros({last - first});
    for (std::size_t i = first; i < last; ++i) {
      for (std::size_t k = 0; k < columns; ++k) x(i - first, k) = all(i, k);
      y(i - first) = static_cast<Real>((all(i, 0) > 0) + (all(i, 1) * all(i, 2) > 0));
    }
  }
};

Sequential network(double dropout = 0, std::uint32_t seed = 4) {
  Sequential m{Input{{12}}, Dense(32, relu, {.kernel_regularizer = L2{0.01}}), Dropout(dropout), Dense(16, tanh),
               Dense(3, softmax)};
  m.seed(seed);
  m.compile(RMSprop{}, "sparse_categorical_crossentropy", {"accuracy", "sparse_top_k_categorical_accuracy"});
  return m;
}

struct Run {
  History history;
  std::vector<Tensor> weights;
  std::vector<double> losses{};
};

Run train(const std::shared_ptr<Communicator>& by, FitOptions options = {}, double dropout = 0) {
  const Rows part(*by);
  Sequential m = network(dropout, static_cast<std::uint32_t>(4 + by->rank()));
  Run run;
  options.verbose = silent;
  options.communicator = by;
  if (!options.validation_data) options.validation_data = BatchSource(part.x, part.y);
  run.history = m.fit(part.x, part.y, options);
  run.weights = m.get_weights();
  return run;
}

void check_same(const Run& a, const Run& b) {
  REQUIRE(a.history.epoch.size() == b.history.epoch.size());
  for (std::size_t k = 0; k < a.history.logs.size(); ++k)
    for (const auto& [name, number] : b.history.logs[k]) {
      CAPTURE(name);
      CHECK(a.history.logs[k].at(name) == doctest::Approx(number).epsilon(either(1e-4, 1e-10)));
    }
  for (std::size_t k = 0; k < a.weights.size(); ++k) check_close(a.weights[k], b.weights[k], either(1e-4, 1e-10));
}

}  // namespace

TEST_CASE("sums are those of all ranks, in their order, for few numbers and for many") {
  const auto by = all_ranks();
  for (const std::size_t n : {1, 2, 5, 600, 100'001}) {
    std::vector<Real> x(n), expected(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
      x[i] = static_cast<Real>(1.0 / static_cast<double>(i + 1 + rank()));
      for (std::size_t r = 0; r < ranks(); ++r) expected[i] += static_cast<Real>(1.0 / static_cast<double>(i + 1 + r));
    }
    std::vector<Real> second = x;
    by->begin_sum(x);
    by->begin_sum(second);
    by->finish();
    CHECK(x == expected);
    CHECK(second == expected);
  }
}

TEST_CASE("all metrics of two parts of the data are those of the whole") {
  Rng rng(6);
  const Tensor p = random_uniform(rng, {60, 3}, 0.1, 0.9);
  Tensor one_hot = zeros({60, 3}), labels = zeros({60});
  for (std::size_t i = 0; i < 60; ++i) one_hot(i, i % 7 % 3) = 1, labels(i) = static_cast<Real>(i % 7 % 3);
  for (const std::string& name : names_of(all_metrics())) {
    CAPTURE(name);
    if (name == "dice" || name == "tversky") continue;  // of whole batches
    const Metric start = name;
    REQUIRE(start.has_sums());
    const Tensor& y = name == "accuracy" || name == "acc" || name.starts_with("sparse") ? labels : one_hot;
    const auto of = [&](std::uint32_t begin, std::uint32_t end) {
      std::vector<std::uint32_t> rows(end - begin);
      std::iota(rows.begin(), rows.end(), begin);
      Tensor its_y, its_p;
      gather_rows(y, rows, its_y);
      gather_rows(p, rows, its_p);
      Metric metric = start;
      metric.update(its_y, its_p);
      return metric;
    };
    Metric whole = of(0, 60), together = start;
    for (Metric part : {start, of(0, 23), of(23, 60)}) {
      Sums its;
      part.sums(its);
      Sums others(its.numbers());
      together.sums(others);
    }
    REQUIRE(together.size() == whole.size());
    for (std::size_t k = 0; k < whole.size(); ++k)
      CHECK(together.result(k) == doctest::Approx(whole.result(k)).epsilon(either(1e-5, 1e-12)));
  }
}

TEST_CASE("a rank that does not come is named after the time-out, and one that has ended at once") {
  if (ranks() == 1) return;
  const std::size_t last = ranks() - 1;
  for (const bool ends : {false, true}) {
    CAPTURE(ends);
    auto by = mpi::communicator(MPI_COMM_WORLD, {.timeout = ends ? 60.0 : 1.0});
    if (rank() == last) {
      if (!ends) std::this_thread::sleep_for(std::chrono::seconds(3));
      by.reset();
      continue;
    }
    std::vector<Real> x(3);
    by->begin_sum(x);
    CHECK(thrown_by([&] { by->finish(); }) ==
          (ends ? text("mpi: rank ", last, " has ended, and rank ", rank(), " waits for rank ", last,
                       "'s part of a sum: a step")
                : text("mpi: rank ", rank(), " has waited 1 s for the part of a sum of rank ", last,
                       ": a step; for ranks that are only slow, Options has a larger timeout")));
    CHECK(by->is_broken());
    CHECK_THROWS_AS(by->gather("more", ""), Error);
  }
}

TEST_CASE("200 steps of all ranks have the losses and weights of one, the last smaller batch included") {
  const FitOptions options{.batch_size = 256, .epochs = 50};  // 4 batches of 1000 samples each
  const Run together = train(all_ranks(), options);
  CHECK(together.history.epoch.size() == 50);
  CHECK(together.history["loss"].back() < together.history["loss"].front() * 0.6);
  check_same(together, train(alone(), options));
  const Run again = train(all_ranks(), options);
  CHECK(again.weights == together.weights);
  CHECK(again.history["val_loss"] == together.history["val_loss"]);
}

TEST_CASE("a batch of fewer samples than ranks, and workers beside ranks, change nothing") {
  check_same(train(all_ranks(), {.batch_size = 1, .epochs = 1, .steps_per_epoch = 30}),
             train(alone(), {.batch_size = 1, .epochs = 1, .steps_per_epoch = 30}));
  check_same(train(all_ranks(), {.batch_size = 100, .epochs = 3, .workers = 2}),
             train(alone(), {.batch_size = 100, .epochs = 3}));
  const FitOptions hybrid{.batch_size = 100, .epochs = 3, .workers = 2};
  CHECK(train(all_ranks(), hybrid, 0.5).weights == train(all_ranks(), hybrid, 0.5).weights);
}

TEST_CASE("all ranks end with the same weights, which are rank 0's at the beginning") {
  const Run run = train(all_ranks(), {.batch_size = 64, .epochs = 2}, 0.3);
  double sum = 0;
  for (const Tensor& w : run.weights) sum += std::accumulate(w.begin(), w.end(), 0.0);
  for (const std::string& its : all_ranks()->gather("sums", text(sum))) CHECK(its == text(sum));
}

TEST_CASE("callbacks are called on rank 0, and what they decide holds for all") {
  std::size_t calls = 0;
  const auto counting = LambdaCallback{.on_train_batch_end = [&](Model&, std::size_t, const Logs&) { ++calls; }};
  train(all_ranks(), {.batch_size = 256, .epochs = 2, .callbacks = {counting}});
  CHECK(calls == (rank() == 0 ? 8 : 0));

  EarlyStopping stopping{.monitor = "loss", .min_delta = 100, .patience = 2, .restore_best_weights = true};
  const Run stopped = train(all_ranks(), {.batch_size = 256, .epochs = 9, .callbacks = {stopping}});
  CHECK(stopped.history.epoch.size() == 3);
  CHECK(stopped.weights == train(all_ranks(), {.batch_size = 256, .epochs = 1}).weights);

  const auto rates = [](const std::shared_ptr<Communicator>& by) {
    return train(by, {.batch_size = 256, .epochs = 5, .callbacks = {LearningRateScheduler{[](std::size_t epoch) {
                                                        return 0.01 / (1.0 + static_cast<double>(epoch));
                                                      }}}});
  };
  const Run scheduled = rates(all_ranks());
  CHECK(scheduled.history["learning_rate"].back() == 0.002);
  check_same(scheduled, rates(alone()));
}

TEST_CASE("layers that are frozen by a callback are frozen on all ranks") {
  const auto by = all_ranks();
  const Rows part(*by);
  Sequential m = network();
  const auto freezing = LambdaCallback{.on_epoch_begin = [](Model& model, std::size_t epoch) {
    if (epoch != 1) return;
    freeze(model, "dense/**");
    model.compile(SGD{.learning_rate = 0.1}, "sparse_categorical_crossentropy",
                  {"accuracy", "sparse_top_k_categorical_accuracy"});
  }};
  const std::string thrown = thrown_by([&] {
    m.fit(part.x, part.y,
          {.batch_size = 256, .epochs = 3, .verbose = silent, .callbacks = {freezing}, .communicator = by});
  });
  CHECK(thrown == "nothing");
}

TEST_CASE("what one rank throws, all throw, with its number") {
  const auto by = all_ranks();
  const std::size_t last = ranks() - 1;
  const auto throwing = LambdaCallback{.on_epoch_end = [](Model&, std::size_t epoch, Logs&) {
    if (epoch == 1) throw ValueError("the disk is full");
  }};
  CHECK(thrown_by<ValueError>([&] { train(by, {.batch_size = 256, .epochs = 3, .callbacks = {throwing}}); }) ==
        "rank 0: the disk is full");

  // an objective that throws in its third step on the last rank
  Rows part(*by);
  struct Net {
    Dense layer{3, softmax};
    void fields(Fields& f) { f("layer", layer); }
  };
  Model model{Net{}};
  std::size_t steps = 0;
  model.compile(Adam{}, [&](Net& net, Tape& tape, const Batch& batch, const Context& context) {
    if (context.training && rank() == last && ++steps == 3) throw ShapeError("out of shape");
    return sparse_categorical_crossentropy(tape.borrow(batch.y), net.layer(tape.borrow(batch.x), context));
  });
  CHECK(thrown_by<ShapeError>([&] {
          model.fit(Samples(part.x, part.y), {.batch_size = 256, .epochs = 3, .verbose = silent, .communicator = by});
        }) == text("rank ", last, ": out of shape"));

  // NaN in the data, and a loss that is NaN
  if (rank() == last) part.x(3, 4) = std::numeric_limits<Real>::quiet_NaN();
  const auto fit = [&](bool check_data) {
    return thrown_by<ValueError>([&] {
      Sequential m = network();
      m.fit(part.x, part.y,
            {.batch_size = 1000, .epochs = 3, .verbose = silent, .check_data = check_data, .communicator = by});
    });
  };
  CHECK(fit(true).starts_with(text("rank ", last, ": ")));
  CHECK(fit(false).starts_with(text("fit: the loss is not finite in epoch 1, step 1 on rank ", last, ": ")));
}

TEST_CASE("ranks that differ are told so, on all ranks") {
  const auto by = all_ranks();
  const std::size_t last = ranks() - 1;
  const Rows part(*by), wide(*by, rank() == last ? 13 : 12);
  const auto fit = [&](Sequential m, const Rows& its, FitOptions options) {
    options.verbose = silent;
    options.communicator = by;
    return thrown_by([&] { m.fit(its.x, its.y, options); });
  };
  Sequential open{Dense(3, softmax)};
  open.compile("adam", "sparse_categorical_crossentropy");
  if (ranks() > 1) {
    CHECK(fit(open, wide, {}) == text("fit: ranks differ: rank ", last, " has samples x of shape (13,), rank 0 (12,)"));
    CHECK(fit(network(), part, {.epochs = rank() == last ? 2U : 1U}) ==
          text("fit: ranks differ: rank ", last, " has epochs 2, rank 0 1"));
    CHECK(fit(network(), part, {.batch_size = rank() == last ? 0U : 1U}) ==
          text("rank ", last, ": fit: batch_size is 0; it takes 1 or more"));
    Sequential other{Input{{12}}, Dense(rank() == last ? 5 : 4), Dense(3, softmax)};
    other.compile("adam", "sparse_categorical_crossentropy");
    CHECK(fit(other, part, {}).starts_with(text("fit: ranks differ: rank ", last, " has a model of the fingerprint ")));
    const Rows whole(*alone());
    CHECK(fit(network(), rank() == 0 ? whole : part, {}).starts_with("rank 0: fit: 1000 samples, of "));
  }
  Sequential normalised{Dense(4), BatchNormalization(), Dense(3, softmax)};
  normalised.compile("adam", "sparse_categorical_crossentropy");
  CHECK(fit(normalised, part, {}) ==
        "rank 0: fit: batch_normalization/moving_mean is counted over whole batches; it takes no communicator");
  Sequential overlap{Dense(3, softmax)};
  overlap.compile("adam", "sparse_categorical_crossentropy", {"dice"});
  CHECK(fit(overlap, part, {}) == "rank 0: fit: the metric dice is one of the whole batch; it takes no communicator");
  CHECK(fit(network(), part, {.validation_split = 0.1}).find("give each rank its part") != std::string::npos);
}

TEST_CASE("generators of parts of batches, which end at different steps, train as one of whole batches does") {
  const auto train_by = [](const std::shared_ptr<Communicator>& by) {
    Shards shards(samples, by->rank(), by->size());
    const Rows part(*by);
    std::size_t at = 0;
    const auto batches = [&](Batch& batch) {
      for (;; ++at) {
        if (at * 150 >= samples) return at = 0, false;
        const auto rows = shards.rows(at, 150);
        if (rows.empty()) continue;
        Samples(part.x, part.y).gather(rows, batch);
        return ++at, true;
      }
    };
    Sequential m = network();
    Run run{m.fit(batches, {.epochs = 3, .verbose = silent, .communicator = by}), {}};
    run.weights = m.get_weights();
    return run;
  };
  check_same(train_by(all_ranks()), train_by(alone()));
}

TEST_CASE(
    "a training that is stopped goes on from rank 0's file, on as many ranks bit for bit, on others to rounding") {
  const auto by = all_ranks();
  const std::string path = text("/tmp/xgrad_mpi_test_", by->gather("process", std::to_string(getpid()))[0], ".xgrad");
  const Run straight = train(by, {.batch_size = 100, .epochs = 4}, 0.2);
  train(by, {.batch_size = 100, .epochs = 2, .callbacks = {ModelCheckpoint{path}}}, 0.2);
  const auto go_on = [&](const std::shared_ptr<Communicator>& with) {
    const Rows part(*with);
    Sequential m = Sequential::load(path);
    Run run;
    run.history = m.fit(part.x, part.y,
                        {.batch_size = 100, .epochs = 4, .verbose = silent, .initial_epoch = 2, .communicator = with});
    run.weights = m.get_weights();
    return run;
  };
  const Run resumed = go_on(by);
  CHECK(resumed.weights == straight.weights);
  CHECK(resumed.history["loss"][1] == straight.history["loss"][3]);
  by->gather("all have read it", "");
  const Run plain = train(by, {.batch_size = 100, .epochs = 4});
  train(by, {.batch_size = 100, .epochs = 2, .callbacks = {ModelCheckpoint{path}}});
  const Run fewer = go_on(alone());
  for (std::size_t k = 0; k < plain.weights.size(); ++k)
    check_close(fewer.weights[k], plain.weights[k], either(1e-4, 1e-10));
  by->gather("all have read it again", "");
  if (rank() == 0) std::remove(path.c_str());
}

TEST_CASE("a Trainer of all ranks takes the steps of one, whatever part of the samples each has") {
  const auto steps = [](const std::shared_ptr<Communicator>& by) {
    const Rows part(*by);
    Sequential net = network(0, static_cast<std::uint32_t>(by->rank()));
    Trainer trainer(net, Adam{}, by);
    Rng rng(5);
    Run run;
    for (int step = 0; step < 20; ++step)
      run.losses.push_back(trainer.step(
          rng,
          [&](Tape& tape, const Context& context) {
            return sparse_categorical_crossentropy(tape.borrow(part.y), net(tape.borrow(part.x), context));
          },
          part.y.size()));
    run.weights = net.get_weights();
    return run;
  };
  const Run together = steps(all_ranks()), one = steps(alone());
  for (std::size_t k = 0; k < together.losses.size(); ++k)
    CHECK(together.losses[k] == doctest::Approx(one.losses[k]).epsilon(either(1e-4, 1e-10)));
  for (std::size_t k = 0; k < one.weights.size(); ++k)
    check_close(together.weights[k], one.weights[k], either(1e-4, 1e-10));
}
