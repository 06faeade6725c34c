#pragma once

#include <xmmintrin.h>

#include <atomic>
#include <cstddef>
#include <thread>

/// A second thread, for half of the work; both wait by offering their core to others.
class Halves {
 public:
  explicit Halves(int threads) {
    if (threads > 1) second_ = std::thread([this] { wait_for_work(); });
  }
  ~Halves() {
    if (!second_.joinable()) return;
    call_ = nullptr;
    working_ = true;
    second_.join();
  }

  /// Calls f(first, last) for all of 0 to n - 1, by halves if that pays.
  template <class F>
  void share(std::size_t n, bool pays, F f) {
    if (!pays || !second_.joinable()) return f(0, n);
    const std::size_t half = n / 16 * 8;
    const auto rest = [&] { f(half, n); };
    work_ = &rest;
    call_ = [](const void* work) { (*static_cast<const decltype(rest)*>(work))(); };
    working_ = true;
    f(0, half);
    while (working_) std::this_thread::yield();
  }

 private:
  void wait_for_work() {
    _mm_setcsr(_mm_getcsr() | 0x8040);  // flush denormals to zero
    for (;;) {
      while (!working_) std::this_thread::yield();
      if (call_ == nullptr) return;
      call_(work_);
      working_ = false;
    }
  }

  std::atomic<bool> working_ = false;
  void (*call_)(const void*) = nullptr;
  const void* work_ = nullptr;
  std::thread second_;
};
