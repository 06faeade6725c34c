// That several processes train as one does.

#include "mpi/ranks.hpp"

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
