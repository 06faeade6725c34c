#pragma once

// The random numbers of a Python program, for lessons that follow one.

#include <xgrad/core/random.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Draws what NumPy draws after np.random.seed(seed), bit for bit: rand() and randn() in any order.
class NumpyRandom {
 public:
  /// np.random.seed(seed).
  explicit NumpyRandom(std::uint32_t seed) : rng_(seed) {}

  double rand() { return rng_.uniform(); }  ///< uniform on [0, 1): np.random.rand()
  double randn() { return rng_.normal(); }  ///< normal with mean 0 and variance 1: np.random.randn()
  /// Numbers from 0 to 1: np.random.rand(*shape).
  Tensor rand(const Shape& shape) {
    return drawn(shape, [this] { return rand(); });
  }
  /// Normal numbers with mean 0 and variance 1: np.random.randn(*shape).
  Tensor randn(const Shape& shape) {
    return drawn(shape, [this] { return randn(); });
  }

 private:
  template <class Draw>
  static Tensor drawn(const Shape& shape, Draw draw) {
    Tensor x = zeros(shape);
    for (Real& element : x) element = static_cast<Real>(draw());
    return x;
  }

  Rng rng_;
};

}  // namespace xgrad::inline XGRAD_PRECISION
