#include <xgrad/nn/initializers.hpp>

#include <algorithm>
#include <cmath>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

struct Fans {
  double in, out;
};

Fans fans(const Shape& shape) {
  if (shape.size() < 2) return {static_cast<double>(element_count(shape)), static_cast<double>(element_count(shape))};
  const double out = static_cast<double>(shape.back());
  return {out == 0 ? 0 : static_cast<double>(element_count(shape)) / out, out};
}

// The deviation that a normal distribution keeps when its tails beyond 2 are cut off.
constexpr double truncated_deviation = 0.87962566103423978;

}  // namespace

Tensor glorot_uniform(const Shape& shape, Rng& rng) {
  const auto [in, out] = fans(shape);
  const double limit = std::sqrt(6 / std::max(1.0, in + out));
  return random_uniform(rng, shape, -limit, limit);
}

Tensor he_normal(const Shape& shape, Rng& rng) {
  return random_truncated_normal(rng, shape, 0, std::sqrt(2 / std::max(1.0, fans(shape).in)) / truncated_deviation);
}

Tensor zeros(const Shape& shape, Rng&) { return zeros(shape); }

}  // namespace xgrad::inline XGRAD_PRECISION
