#include <xgrad/core/kernels/detail/blas.hpp>

#ifdef XGRAD_NO_BLAS

namespace xgrad::inline XGRAD_PRECISION {

void blas_gemm(Product, const Real*, std::size_t, const Real*, std::size_t, Real*, std::size_t, std::size_t,
               std::size_t, std::size_t) {}

}  // namespace xgrad::inline XGRAD_PRECISION

#else

#include <pthread.h>

#include <mutex>

// xtensor-blas calls BLAS only if this is set before its headers; without it gemm would be its own slow loop.
#ifndef HAVE_CBLAS
#define HAVE_CBLAS 1
#endif
#include <xtensor-blas/xblas.hpp>

// They are there if the process has an OpenBLAS; any other BLAS will do.
extern "C" {
[[gnu::weak]] int openblas_get_num_threads();
[[gnu::weak]] void openblas_set_num_threads(int threads);
}

namespace xgrad::inline XGRAD_PRECISION {

namespace {

std::mutex mutex;  // of the next two
int users = 0;     // how many OneThreads there are
int before = 0;    // the threads that OpenBLAS had without them; 0: not known

// OpenBLAS has a number of threads for the whole process, by default one for every core. While one of these lives it is
// 1, for threads of our own call OpenBLAS side by side. Then it is what it was, or what another has set meanwhile.
class OneThread {
 public:
  OneThread() {
    if (openblas_set_num_threads == nullptr || openblas_get_num_threads == nullptr) return;
    const std::lock_guard lock(mutex);
    if (users++ > 0) return;
    if (before == 0) before = openblas_get_num_threads();
    if (before != 1) openblas_set_num_threads(1);
  }
  ~OneThread() {
    if (openblas_set_num_threads == nullptr || openblas_get_num_threads == nullptr) return;
    const std::lock_guard lock(mutex);
    if (--users > 0) return;
    if (before != 1 && openblas_get_num_threads() == 1) openblas_set_num_threads(before);
    before = 0;
  }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;
};

// A forked process has none of the threads that were computing. The next product gives back what they would have.
[[maybe_unused]] const int forgotten = pthread_atfork([] { mutex.lock(); }, [] { mutex.unlock(); },
                                                      [] {
                                                        users = 0;
                                                        mutex.unlock();
                                                      });

}  // namespace

void blas_gemm(Product product, const Real* a, std::size_t step_a, const Real* b, std::size_t step_b, Real* c,
               std::size_t step_c, std::size_t m, std::size_t n, std::size_t k) {
  const OneThread one;
  const auto length = [](std::size_t x) { return static_cast<xt::blas_index_t>(x); };
  cxxblas::gemm<xt::blas_index_t>(cxxblas::RowMajor, product == Product::tn ? cxxblas::Trans : cxxblas::NoTrans,
                                  product == Product::nt ? cxxblas::Trans : cxxblas::NoTrans, length(m), length(n),
                                  length(k), Real{1}, a, length(step_a), b, length(step_b), Real{1}, c, length(step_c));
}

}  // namespace xgrad::inline XGRAD_PRECISION

#endif
