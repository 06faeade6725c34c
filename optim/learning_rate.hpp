#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <xgrad/core/named.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A learning rate as a function of the step, which counts from 0: CosineDecay, or any callable that takes a
/// std::int64_t. A file holds one of the user's own if it has a `name` and fields(Fields&), and gives it
/// back to an object that has such a schedule already.
using Schedule = Callable<double(std::int64_t)>;

/// A learning rate: a number, or a schedule.
class LearningRate {
 public:
  /// A learning rate that stays. Throws ValueError unless the number is finite and not negative. With 0 nothing moves.
  LearningRate(double number);

  /// A schedule as an object or a callable. Throws ValueError for an option out of range, and for an empty function.
  template <class S>
  requires(std::is_invocable_r_v<double, S&, std::int64_t> && !std::derived_from<S, Named>) LearningRate(S schedule) {
    if constexpr (std::is_class_v<S> && !std::is_empty_v<S> && requires { static_cast<bool>(schedule); })
      require_function(static_cast<bool>(schedule));
    schedule_ = Schedule(std::move(schedule));
  }

  /// A schedule that is held already.
  LearningRate(Schedule schedule);

  /// The learning rate of a step, which counts from 0. Throws ValueError if a schedule gives a rate that is negative or
  /// not finite.
  double at(std::int64_t step) const;

  bool is_schedule() const { return static_cast<bool>(schedule_); }  ///< whether it is a schedule and no number
  void fields(Fields& f);                                            ///< the number, or the schedule with its options

 private:
  static void require_function(bool there_is_one);

  double number_ = 0;
  Schedule schedule_;
};

/// The library's schedules by name. The function beside a name makes that schedule, whose options are still to be read.
std::span<const std::pair<std::string_view, Schedule (*)()>> schedules();

}  // namespace xgrad::inline XGRAD_PRECISION
