#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>

#include <xgrad/core/config.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A number, or a function of the step, which counts from 0: a schedule such as CosineDecay, or any callable that takes
/// a std::int64_t.
class LearningRate {
 public:
  /// Throws ValueError unless the number is above 0.
  LearningRate(double number);

  /// Throws ValueError if the schedule's own check() does. It can be saved if it has a name and config(Config&).
  template <class Schedule>
  requires std::is_invocable_r_v<double, const Schedule&, std::int64_t> LearningRate(Schedule schedule) {
    if constexpr (requires { schedule.check(); }) schedule.check();
    if constexpr (requires(Config & options) { schedule.config(options); }) {
      Config options;
      schedule.config(options);
      text_ = call_text(Schedule::name, options);
    }
    schedule_ = std::move(schedule);
    require<ValueError>(is_schedule(), "learning_rate is an empty function; it takes a number or a schedule");
  }

  /// Throws ValueError if a schedule gives what is no number from 0.
  double at(std::int64_t step) const;

  bool is_schedule() const { return static_cast<bool>(schedule_); }

 private:
  friend std::string option_text(const LearningRate& rate);
  static std::string call_text(const char* name, const Config& options);

  double number_ = 0;
  std::function<double(std::int64_t)> schedule_;
  std::string text_;  // of a schedule that can be saved
};

/// "0.001", or "CosineDecay(alpha=0; decay_steps=1000; ...)". Throws ValueError for a callable of one's own.
std::string option_text(const LearningRate& rate);
void read_option(const std::string& text, LearningRate& rate);

}  // namespace xgrad::inline XGRAD_PRECISION
