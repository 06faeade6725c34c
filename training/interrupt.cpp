#include <xgrad/training/detail/interrupt.hpp>

#include <atomic>
#include <csignal>
#include <mutex>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

std::atomic<bool> noted = false;
static_assert(std::atomic<bool>::is_always_lock_free);  // or a handler could not set it
void note(int) { noted = true; }

std::mutex mutex;  // guards the three variables below
std::size_t guards = 0;
struct sigaction before {};
bool installed = false;

}  // namespace

InterruptGuard::InterruptGuard() {
  const std::lock_guard lock(mutex);
  if (guards++ > 0) return;
  noted = false;
  if (sigaction(SIGINT, nullptr, &before) != 0 || before.sa_handler != SIG_DFL) return;
  struct sigaction first {};
  first.sa_handler = note;
  first.sa_flags = static_cast<int>(SA_RESETHAND);  // the second takes the default's way
  installed = sigaction(SIGINT, &first, nullptr) == 0;
}

InterruptGuard::~InterruptGuard() {
  const std::lock_guard lock(mutex);
  if (--guards > 0 || !installed) return;
  sigaction(SIGINT, &before, nullptr);
  installed = false;
}

bool InterruptGuard::interrupted() const { return noted; }

}  // namespace xgrad::inline XGRAD_PRECISION
