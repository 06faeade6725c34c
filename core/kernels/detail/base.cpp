// The loops of products for the processor that everything else is compiled for.

#define XGRAD_LEVEL base
#include <xgrad/core/kernels/detail/level.hpp>
