#pragma once

#include <cstdint>

#include <xgrad/core/real.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Compares, while a program runs, two ways to do the many tasks of its loop: by threads that share each, or by the
/// caller alone. Every now and then it tries the way that is not taken, for a block of tasks, and takes it if the block
/// took less time than the one before it. A try ends as soon as it has taken longer. So a loop runs in the faster way,
/// whatever else the machine does meanwhile, and loses 3 % at most by trying, some milliseconds after each change.
class Comparison {
 public:
  /// Whether threads are to share the next task.
  bool shares() const { return shares_; }

  /// Takes how long the next task took, in any unit.
  void add(std::int64_t time);

 private:
  // A loop's step has tasks of several sizes: a block has whole steps of 1 to 6, 8, 10, 12, 15, 20, 24 or 30 tasks.
  static constexpr std::int64_t block = 120;
  static constexpr std::int64_t warming = 8;     // tasks after a change that are not counted: threads wake, caches fill
  static constexpr std::int64_t first_wait = 4;  // blocks until the other way is tried
  static constexpr std::int64_t longest_wait = 64;  // which a try that fails doubles up to this

  void change(bool tries);

  bool shares_ = true, tries_ = false;
  std::int64_t tasks_ = 0, blocks_ = 0, wait_ = first_wait;
  std::int64_t sum_ = 0, before_ = 0;  // times of this block, and of the last one of the way that is taken
};

}  // namespace xgrad::inline XGRAD_PRECISION
