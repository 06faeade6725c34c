#include <xgrad/core/detail/workers.hpp>

#include <pthread.h>

#include <chrono>
#include <system_error>

#include <xgrad/core/kernels/denormals.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// How many forks led to this process. Workers that were made under another number have no threads here.
std::uint32_t process = 0;
[[maybe_unused]] const int counted = pthread_atfork(nullptr, nullptr, [] { ++process; });

// Returns when the number is no longer `old`. The next task of a training step is often some microseconds away, and to
// be woken takes longer than that; so the thread offers its core to others for some milliseconds before it sleeps:
// within a step there is less to wait for.
void wait_while(const std::atomic<std::uint32_t>& number, std::uint32_t old) {
  for (int patience = 4'000; patience > 0; --patience) {
    if (number != old) return;
    std::this_thread::yield();
  }
  number.wait(old);
}

}  // namespace

Workers::Workers(std::size_t n) : process_(process) {
  constexpr std::size_t most = 1024;
  require<ValueError>(n <= most, "workers: ", n, " threads; it takes up to ", most);
  errors_.resize(n);
  try {
    for (std::size_t worker = 1; worker < n; ++worker) threads_.emplace_back([this, worker] { work(worker); });
  } catch (const std::system_error& error) {  // there are no more to be had
    end();
    throw ValueError(text("workers: of ", n, " threads only ", threads_.size() + 1, " could be had: ", error.what()));
  } catch (...) {  // out of memory
    end();
    throw;
  }
}

Workers::~Workers() { end(); }

bool Workers::forked() const { return process != process_; }

void Workers::end() {
  if (forked()) {
    new std::vector(std::move(threads_));  // for ever: what is not there can be neither joined nor detached
    return;
  }
  task_ = nullptr;
  ++round_;
  round_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Workers::call(const Task& task, std::size_t worker) {
  try {
    task(worker, size());
  } catch (...) {
    errors_[worker] = std::current_exception();
  }
}

void Workers::run(const Task& task) {
  if (threads_.empty() || forked()) return run(task, false);
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begin = Clock::now();
  run(task, comparison_.shares());
  comparison_.add(std::chrono::nanoseconds(Clock::now() - begin).count());
}

void Workers::run_again(const Task& task) { run(task, was_shared_ && !forked()); }

void Workers::run(const Task& task, bool shared) {
  was_shared_ = shared;
  if (shared) {
    task_ = &task;
    mode_ = FlushDenormals::mode();
    busy_ = static_cast<std::uint32_t>(threads_.size());
    ++round_;
    round_.notify_all();
    call(task, 0);
    for (std::uint32_t busy = 0; (busy = busy_) != 0;) wait_while(busy_, busy);
  } else {
    for (std::size_t worker = 0; worker < size(); ++worker) call(task, worker);
  }
  std::exception_ptr first;
  for (std::exception_ptr& error : errors_)
    if (std::exception_ptr its = std::exchange(error, nullptr); its && !first) first = its;
  if (first) std::rethrow_exception(first);
}

void Workers::work(std::size_t worker) {
  for (std::uint32_t round = 0;;) {
    wait_while(round_, round);
    round = round_;
    if (task_ == nullptr) return;
    FlushDenormals::set_mode(mode_);
    call(*task_, worker);
    if (--busy_ == 0) busy_.notify_one();
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION
