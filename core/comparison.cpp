#include <xgrad/core/detail/comparison.hpp>

#include <algorithm>

namespace xgrad::inline XGRAD_PRECISION {

// Goes on in the other way.
void Comparison::change(bool tries) {
  shares_ = !shares_;
  tries_ = tries;
  tasks_ = -warming;
  blocks_ = sum_ = 0;
}

void Comparison::add(std::int64_t time) {
  if (++tasks_ <= 0) return;
  sum_ += time;
  if (tries_ && sum_ > before_ - before_ / 32) {  // not faster by more than chance
    wait_ = std::min(2 * wait_, longest_wait);
    return change(false);
  }
  if (tasks_ < block) return;
  if (tries_) wait_ = first_wait;
  tries_ = false;
  before_ = sum_;
  tasks_ = sum_ = 0;
  if (++blocks_ >= wait_) change(true);
}

}  // namespace xgrad::inline XGRAD_PRECISION
