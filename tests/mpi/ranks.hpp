#pragma once

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

inline std::shared_ptr<Communicator> all_ranks() { return mpi::world({.timeout = 20, .bucket_bytes = 2000}); }
inline std::shared_ptr<Communicator> alone() {
  all_ranks();
  static const auto self = mpi::communicator(MPI_COMM_SELF);
  return self;
}
inline std::size_t rank() { return all_ranks()->rank(); }
inline std::size_t ranks() { return all_ranks()->size(); }

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

inline Sequential network(double dropout = 0, std::uint32_t seed = 4) {
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

inline Run train(const std::shared_ptr<Communicator>& by, FitOptions options = {}, double dropout = 0) {
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

inline void check_same(const Run& a, const Run& b) {
  REQUIRE(a.history.epoch.size() == b.history.epoch.size());
  for (std::size_t k = 0; k < a.history.logs.size(); ++k)
    for (const auto& [name, number] : b.history.logs[k]) {
      CAPTURE(name);
      CHECK(a.history.logs[k].at(name) == doctest::Approx(number).epsilon(either(1e-4, 1e-10)));
    }
  for (std::size_t k = 0; k < a.weights.size(); ++k) check_close(a.weights[k], b.weights[k], either(1e-4, 1e-10));
}
