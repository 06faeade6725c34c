// What a core does in registers alone: the measure for products in micro.cpp. Compiled for the processor at hand.

#include <algorithm>
#include <ctime>

double multiply_add_gflops() {
#if defined(__AVX512F__)
  constexpr int bytes = 64;
#elif defined(__AVX__)
  constexpr int bytes = 32;
#else
  constexpr int bytes = 16;
#endif
  using Lanes [[gnu::vector_size(bytes)]] = float;
  constexpr int sums = 12, times = 10'000'000;  // enough sums that none waits for itself, and few enough for registers
  double best = 1e9;
  for (int repetition = 0; repetition < 10; ++repetition) {
    const std::clock_t begin = std::clock();
    Lanes s[sums] = {}, x = Lanes{} + 0.5f;
    asm volatile("" : "+m"(x));
    for (int k = 0; k < times; ++k)
#pragma GCC unroll 12
      for (Lanes& sum : s) sum = sum * x + x;
    for (Lanes& sum : s) asm volatile("" : "+m"(sum));
    best = std::min(best, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  return 2e-9 * sums * times * (bytes / sizeof(float)) / best;
}
