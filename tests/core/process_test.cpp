#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <thread>

#include <xgrad/core/kernels/product.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/core/threads.hpp>

#include "support.hpp"

// What computing does to the process: nothing.

// there are none if another BLAS is linked, or none
extern "C" {
[[gnu::weak]] int openblas_get_num_threads();
[[gnu::weak]] void openblas_set_num_threads(int threads);
}

using namespace xgrad;

namespace {

// All three products, by all ways to compute them: of few columns, of many, and with a bias.
std::vector<Tensor> products() {
  Rng rng(1);
  std::vector<Tensor> results;
  for (const std::size_t n : {1, 10, 97, 600}) {
    const std::size_t m = 131, k = 520;
    const Tensor a = random_normal(rng, {m, k}, 0, 1), b = random_normal(rng, {k, n}, 0, 1),
                 bias = random_normal(rng, {n}, 0, 1), at = random_normal(rng, {k, m}, 0, 1),
                 bt = random_normal(rng, {n, k}, 0, 1);
    for (int i = 0; i < 3; ++i) results.emplace_back(Shape{m, n});
    gemm(Product::nn, a, b, results.end()[-3], &bias);
    gemm(Product::nt, a, bt, results.end()[-2]);
    gemm(Product::tn, at, b, results.end()[-1]);
  }
  return results;
}

}  // namespace

TEST_CASE("OpenBLAS has as many threads after products as before, whoever computes them") {
  if (openblas_get_num_threads == nullptr || openblas_set_num_threads == nullptr) return;
  const int before = openblas_get_num_threads();
  for (const int threads : {2, 1}) {
    openblas_set_num_threads(threads);
    const std::vector<Tensor> one = products();
    CHECK(openblas_get_num_threads() == threads);
    std::vector<Tensor> beside[2];
    std::thread other([&] { beside[0] = products(); });
    beside[1] = products();
    other.join();
    for (const auto& c : beside) CHECK(c == one);
    CHECK(openblas_get_num_threads() == threads);
    set_num_threads(2);
    products();
    set_num_threads(1);
    CHECK(openblas_get_num_threads() == threads);
  }
  openblas_set_num_threads(before);
}

TEST_CASE("products need a stack of 64 KiB") {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  // 60 KiB more for OpenBLAS's thread-local memory; some systems give no less than they think right
  const std::size_t least = static_cast<std::size_t>(std::max(sysconf(_SC_THREAD_STACK_MIN), 0L));
  REQUIRE(pthread_attr_setstacksize(&attributes, std::max<std::size_t>((64 + 60) << 10, least)) == 0);
  pthread_t thread;
  std::vector<Tensor> results;
  const auto start = [](void* to) -> void* { return *static_cast<std::vector<Tensor>*>(to) = products(), nullptr; };
  REQUIRE(pthread_create(&thread, &attributes, start, &results) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  CHECK(results == products());
}

#ifndef __SANITIZE_THREAD__  // which ends a forked process that starts threads
TEST_CASE("a process ends while another thread computes with threads of the library") {
  for (int times = 0; times < 20; ++times) {
    std::cout.flush();  // or the child prints it, too
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);  // should it wait for ever
      set_num_threads(3);
      std::thread([] {
        for (;;) in_threads([](std::size_t, std::size_t) {});
      }).detach();
      usleep(1000);
      std::exit(0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
    if (status != 0) break;
  }
}
#endif
