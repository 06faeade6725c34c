// The loops of products for x86-64-v4: see products.hpp.

#if defined(__AVX512F__) && !defined(XGRAD_ARCH)

#define XGRAD_LEVEL v4
#include <xgrad/core/kernels/detail/level.hpp>

#endif
