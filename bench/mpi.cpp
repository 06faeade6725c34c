// How long a step of several processes takes: 784-512-512-10 by RMSprop, batches of 256, made-up digits.
//   mpirun -n 2 bench_mpi [BUCKET_KB [WORKERS [STEPS]]]
// prints on rank 0 the milliseconds of a step, the median of 7 rounds. A bucket of 0 KB is one for all gradients, which
// are then sent after the sweep. Without mpirun it is one process, of so many workers.

#include <algorithm>
#include <chrono>
#include <iostream>
#include <xgrad/mpi/mpi.hpp>
#include <xgrad/xgrad.hpp>

using namespace xgrad;

int main(int argc, char** argv) {
  const auto number = [&](int k, std::size_t usual) { return argc > k ? std::stoul(argv[k]) : usual; };
  const std::size_t kilobytes = number(1, 1024), workers = number(2, 1), steps = number(3, 100), batch = 256;
  const auto ranks = mpi::world({.bucket_bytes = kilobytes > 0 ? kilobytes * 1024 : std::size_t{1} << 40});
  const std::size_t n = steps * batch;
  const auto [first, last] = Shards::divide(n, ranks->rank(), ranks->size());
  Rng rng(1);
  const Tensor x = random_uniform(rng, {last - first, 784}, 0, 1);
  Tensor y = zeros(Shape{last - first});
  for (Real& label : y) label = static_cast<Real>(rng.integer(9));
  Sequential model{Input{{784}}, Dense(512, relu), Dense(512, relu), Dense(10, softmax)};
  model.compile("rmsprop", "sparse_categorical_crossentropy");
  std::vector<double> times;
  auto begun = std::chrono::steady_clock::now();
  const auto begin = [&](Model&, std::size_t) { begun = std::chrono::steady_clock::now(); };
  const auto end = [&](Model&, std::size_t epoch, Logs&) {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begun;
    if (epoch > 0) times.push_back(passed.count() * 1e3 / static_cast<double>(steps));
  };
  FitOptions options{.batch_size = batch,
                     .epochs = 8,
                     .verbose = silent,
                     .callbacks = {LambdaCallback{.on_epoch_begin = begin, .on_epoch_end = end}},
                     .workers = workers};
  if (ranks->size() > 1) options.communicator = ranks;
  model.fit(x, y, options);
  if (ranks->rank() > 0) return 0;
  std::sort(times.begin(), times.end());
  std::cout << times[times.size() / 2] << std::endl;
}
