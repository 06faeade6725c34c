#pragma once

// How the first value of a weight is drawn, with Keras's options and defaults. For a kernel (in, out), fan_in = in and
// fan_out = out; axes before these two multiply both.

#include <concepts>
#include <span>
#include <string_view>
#include <utility>

#include <xgrad/core/named.hpp>
#include <xgrad/core/random.hpp>

namespace xgrad::inline XGRAD_PRECISION {

struct Zeros {
  Tensor operator()(const Shape& shape, Rng&) const { return zeros(shape); }
};

struct Ones {
  Tensor operator()(const Shape& shape, Rng&) const { return ones(shape); }
};

struct Constant {
  double value = 0;
  void check() const;
  Tensor operator()(const Shape& shape, Rng&) const { return filled(shape, static_cast<Real>(value)); }
};

struct RandomNormal {
  double mean = 0, stddev = 0.05;
  void check() const;
  Tensor operator()(const Shape& shape, Rng& rng) const { return random_normal(rng, shape, mean, stddev); }
};

/// Uniform on [minval, maxval).
struct RandomUniform {
  double minval = -0.05, maxval = 0.05;
  void check() const;
  Tensor operator()(const Shape& shape, Rng& rng) const { return random_uniform(rng, shape, minval, maxval); }
};

/// Normal, drawn again beyond two deviations from the mean; stddev is that before the tails are cut.
struct TruncatedNormal {
  double mean = 0, stddev = 0.05;
  void check() const;
  Tensor operator()(const Shape& shape, Rng& rng) const { return random_truncated_normal(rng, shape, mean, stddev); }
};

/// Uniform on [-L, L) with L = sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010; Keras's default for kernels).
struct GlorotUniform {
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// Truncated normal, as are the next ones, whose variance is 2 / (fan_in + fan_out) after the tails are cut.
struct GlorotNormal {
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// Variance 2 / fan_in (He et al. 2015), for relu.
struct HeNormal {
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// L = sqrt(6 / fan_in).
struct HeUniform {
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// Variance 1 / fan_in (LeCun et al. 1998), for selu.
struct LecunNormal {
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// L = sqrt(3 / fan_in).
struct LecunUniform {
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// gain times a random matrix with orthonormal columns, or rows if they are fewer (Saxe et al. 2014). Throws ShapeError
/// for less than two axes; more are seen as the matrix (all but the last, last), as in Keras.
struct Orthogonal {
  double gain = 1;
  void check() const;
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

// The same as functions: glorot_uniform({in, out}, rng).
inline constexpr GlorotUniform glorot_uniform{};
inline constexpr GlorotNormal glorot_normal{};
inline constexpr HeNormal he_normal{};
inline constexpr HeUniform he_uniform{};
inline constexpr LecunNormal lecun_normal{};
inline constexpr LecunUniform lecun_uniform{};
inline constexpr Orthogonal orthogonal{};
inline Tensor zeros(const Shape& shape, Rng&) { return zeros(shape); }
inline Tensor ones(const Shape& shape, Rng&) { return ones(shape); }

/// Any of these, given by itself (HeNormal{}, he_normal), with options (RandomNormal{.stddev = 0.01}) or by Keras's
/// name ("he_normal"); or any callable Tensor(const Shape&, Rng&).
class Initializer {
 public:
  /// Throws ValueError, with the names that there are, for a name that is not one of them.
  Initializer(std::string_view name);
  Initializer(const char* name) : Initializer(std::string_view(name)) {}

  Initializer(Tensor (*function)(const Shape&, Rng&)) : draw_(function) {}

  /// Throws ValueError for options out of range.
  template <std::invocable<const Shape&, Rng&> F>
  requires(!std::same_as<F, Initializer>) Initializer(F initializer);

  /// Throws ShapeError if a callable of the user's gives a tensor of another shape.
  Tensor operator()(const Shape& shape, Rng& rng) const;

 private:
  Callable<Tensor(const Shape&, Rng&)> draw_;
};

// Not in the class: there it would be inline, and every program would compile it for the defaults of layers.
template <std::invocable<const Shape&, Rng&> F>
requires(!std::same_as<F, Initializer>) Initializer::Initializer(F initializer) : draw_(std::move(initializer)) {}

/// The initializers of the library by name, with their defaults.
std::span<const std::pair<std::string_view, Initializer (*)()>> initializers();

extern template Initializer::Initializer(GlorotUniform);

}  // namespace xgrad::inline XGRAD_PRECISION
