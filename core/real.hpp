#pragma once

// Real, the type of every number in a tensor. The library is built twice from the same sources. The name of the inline
// namespace is part of every symbol, so that a program which mixes the two does not link.

#ifdef __FAST_MATH__
#error "xgrad needs NaN and infinity to mean what they say: compile without -ffast-math"
#endif

#ifdef XGRAD_DOUBLE
#define XGRAD_PRECISION double_precision
#else
#define XGRAD_PRECISION single_precision
#endif

namespace xgrad::inline XGRAD_PRECISION {

#ifdef XGRAD_DOUBLE
using Real = double;
#else
using Real = float;
#endif

}  // namespace xgrad::inline XGRAD_PRECISION
