// What is told, and to whom, where a process fails, ends or differs from the others.

#include "mpi/ranks.hpp"

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
