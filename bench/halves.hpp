#pragma once

#include <cblas.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <thread>

#ifdef BENCH_ONEDNN
#include <dnnl.h>
#include <omp.h>
constexpr bool wants_zeros = false;
#else
constexpr bool wants_zeros = true;  // sgemm adds to zeros more quickly than it overwrites (beta = 0)
#endif

extern "C" void flush_denormals();

/// c = a b + beta c, by OpenBLAS or by oneDNN.
inline void sgemm(CBLAS_TRANSPOSE transpose_a, CBLAS_TRANSPOSE transpose_b, std::size_t m, std::size_t n, std::size_t k,
                  const float* a, std::size_t a_stride, const float* b, std::size_t b_stride, float beta, float* c,
                  std::size_t c_stride) {
#ifdef BENCH_ONEDNN
  omp_set_num_threads(1);  // of this thread's calls: else oneDNN starts some of its own
  const auto letter = [](CBLAS_TRANSPOSE transpose) { return transpose == CblasTrans ? 'T' : 'N'; };
  if (dnnl_sgemm(letter(transpose_a), letter(transpose_b), m, n, k, 1, a, a_stride, b, b_stride, beta, c, c_stride) !=
      dnnl_success)
    std::abort();
#else
  cblas_sgemm(CblasRowMajor, transpose_a, transpose_b, m, n, k, 1, a, a_stride, b, b_stride, beta, c, c_stride);
#endif
}

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

  /// c = a b, and the bias if there is one; a is (m, k) or its transpose, b (k, n) or its transpose, c (m, n). Each
  /// thread has half of the rows, or of the columns if they are many more: then it reads its half of the larger one, b.
  void product(CBLAS_TRANSPOSE transpose_a, CBLAS_TRANSPOSE transpose_b, std::size_t m, std::size_t n, std::size_t k,
               const float* a, std::size_t a_stride, const float* b, std::size_t b_stride, const float* bias, float* c,
               std::size_t c_stride) {
    const bool by_columns = n > 4 * m;
    share(by_columns ? n : m, m * n * k >= 1 << 20, [&](std::size_t first, std::size_t last) {
      const std::size_t row = by_columns ? 0 : first, rows = by_columns ? m : last - first;
      const std::size_t column = by_columns ? first : 0, columns = by_columns ? last - first : n;
      float* const to = c + row * c_stride + column;
      for (std::size_t i = 0; i < rows; ++i)
        if (bias != nullptr)
          std::memcpy(to + i * c_stride, bias + column, columns * sizeof(float));
        else if (wants_zeros)
          std::memset(to + i * c_stride, 0, columns * sizeof(float));
      sgemm(transpose_a, transpose_b, rows, columns, k, a + row * (transpose_a == CblasTrans ? 1 : a_stride), a_stride,
            b + column * (transpose_b == CblasTrans ? b_stride : 1), b_stride, bias != nullptr || wants_zeros, to,
            c_stride);
    });
  }

 private:
  void wait_for_work() {
    flush_denormals();
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
