#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include <xgrad/core/real.hpp>

namespace xgrad::inline XGRAD_PRECISION {

#ifdef XGRAD_DOUBLE

/// e^x.
inline Real exponential(Real x) { return std::exp(x); }

#else

/// e^x, within 2 units in the last place of the true value, and 0 where that is below the least normal number. Cody and
/// Waite's reduction e^x = 2^n e^r with |r| <= log(2)/2, then Taylor's polynomial for e^r: its first term left out,
/// r^8/8!, is below half a unit in the last place. Without a branch or a call, a loop over it is vectorised wherever it
/// stands.
[[gnu::always_inline]] inline Real exponential(Real x) {
  constexpr float largest = 88.72283f, smallest = -87.33654f;          // beyond them e^x is infinite, or below 2^-126
  constexpr float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;  // log(2) in two parts; n ln2_high is exact
  constexpr float shift = 12582912.f;                                  // 1.5 * 2^23: adding it rounds to an integer
  const float inside = x > largest ? largest : x < smallest ? smallest : x;
  const float shifted = inside * 1.44269504f + shift;
  const float n = shifted - shift;
  const float r = (inside - n * ln2_high) - n * ln2_low;
  float series = 1 / 5040.f;
  series = series * r + 1 / 720.f;
  series = series * r + 1 / 120.f;
  series = series * r + 1 / 24.f;
  series = series * r + 1 / 6.f;
  series = series * r + 1 / 2.f;
  series = series * (r * r) + (r + 1);
  // 2^n in two factors, for 2^128 is not a float.
  const std::int32_t power = std::bit_cast<std::int32_t>(shifted) - std::bit_cast<std::int32_t>(shift);
  const std::int32_t half = power >> 1;
  const float scale = std::bit_cast<float>((half + 127) << 23), rest = std::bit_cast<float>((power - half + 127) << 23);
  const float value = series * scale * rest;
  return x > largest ? std::numeric_limits<float>::infinity() : x < smallest ? 0 : value;
}

#endif

}  // namespace xgrad::inline XGRAD_PRECISION
