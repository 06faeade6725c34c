#pragma once

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// While one lives, in any thread, the first Ctrl-C (SIGINT) is only noted, and the second ends the program as ever.
/// The first of several leaves alone a handler that the program has set, and the last puts back what that one found.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  bool interrupted() const;
};

}  // namespace xgrad::inline XGRAD_PRECISION
