#pragma once

#include <csignal>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// While one lives, the first Ctrl-C (SIGINT) is only noted, and the second ends the program as ever. It leaves alone a
/// handler that the program has set, and puts back what it found.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  bool interrupted() const;

 private:
  struct sigaction before_ {};
  bool installed_ = false;
};

}  // namespace xgrad::inline XGRAD_PRECISION
