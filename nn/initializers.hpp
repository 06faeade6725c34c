#pragma once

#include <xgrad/core/random.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Draws the first value of a weight of the given shape. For a kernel (in, out), fan_in = in and fan_out = out.
using Initializer = Tensor (*)(const Shape&, Rng&);

/// Uniform on [-L, L) with L = sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010; Keras's default for kernels).
Tensor glorot_uniform(const Shape& shape, Rng& rng);

/// Normal without the tails beyond two deviations, such that the variance is 2 / fan_in after they are cut (He et al.
/// 2015, as in Keras).
Tensor he_normal(const Shape& shape, Rng& rng);

/// Zeros (Keras's default for biases).
Tensor zeros(const Shape& shape, Rng& rng);

}  // namespace xgrad::inline XGRAD_PRECISION
