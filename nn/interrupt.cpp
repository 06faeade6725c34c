#include <xgrad/nn/interrupt.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

volatile std::sig_atomic_t noted = 0;
void note(int) { noted = 1; }

}  // namespace

InterruptGuard::InterruptGuard() {
  if (sigaction(SIGINT, nullptr, &before_) != 0 || before_.sa_handler != SIG_DFL) return;
  noted = 0;
  struct sigaction first {};
  first.sa_handler = note;
  first.sa_flags = static_cast<int>(SA_RESETHAND);  // the second takes the default's way
  installed_ = sigaction(SIGINT, &first, nullptr) == 0;
}

InterruptGuard::~InterruptGuard() {
  if (installed_) sigaction(SIGINT, &before_, nullptr);
}

bool InterruptGuard::interrupted() const { return installed_ && noted != 0; }

}  // namespace xgrad::inline XGRAD_PRECISION
