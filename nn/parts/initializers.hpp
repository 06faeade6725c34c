#pragma once

// How the first value of a weight is drawn, with Keras's options and defaults. For a kernel (in, out), fan_in = in and
// fan_out = out. Axes before these two multiply both. A bias (n,) has n for both.

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <xgrad/core/named.hpp>
#include <xgrad/core/random.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A tensor of zeros.
struct Zeros {
  static constexpr const char* name = "zeros";
  Tensor operator()(const Shape& shape, Rng&) const { return zeros(shape); }
};

/// A tensor of ones.
struct Ones {
  static constexpr const char* name = "ones";
  Tensor operator()(const Shape& shape, Rng&) const { return ones(shape); }
};

/// A tensor with one value, which is finite, everywhere.
struct Constant {
  static constexpr const char* name = "constant";
  double value = 0;
  void check() const;  ///< throws ValueError for options out of range
  Tensor operator()(const Shape& shape, Rng&) const { return filled(shape, static_cast<Real>(value)); }
  void fields(Fields& f) { f("value", value); }
};

/// Normal with this mean and standard deviation.
struct RandomNormal {
  static constexpr const char* name = "random_normal";
  double mean = 0, stddev = 0.05;
  void check() const;  ///< throws ValueError for options out of range
  Tensor operator()(const Shape& shape, Rng& rng) const { return random_normal(rng, shape, mean, stddev); }
  void fields(Fields& f) { f("mean", mean)("stddev", stddev); }
};

/// Uniform on [minval, maxval), minval <= maxval.
struct RandomUniform {
  static constexpr const char* name = "random_uniform";
  double minval = -0.05, maxval = 0.05;
  void check() const;  ///< throws ValueError for options out of range
  Tensor operator()(const Shape& shape, Rng& rng) const { return random_uniform(rng, shape, minval, maxval); }
  void fields(Fields& f) { f("minval", minval)("maxval", maxval); }
};

/// Normal, but drawn again if more than two standard deviations from the mean. stddev is the standard deviation of the
/// distribution before its tails are cut.
struct TruncatedNormal {
  static constexpr const char* name = "truncated_normal";
  double mean = 0, stddev = 0.05;
  void check() const;  ///< throws ValueError for options out of range
  Tensor operator()(const Shape& shape, Rng& rng) const { return random_truncated_normal(rng, shape, mean, stddev); }
  void fields(Fields& f) { f("mean", mean)("stddev", stddev); }
};

/// Of variance scale / n after tails are cut, where n is fan_in, fan_out or their mean, "fan_avg". It is drawn from a
/// "truncated_normal" distribution, which may be called "normal", from an "untruncated_normal" or a "uniform" one. The
/// initializers below are of this kind, by their scales, modes and distributions.
struct VarianceScaling {
  static constexpr const char* name = "variance_scaling";
  double scale = 1;  ///< above 0
  std::string mode = "fan_in", distribution = "truncated_normal";
  void check() const;  ///< throws ValueError for options out of range
  Tensor operator()(const Shape& shape, Rng& rng) const;
  void fields(Fields& f) { f("scale", scale)("mode", mode)("distribution", distribution); }
};

/// Uniform on [-L, L) with L = sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010; Keras's default for kernels).
struct GlorotUniform {
  static constexpr const char* name = "glorot_uniform";
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// Truncated normal, of variance 2 / (fan_in + fan_out) after the tails are cut (Glorot & Bengio 2010).
struct GlorotNormal {
  static constexpr const char* name = "glorot_normal";
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// Truncated normal, of variance 2 / fan_in after the tails are cut, for relu (He et al. 2015).
struct HeNormal {
  static constexpr const char* name = "he_normal";
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// Uniform on [-L, L) with L = sqrt(6 / fan_in), for relu (He et al. 2015).
struct HeUniform {
  static constexpr const char* name = "he_uniform";
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// Truncated normal, of variance 1 / fan_in after the tails are cut, for selu (LeCun et al. 1998).
struct LecunNormal {
  static constexpr const char* name = "lecun_normal";
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// Uniform on [-L, L) with L = sqrt(3 / fan_in), for selu (LeCun et al. 1998).
struct LecunUniform {
  static constexpr const char* name = "lecun_uniform";
  Tensor operator()(const Shape& shape, Rng& rng) const;
};

/// gain times a random matrix with orthonormal columns, or orthonormal rows if there are fewer rows (Saxe et al. 2014).
/// A shape (a, b, c) is the matrix (a b, c), as in Keras. Throws ShapeError for less than two axes.
struct Orthogonal {
  static constexpr const char* name = "orthogonal";
  double gain = 1;
  void check() const;  ///< throws ValueError for options out of range
  Tensor operator()(const Shape& shape, Rng& rng) const;
  void fields(Fields& f) { f("gain", gain); }
};

/// gain times the identity matrix: 0 beside the diagonal, also in a matrix that is not square. It is Keras's Identity,
/// by its other name, for Identity is a layer. Throws ShapeError for other than two axes.
struct IdentityInitializer {
  static constexpr const char* name = "identity";
  double gain = 1;
  void check() const;  ///< throws ValueError for options out of range
  Tensor operator()(const Shape& shape, Rng& rng) const;
  void fields(Fields& f) { f("gain", gain); }
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

  /// A function: zeros, ones, or one of the user's own.
  Initializer(Tensor (*function)(const Shape&, Rng&));

  /// An initializer with its options, or a callable of the user's. Throws ValueError for options out of range.
  template <std::invocable<const Shape&, Rng&> F>
  requires(!std::same_as<F, Initializer>) Initializer(F initializer);

  /// Draws a tensor of this shape. Throws ShapeError if a callable of the user's gives one of another shape.
  Tensor operator()(const Shape& shape, Rng& rng) const;

  /// Shows the name and the options. A function of the user's own has the name "", for which a file that is read
  /// changes nothing: what has been drawn is saved, and the initializer is only asked again for weights of another
  /// shape.
  void fields(Fields& f);

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
