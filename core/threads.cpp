#include <xgrad/core/threads.hpp>

#include <atomic>
#include <memory>
#include <utility>

#include <xgrad/core/detail/workers.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

Workers* team = nullptr;  // none for one thread; it stays when the process ends, for threads may compute until then
std::atomic<bool> busy = false;

}  // namespace

void set_num_threads(int threads) {
  require<ValueError>(threads >= 1, "set_num_threads: ", threads, " threads; it takes 1 or more");
  busy = false;  // or a process that was forked meanwhile would be alone for ever
  std::unique_ptr<Workers> made = threads > 1 ? std::make_unique<Workers>(static_cast<std::size_t>(threads)) : nullptr;
  delete std::exchange(team, made.release());
}

int num_threads() { return team ? static_cast<int>(team->size()) : 1; }

void in_threads(const Task& task) {
  const auto parts = static_cast<std::size_t>(num_threads());
  if (parts == 1 || busy.exchange(true)) {
    for (std::size_t part = 0; part < parts; ++part) task(part, parts);
    return;
  }
  const struct Release {
    ~Release() { busy = false; }
  } when_done;
  team->run(task);
}

}  // namespace xgrad::inline XGRAD_PRECISION
