#include <xgrad/core/threads.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>

#include <xgrad/core/kernels/denormals.hpp>
#include <xgrad/core/kernels/elementwise.hpp>
#include <xgrad/core/kernels/math.hpp>
#include <xgrad/core/kernels/product.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/optim/adam.hpp>

#include "support.hpp"

// What set_num_threads() divides. Built with -fsanitize=thread, this file shows that the parts do not race.

using namespace xgrad;

namespace {

struct Threads {
  explicit Threads(int n) { set_num_threads(n); }
  ~Threads() { set_num_threads(1); }
};

// All three products, with a bias, of matrices that are large enough to be divided: by their rows, or by their columns.
std::vector<Tensor> products(std::size_t m = 131, std::size_t n = 97) {
  Rng rng(1);
  const std::size_t k = 103;
  const Tensor a = random_normal(rng, {m, k}, 0, 1), b = random_normal(rng, {k, n}, 0, 1),
               bias = random_normal(rng, {n}, 0, 1);
  const Tensor at = random_normal(rng, {k, m}, 0, 1), bt = random_normal(rng, {n, k}, 0, 1);
  std::vector<Tensor> c(3, Tensor(Shape{m, n}));
  gemm(Product::nn, a, b, c[0], &bias);
  gemm(Product::nt, a, bt, c[1], &bias);
  gemm(Product::tn, at, b, c[2], &bias);
  return c;
}

}  // namespace

TEST_CASE("there is one thread, unless more are asked for") {
  CHECK(num_threads() == 1);
  set_num_threads(2);
  CHECK(num_threads() == 2);
  set_num_threads(1);
  CHECK(num_threads() == 1);
  CHECK(thrown_by<ValueError>([] { set_num_threads(0); }) == "set_num_threads: 0 threads; it takes 1 or more");
}

TEST_CASE("each part is done once, by a thread of its own, and what one throws is thrown") {
  const Threads three(3);
  std::thread::id ids[3];
  std::atomic<int> done = 0;
  in_threads([&](std::size_t part, std::size_t parts) {
    CHECK(parts == 3);
    ids[part] = std::this_thread::get_id();
    ++done;
  });
  CHECK(done == 3);
  CHECK(std::set<std::thread::id>(ids, ids + 3).size() == 3);
  CHECK(ids[0] == std::this_thread::get_id());

  const auto fail = [](std::size_t part, std::size_t) {
    if (part > 0) throw std::runtime_error("part " + std::to_string(part));
  };
  CHECK(thrown_by<std::runtime_error>([&] { in_threads(fail); }) == "part 1");
  done = 0;
  in_threads([&](std::size_t, std::size_t) { ++done; });
  CHECK(done == 3);
}

TEST_CASE("within a part, and beside another thread's, the caller does all parts itself") {
  const Threads two(2);
  std::atomic<int> done = 0;
  in_threads([&](std::size_t, std::size_t) {
    const std::thread::id caller = std::this_thread::get_id();
    in_threads([&](std::size_t, std::size_t parts) {
      CHECK(parts == 2);
      CHECK(std::this_thread::get_id() == caller);
      ++done;
    });
  });
  CHECK(done == 4);
  const std::vector<Tensor> alone = products();
  std::vector<Tensor> beside[2];
  std::thread other([&] { beside[1] = products(); });
  beside[0] = products();
  other.join();
  for (const auto& c : beside) CHECK(c == alone);
}

TEST_CASE("products are the same for any number of threads, to rounding, and the same bits for a given one") {
  const auto both = [] {
    std::vector<Tensor> all = products(), more_columns = products(30, 397);
    all.insert(all.end(), more_columns.begin(), more_columns.end());
    return all;
  };
  const std::vector<Tensor> one = both();
  for (const int n : {2, 3, 20}) {  // 20: some have nothing to do
    CAPTURE(n);
    const Threads threads(n);
    const std::vector<Tensor> shared = both();
    for (std::size_t k = 0; k < one.size(); ++k) check_close(shared[k], one[k], either(1e-4, 1e-12));
    CHECK(both() == shared);
  }
}

TEST_CASE("elementwise loops give the same bits for any number of threads, whether denormals are flushed or not") {
  Rng rng(3);
  const Shape shape{70'001};
  const Tensor x = random_uniform(rng, shape, -1, 1);
  const auto results = [&](int threads, bool flushed) {
    const Threads set(threads);
    std::optional<FlushDenormals> flush;
    if (flushed) flush.emplace();
    std::vector<Tensor> y(2, Tensor(shape));
    exponential(y[0], x);
    map(y[1], x, y[0], [](Real a, Real b) { return a * b * std::numeric_limits<Real>::min(); });
    return y;
  };
  for (const bool flushed : {false, true}) {
    const std::vector<Tensor> one = results(1, flushed);
    const auto is_denormal = [](Real a) { return std::fpclassify(a) == FP_SUBNORMAL; };
    CHECK(std::any_of(one[1].begin(), one[1].end(), is_denormal) != flushed);
    for (const int threads : {2, 3}) CHECK(results(threads, flushed) == one);
  }
}

TEST_CASE("a step for many weights has the same bits for any number of threads") {
  const auto stepped = [](int threads) {
    const Threads set(threads);
    Rng rng(2);
    Parameter w("w", random_normal(rng, {300, 301}, 0, 1));
    Optimizer optimizer = Adam{};
    for (int step = 0; step < 3; ++step) {
      w.gradient = random_normal(rng, {300, 301}, 0, 1);
      w.fresh = true;
      optimizer.step(std::vector<Parameter*>{&w});
    }
    return w.value();
  };
  const Tensor one = stepped(1);
  CHECK(stepped(2) == one);
  CHECK(stepped(3) == one);
}

TEST_CASE("a forked process computes the same bits, and may have threads of its own") {
  const Threads two(2);
  const std::vector<Tensor> before = products();
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);  // should it wait for threads that are not there
    const bool alone = products() == before;
#ifndef __SANITIZE_THREAD__  // which ends a forked process that starts threads
    set_num_threads(2);
#endif
    _exit(alone && products() == before ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK(num_threads() == 2);
}

TEST_CASE("the second work is shared by the threads as the first was") {
  const Threads two(2);
  for (int work = 0; work < 2; ++work) {
    std::array<std::thread::id, 2> by;
    in_threads([&](std::size_t part, std::size_t) { by[part] = std::this_thread::get_id(); });
    CHECK(by[0] != by[1]);
  }
}
