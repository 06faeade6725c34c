#pragma once

// One build for every processor: loops are compiled several times, and which of them run is chosen once, at run time.

#include <atomic>
#include <string_view>

#include <xgrad/core/real.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The level of the processor for which the library's loops run: "x86-64", "x86-64-v3" (AVX2 and FMA) or "x86-64-v4"
/// (AVX-512), the highest that this processor has. The environment variable XGRAD_KERNELS names a lower one, if it is
/// set before the first computation. Results of different levels differ by rounding; one level gives the same bits. A
/// library that was built for one architecture (XGRAD_ARCH) has one level, of that name; so has one for a processor
/// that is not an x86-64. Throws ValueError if XGRAD_KERNELS names none that the library has and the processor can run.
/// So does then every computation.
std::string_view kernels();

namespace detail {

enum class Level { unknown, base, v3, v4 };

extern std::atomic<Level> chosen;  // unknown until the first use
Level choose();

/// The level of kernels(): base if there is only one.
inline Level level() {
  const Level known = chosen.load(std::memory_order_relaxed);
  return known != Level::unknown ? known : choose();
}

// Where a compiler may use AVX everywhere, one level is enough.
#if defined(__x86_64__) && !defined(__AVX__)

// The features are those that levels.cpp looks for. What a loop calls is compiled into it. It is copied there, for its
// copy stays in registers.
template <class Loop>
[[gnu::flatten]] auto at_base(const Loop& loop) {
  return Loop(loop)();
}

template <class Loop>
[[gnu::target("avx2,fma,bmi,bmi2"), gnu::flatten]] auto at_v3(const Loop& loop) {
  return Loop(loop)();
}

template <class Loop>
[[gnu::target("avx2,fma,bmi,bmi2,avx512f,avx512bw,avx512cd,avx512dq,avx512vl"), gnu::flatten]] auto at_v4(
    const Loop& loop) {
  return Loop(loop)();
}

template <class Loop>
[[gnu::always_inline]] inline auto at_level(const Loop& loop) {
  switch (level()) {
    case Level::v4:
      return at_v4(loop);
    case Level::v3:
      return at_v3(loop);
    default:
      return at_base(loop);
  }
}

#else

template <class Loop>
[[gnu::always_inline]] inline auto at_level(const Loop& loop) {
  return Loop(loop)();
}

#endif

}  // namespace detail

/// Runs loop(), compiled for the level of kernels(), and returns what it returns. The loop is a lambda around plain
/// arithmetic; it captures by value, so that nothing it writes can be taken for what it captures.
template <class Loop>
[[gnu::always_inline]] inline auto by_level(const Loop& loop) {
  return detail::at_level(loop);
}

}  // namespace xgrad::inline XGRAD_PRECISION
