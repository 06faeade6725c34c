#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <xgrad/core/named.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A learning rate as a function of the step, which counts from 0: CosineDecay, or any callable that takes a
/// std::int64_t. One of one's own can be saved if it has a name and fields(Fields&).
using Schedule = Callable<double(std::int64_t)>;

/// A number or a schedule.
class LearningRate {
 public:
  /// Throws ValueError unless the number is above 0.
  LearningRate(double number);

  /// Throws ValueError if the schedule's own check() does, and for an empty function.
  template <class S>
  requires(std::is_invocable_r_v<double, S&, std::int64_t> && !std::derived_from<S, Named>) LearningRate(S schedule) {
    if constexpr (std::is_class_v<S> && !std::is_empty_v<S> && requires { static_cast<bool>(schedule); })
      require_function(static_cast<bool>(schedule));
    schedule_ = Schedule(std::move(schedule));
  }
  LearningRate(Schedule schedule);

  /// Throws ValueError if a schedule gives what is no number from 0.
  double at(std::int64_t step) const;

  bool is_schedule() const { return static_cast<bool>(schedule_); }
  void fields(Fields& f);

 private:
  static void require_function(bool there_is_one);

  double number_ = 0;
  Schedule schedule_;
};

/// The schedules of the library by name, their options still to be read.
std::span<const std::pair<std::string_view, Schedule (*)()>> schedules();

}  // namespace xgrad::inline XGRAD_PRECISION
