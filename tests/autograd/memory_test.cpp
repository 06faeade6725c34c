#include <pthread.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <chrono>

#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>

#include "support.hpp"

// What long recordings, and many of them, take of the stack and the memory.

using namespace xgrad;

namespace {

/// The MiB that this process has allocated and not freed; 0 where the C library does not say. Less than what the system
/// counts as resident, for freed memory need not go back to it.
double allocated() {
#ifdef __GLIBC__
  const auto info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd) / (1 << 20);
#else
  return 0;
#endif
}

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

TEST_CASE("a hundred thousand steps take the memory of ten") {
  Tape tape;
  Parameter w("w", ones({4, 4}));
  double total = 0, before = 0;
  std::size_t lines = 0;
  for (int step = 0; step < 100000; ++step) {
    if (step == 10) before = allocated(), lines = tape.size();
    tape.rewind();
    const Var loss = mean(tanh(matmul(tape.watch(w), tape.watch(w))));
    tape.backward(loss);
    total += loss.item();
  }
  CHECK(total > 0);
  CHECK(tape.size() == lines);
  CHECK(allocated() - before < 1);
}

namespace {

Var minus(Var y, Var) { return -y; }
Var plus(Var y, Var x) { return y + x; }

/// A chain of a million operations y = step(y, x) from y = x = 1, its gradient, and the memory that the tape keeps.
struct LongChain {
  Var (*step)(Var y, Var x);
  static constexpr int length = 1000000;
  double slope = 0, forward_seconds = 0, backward_seconds = 0, before = 0, peak = 0, rewound = 0, shorter[2]{};
  std::string error{};

  void run() try {
    Tape tape;
    before = allocated();
    const double start = seconds();
    const Var x = tape.variable(Tensor{1});
    Var y = x;
    for (int i = 0; i < length; ++i) y = step(y, x);
    const double recorded = seconds();
    slope = gradient(y, {x})[0].item();
    forward_seconds = recorded - start;
    backward_seconds = seconds() - recorded;
    peak = allocated();
    tape.rewind();
    rewound = allocated();
    for (double& after : shorter) {
      square(tape.variable(Tensor{1}));
      tape.rewind();
      after = allocated();
    }
  } catch (const std::exception& e) {
    error = e.what();
  }
};

/// Runs it in a thread of its own, with so little stack.
void run_in_small_stack(LongChain& chain) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  // 60 KiB more, because OpenBLAS has so much thread-local memory, which is taken from the stack; some systems give no
  // less than they think right
  const std::size_t least = static_cast<std::size_t>(std::max(sysconf(_SC_THREAD_STACK_MIN), 0L));
  REQUIRE(pthread_attr_setstacksize(&attributes, std::max<std::size_t>((64 + 60) << 10, least)) == 0);
  pthread_t thread;
  const auto start = [](void* chain) -> void* { return static_cast<LongChain*>(chain)->run(), nullptr; };
  REQUIRE(pthread_create(&thread, &attributes, start, &chain) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  CHECK(chain.error == "");
}

}  // namespace

TEST_CASE("a chain of a million operations needs a stack of 64 KiB, and frees its memory") {
  LongChain chain{minus};
  run_in_small_stack(chain);
  CHECK(chain.slope == 1);
  CHECK(chain.rewound <= chain.peak / 5);  // the tensors are gone
  MESSAGE("a million operations: forward "
          << chain.forward_seconds << " s, backward " << chain.backward_seconds << " s; MiB allocated before "
          << chain.before << ", at the end " << chain.peak << ", after rewind " << chain.rewound
          << ", after a short recording " << chain.shorter[0] << ", and another " << chain.shorter[1]);
}

TEST_CASE("a Var that a million operations read needs no more stack") {
  LongChain chain{plus};
  run_in_small_stack(chain);
  CHECK(chain.slope == 1000001);
}
