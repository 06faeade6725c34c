#pragma once

#include <cstdint>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// While it lives, this thread's arithmetic takes denormal numbers, those too small for full precision, as zero, and
/// gives zero instead of them. Afterwards the thread computes as before. The moments of Adam and RMSprop decay into
/// that range, where a processor is many times slower: 784-128-10 trained at half its speed after some epochs. Does
/// nothing on processors that it does not know.
class FlushDenormals {
 public:
  FlushDenormals() : before_(mode()) { set_mode(before_ | flush); }
  ~FlushDenormals() { set_mode(before_); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

#if defined(__SSE__)
  static constexpr std::uint64_t flush = 0x8040;  // flush-to-zero and denormals-are-zero
  // _mm_getcsr() and _mm_setcsr() without the 2,700 lines of <xmmintrin.h>
  /// How this thread's arithmetic works.
  static std::uint64_t mode() { return __builtin_ia32_stmxcsr(); }
  /// Makes this thread's arithmetic work as mode() said, here or on another thread.
  static void set_mode(std::uint64_t mode) { __builtin_ia32_ldmxcsr(static_cast<unsigned>(mode)); }
#elif defined(__aarch64__)
  static constexpr std::uint64_t flush = 1u << 24;
  static std::uint64_t mode() {
    std::uint64_t mode;
    asm volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
  }
  static void set_mode(std::uint64_t mode) { asm volatile("msr fpcr, %0" : : "r"(mode)); }
#else
  static constexpr std::uint64_t flush = 0;
  static std::uint64_t mode() { return 0; }
  static void set_mode(std::uint64_t) {}
#endif

 private:
  std::uint64_t before_;
};

}  // namespace xgrad::inline XGRAD_PRECISION
