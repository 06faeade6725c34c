// flush_denormals() makes the processor take denormals as zero on this thread: for halves.hpp, floor.cpp and, from
// Python, numpy_by_hand.py.

#if defined(__SSE__)
#include <xmmintrin.h>
extern "C" void flush_denormals() { _mm_setcsr(_mm_getcsr() | 0x8040); }
#elif defined(__aarch64__)
extern "C" void flush_denormals() {
  unsigned long mode;
  asm volatile("mrs %0, fpcr" : "=r"(mode));
  asm volatile("msr fpcr, %0" : : "r"(mode | 1ul << 24));
}
#else
extern "C" void flush_denormals() {}
#endif
