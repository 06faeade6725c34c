#pragma once

// The generator of np.random.seed(), bit for bit. It is std::mt19937; rand() and randn() are a few lines around it.

#include <cmath>
#include <cstdint>
#include <random>

/// Draws what NumPy's RandomState draws: NumpyRandom rng(0) stands for np.random.seed(0).
class NumpyRandom {
 public:
  explicit NumpyRandom(std::uint32_t seed) : twister_(seed) {}

  /// Uniform on [0, 1) with 53 random bits: np.random.rand().
  double rand() {
    const double high = static_cast<double>(twister_() >> 5), low = static_cast<double>(twister_() >> 6);
    return (high * 67108864.0 + low) / 9007199254740992.0;
  }

  /// Normal with mean 0 and variance 1, by Marsaglia's polar method: np.random.randn(). It draws two numbers at a time.
  double randn() {
    if (has_spare_) return has_spare_ = false, spare_;
    double u = 0, v = 0, r2 = 0;
    do {
      u = 2 * rand() - 1;
      v = 2 * rand() - 1;
      r2 = u * u + v * v;
    } while (r2 >= 1 || r2 == 0);
    const double factor = std::sqrt(-2 * std::log(r2) / r2);
    has_spare_ = true;
    spare_ = factor * u;
    return factor * v;
  }

 private:
  std::mt19937 twister_;
  bool has_spare_ = false;
  double spare_ = 0;
};
