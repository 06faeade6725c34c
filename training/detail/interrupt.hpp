#pragma once

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// While a guard lives, in any thread, the first Ctrl-C (SIGINT) is only noted, and the second ends the program as
/// usual. A handler that the program has set stays in place, and Ctrl-C is then not noted. When the last guard is
/// destroyed, the default is back.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// Whether Ctrl-C was noted since the first of the guards that live was made.
  bool interrupted() const;
};

}  // namespace xgrad::inline XGRAD_PRECISION
