#pragma once

// How the first value of a weight is drawn, with Keras's options and defaults. For a kernel (in, out), fan_in = in and
// fan_out = out. Axes before these two multiply both. A bias (n,) has n for both.

#include <concepts>
#include <span>
#include <string_view>
#include <utility>

#include <xgrad/core/named.hpp>
#include <xgrad/core/random.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A tensor of zeros.
struct Zeros {
  Tensor operator()(const Shape& shape, Rng&) const { return zeros(shape); }
};

/// A tensor of ones.
struct Ones {
  Tensor operator()(const Shape& shape, Rng&) const { return ones(shape); }
};

/// A tensor with one value, which is finite, everywhere.
struct Constant {
  double value = 0;
  void check() const;  ///< throws ValueError for options out of range
  Tensor operator()(const Shape& shape, Rng&) const { return filled(shape, static_cast<Real>(value)); }
};

/// Normal with this mean and standard deviation.
struct RandomNormal {
  double mean = 0, stddev = 0.05;
  void check() const;  ///< throws ValueError for options out of range
  Tensor operator()(const Shape& shape, Rng& rng) const { return random_normal(rng, shape, mean, stddev); }
};

/// Uniform on [minval, maxval), minval <= maxval.
struct RandomUniform {
  double minval = -0.05, maxval = 0.05;
  void check() const;  ///< throws ValueError for options out of range
  Tensor operator()(const Shape& shape, Rng& rng) const { return random_uniform(rng, shape, minval, maxval); }
};

/// Normal, but drawn again if more than two standard deviations from the mean. stddev is the standard deviation of the
/// distribution before its tails are cut.
struct TruncatedNormal {
  double mean = 0, stddev = 0.05;
  void check() const;  ///< throws ValueError for options out of range
  Tensor operator()(const Shape& shape, Rng& rng) const { return random_truncated_normal(rng, shape, mean, stddev); }
};

/// Uniform on [-L, L) with L = sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010; Keras's default for kernels).
struct GlorotUniform {
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// Truncated normal, of variance 2 / (fan_in + fan_out) after the tails are cut (Glorot & Bengio 2010).
struct GlorotNormal {
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// Truncated normal, of variance 2 / fan_in after the tails are cut, for relu (He et al. 2015).
struct HeNormal {
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// Uniform on [-L, L) with L = sqrt(6 / fan_in), for relu (He et al. 2015).
struct HeUniform {
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// Truncated normal, of variance 1 / fan_in after the tails are cut, for selu (LeCun et al. 1998).
struct LecunNormal {
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// Uniform on [-L, L) with L = sqrt(3 / fan_in), for selu (LeCun et al. 1998).
struct LecunUniform {
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// gain times a random matrix with orthonormal columns, or orthonormal rows if there are fewer rows (Saxe et al. 2014).
/// A shape (a, b, c) is the matrix (a b, c), as in Keras. Throws ShapeError for less than two axes.
struct Orthogonal {
  double gain = 1;
  void check() const;  ///< throws ValueError for options out of range
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

// The initializers with their default options, to be called as functions: glorot_uniform({in, out}, rng).
inline constexpr GlorotUniform glorot_uniform{};
inline constexpr GlorotNormal glorot_normal{};
inline constexpr HeNormal he_normal{};
inline constexpr HeUniform he_uniform{};
inline constexpr LecunNormal lecun_normal{};
inline constexpr LecunUniform lecun_uniform{};
inline constexpr Orthogonal orthogonal{};
inline Tensor zeros(const Shape& shape, Rng&) { return zeros(shape); }
inline Tensor ones(const Shape& shape, Rng&) { return ones(shape); }

/// How a weight is drawn: an initializer by itself (HeNormal{}, he_normal), with options (RandomNormal{.stddev =
/// 0.01}), by Keras's name ("he_normal"), or any callable Tensor(const Shape&, Rng&).
class Initializer {
 public:
  /// The initializer of a name in any of Keras's spellings, with its defaults. Throws ValueError, which lists the
  /// names, for another.
  Initializer(std::string_view name);
  Initializer(const char* name) : Initializer(std::string_view(name)) {}

  /// A function such as zeros, or one of the user's own.
  Initializer(Tensor (*function)(const Shape&, Rng&)) : draw_(function) {}

  /// An initializer with its options, or a callable of the user's. Throws ValueError for options out of range.
  template <std::invocable<const Shape&, Rng&> F>
  requires(!std::same_as<F, Initializer>) Initializer(F initializer);

  /// Draws a tensor of this shape. Throws ShapeError if a callable of the user's gives one of another shape.
  Tensor operator()(const Shape& shape, Rng& rng) const;

 private:
  Callable<Tensor(const Shape&, Rng&)> draw_;
};

// Not in the class: there it would be inline, and every program would compile it for the defaults of layers.
template <std::invocable<const Shape&, Rng&> F>
requires(!std::same_as<F, Initializer>) Initializer::Initializer(F initializer) : draw_(std::move(initializer)) {}

/// The library's initializers by name. The function beside a name makes that initializer, with its defaults.
std::span<const std::pair<std::string_view, Initializer (*)()>> initializers();

extern template Initializer::Initializer(GlorotUniform);

}  // namespace xgrad::inline XGRAD_PRECISION
