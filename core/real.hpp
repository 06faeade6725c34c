#pragma once

// Real, the type of every number in a tensor. The library is built twice from the same sources. The name of the inline
// namespace is part of every symbol, so that a program which mixes the two does not link.

#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || __FINITE_MATH_ONLY__
#error "xgrad needs sums in their order, NaN and infinity: without -ffast-math, -fassociative-math, -ffinite-math-only"
#endif

#ifdef XGRAD_DOUBLE
#define XGRAD_PRECISION double_precision
#else
#define XGRAD_PRECISION single_precision
#endif

namespace xgrad::inline XGRAD_PRECISION {

/// The number that tensors hold: float in xgrad::xgrad, double in its twin xgrad::xgrad_double.
#ifdef XGRAD_DOUBLE
using Real = double;
#else
using Real = float;
#endif

}  // namespace xgrad::inline XGRAD_PRECISION
