// The time of a step of several ranks, and what it is made of, for cluster_model.py:
//   mpirun -n 2 bench_ranks S:32 K:256 ...     networks of common.hpp with the batch of all ranks
// Writes, from rank 0, the slowest rank's medians in seconds, as lines of words:
//   real BYTES                                 of a number
//   sum RANKS BYTES SECONDS                    a sum of so many bytes over the ranks
//   step RANKS NETWORK BATCH PARAMETERS ALONE OVERLAPPED AT_ONCE
// ALONE: the step on a rank's share of the batch, by all ranks at the same time, without a word between them;
// OVERLAPPED: the step of all ranks together; AT_ONCE: where all gradients are in one bucket, sent after the sweep.

#include <iostream>
#include <memory>

#include <xgrad/data/part.hpp>
#include <xgrad/mpi/mpi.hpp>
#include <xgrad/xgrad.hpp>

#include "common.hpp"

namespace {

using namespace xgrad;

constexpr int rounds = 5;

double seconds() { return static_cast<double>(bench::now_ns()) * 1e-9; }

double median(std::vector<double> x) {
  std::nth_element(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2), x.end());
  return x[x.size() / 2];
}

double slowest(double mine) {
  double all = 0;
  MPI_Allreduce(&mine, &all, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return all;
}

Optimizer optimizer(bench::Rule rule) {
  if (rule == bench::Rule::momentum) return SGD{.momentum = Real(0.9)};
  if (rule == bench::Rule::rmsprop) return RMSprop{};
  return Adam{};
}

// A network that learns from random images, with others or alone.
class Training {
 public:
  Training(const bench::Workload& work, std::size_t batch, std::shared_ptr<Communicator> ranks) {
    const std::size_t size = ranks ? ranks->size() : 1, rank = ranks ? ranks->rank() : 0, all = 16 * batch;
    const auto [first, last] = Part{.index = rank, .count = size}.of(all);
    Rng rng(1);
    x_ = random_uniform(rng, {last - first, 784}, 0, 1);
    y_ = zeros({last - first});
    for (std::size_t i = 0; i < y_.size(); ++i) y_.data()[i] = static_cast<Real>(i % 10);
    for (std::size_t k = 0; k < work.layers.size(); ++k)
      model_.add(k + 1 == work.layers.size() ? Dense(work.layers[k], softmax) : Dense(work.layers[k], relu));
    model_.seed(1);
    model_.build({784});
    model_.compile(optimizer(work.rule), "sparse_categorical_crossentropy");
    FitOptions options{.batch_size = batch, .epochs = 1'000'000, .verbose = silent};
    options.communicator = std::move(ranks);
    fit_ = std::make_unique<Fit>(model_, Samples(x_, y_), options);
  }

  double step() {
    const double start = seconds();
    fit_->next();
    return seconds() - start;
  }

  std::size_t parameters() {
    std::size_t n = 0;
    each_parameter(model_, [&](const std::string&, Parameter& p) { n += p.value().size(); });
    return n;
  }

 private:
  Tensor x_, y_;
  Sequential model_;
  std::unique_ptr<Fit> fit_;
};

void measure_sums(Communicator& ranks) {
  for (std::size_t bytes = 64; bytes <= (std::size_t{4} << 20); bytes *= 4) {
    std::vector<Real> numbers(bytes / sizeof(Real), Real(0));
    std::vector<double> times;
    const std::size_t n = bytes < 100'000 ? 100 : 15;
    for (std::size_t k = 0; k < n; ++k) {
      MPI_Barrier(MPI_COMM_WORLD);
      const double start = seconds();
      ranks.begin_sum(numbers);
      ranks.finish();
      times.push_back(seconds() - start);
    }
    const double time = slowest(median(times));
    if (ranks.rank() == 0) std::cout << text("sum ", ranks.size(), ' ', bytes, ' ', time, '\n') << std::flush;
  }
}

void measure_step(const std::string& name, std::size_t batch, const std::shared_ptr<Communicator>& ranks) {
  const bench::Workload work = bench::workload(name);
  const std::size_t usual = ranks->bucket_bytes;
  Training alone(work, std::max<std::size_t>(batch / ranks->size(), 1), nullptr), overlapped(work, batch, ranks);
  overlapped.step();  // lays the buckets out
  ranks->bucket_bytes = std::size_t{1} << 40;
  Training at_once(work, batch, ranks);
  at_once.step();
  ranks->bucket_bytes = usual;
  const double once = slowest(alone.step());
  const int steps = std::clamp(static_cast<int>(0.05 / (once + 1e-5)), 3, 100);
  std::vector<double> times[3];
  for (int round = 0; round < rounds; ++round) {
    Training* const all[] = {&alone, &overlapped, &at_once};
    for (std::size_t k = 0; k < 3; ++k) {
      MPI_Barrier(MPI_COMM_WORLD);
      std::vector<double> of_round;
      for (int step = 0; step < steps; ++step) of_round.push_back(all[k]->step());
      times[k].push_back(slowest(median(of_round)));
    }
  }
  const std::size_t parameters = alone.parameters();
  if (ranks->rank() == 0)
    std::cout << text("step ", ranks->size(), ' ', name, ' ', batch, ' ', parameters, ' ', median(times[0]), ' ',
                      median(times[1]), ' ', median(times[2]), '\n')
              << std::flush;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto ranks = mpi::world();
    if (ranks->rank() == 0) std::cout << text("real ", sizeof(Real), '\n');
    measure_sums(*ranks);
    for (int k = 1; k < argc; ++k) {
      const std::string what = argv[k];
      measure_step(what.substr(0, 1), static_cast<std::size_t>(std::atoll(what.substr(2).c_str())), ranks);
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
