// The loops of products for x86-64-v3: see products.hpp.

#if defined(__AVX2__) && !defined(XGRAD_ARCH)

#define XGRAD_LEVEL v3
#include <xgrad/core/kernels/detail/level.hpp>

#endif
