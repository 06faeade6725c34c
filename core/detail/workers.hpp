#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include <xgrad/core/detail/comparison.hpp>
#include <xgrad/core/threads.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Threads for work that comes in many small equal pieces: n workers, of which the caller's thread is number 0.
class Workers {
 public:
  /// Starts n - 1 threads. Throws ValueError for more than 1,024, or if the system does not give so many.
  explicit Workers(std::size_t n);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  std::size_t size() const { return errors_.size(); }

  /// Calls task(0, n), ..., task(n - 1, n), each in its own thread, and returns when all have returned. If calls throw,
  /// it then throws what the first of them, in their order, threw. All threads treat denormal numbers as the caller
  /// does (denormals.hpp). In a forked process, which has none of the threads, the caller makes all calls. It also does
  /// so while that is measured to be faster, as where the system has put the cores far apart: the parts, and so the
  /// bits, stay the same.
  void run(const Task& task);

  /// As run(), each part in the thread that had it in the last run(), whose tape it may read.
  void run_again(const Task& task);

 private:
  void work(std::size_t worker);
  void call(const Task& task, std::size_t worker);
  void run(const Task& task, bool shared);
  void end();
  bool forked() const;

  Comparison comparison_;
  bool was_shared_ = true;
  const Task* task_ = nullptr;  // none: the threads are to end
  std::uint64_t mode_ = 0;      // that of the caller's arithmetic
  std::atomic<std::uint32_t> round_ = 0, busy_ = 0;
  std::vector<std::exception_ptr> errors_;
  std::vector<std::thread> threads_;
  const std::uint32_t process_;
};

}  // namespace xgrad::inline XGRAD_PRECISION
