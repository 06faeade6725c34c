#pragma once

// Random numbers that are the same on every machine. A generator is passed in by whoever needs one; none is global.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

class Fields;

/// The Mersenne Twister (Matsumoto & Nishimura 1998) with samplers of our own, because std::normal_distribution and its
/// kin differ between standard libraries. Rng(seed) draws what NumPy draws after np.random.seed(seed).
class Rng {
 public:
  /// The generator of this seed. Equal seeds give equal numbers.
  explicit Rng(std::uint32_t seed = 0);
  Rng(const Rng& other);  ///< a copy, which draws the numbers that `other` draws from here on
  Rng& operator=(const Rng& other);
  ~Rng();

  /// 32 random bits.
  std::uint32_t bits();

  /// Uniform on [0, 1) with 53 random bits: np.random.rand().
  double uniform();

  /// Normal with mean 0 and variance 1, by Marsaglia's polar method: np.random.randn().
  double normal();

  /// Normal with mean 0 and variance 1, drawn again while it is beyond two deviations: the variance is then 0.774.
  double truncated_normal();

  /// A uniform integer from 0 to `largest`, both included.
  std::uint32_t integer(std::uint32_t largest);

  /// All that the next draws depend on, as text.
  std::string state() const;

  /// Takes the generator back to where state() gave this text. Throws ValueError for a text that is no such state.
  void set_state(const std::string& text);

  /// Shows the state, so that a generator can be saved with what it draws for.
  void fields(Fields& f);

  /// Puts the numbers into random order (Fisher and Yates): np.random.shuffle().
  void shuffle(std::vector<std::uint32_t>& numbers);

 private:
  struct Twister;  // a std::mt19937, out of sight: <random> is longer than all of our headers

  std::unique_ptr<Twister> twister_;
  double spare_ = 0;  // the polar method yields two numbers at a time
  bool has_spare_ = false;
};

/// A tensor of independent draws, uniform on [low, high), where a float may round up to high.
Tensor random_uniform(Rng& rng, const Shape& shape, double low, double high);

/// A category for each row of probabilities, (..., k) to (...): index i with probability p[i] / sum(p). For one row it
/// draws what np.random.choice(k, p=p) does. Throws ShapeError without categories; ValueError for a row with a negative
/// number, a NaN or infinity, or without a positive one.
Tensor random_categorical(Rng& rng, const Tensor& probabilities);

/// A tensor of independent normal draws with this mean and standard deviation.
Tensor random_normal(Rng& rng, const Shape& shape, double mean, double deviation);

/// A tensor of independent normal draws with this mean and standard deviation, where draws beyond two deviations are
/// drawn again.
Tensor random_truncated_normal(Rng& rng, const Shape& shape, double mean, double deviation);

}  // namespace xgrad::inline XGRAD_PRECISION
