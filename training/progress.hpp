#pragma once

#include <chrono>
#include <concepts>
#include <ostream>
#include <string>

#include <xgrad/training/history.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// One epoch's progress in Keras 3's form: "1875/1875 ━━━━━━━━━━━━━━━━━━━━ 1s 47us/step - accuracy: 0.8185 - loss:
/// 0.5985". A bar on a terminal is drawn again and again with the time that is left; else the line is written once, at
/// the end, and without the bar if it is plain: "1875/1875 - 1s - 47us/step - accuracy: ...". The time of a step leaves
/// out the first, which finds nothing prepared.
class Progress {
 public:
  enum Style { live_bar, bar, plain };

  Progress(std::ostream& out, std::size_t steps, Style style);

  /// After `step` of the steps. Asks for the numbers, logs(), only to draw, at most every 50 ms: it costs nothing.
  template <std::invocable F>
  void update(std::size_t step, F logs) {
    if (is_due(step)) draw(step, logs(), time_left(step));
  }

  /// After the last step: writes the line's last form and ends it.
  void finish(const Logs& logs);

  /// Since the beginning.
  double seconds() const;

 private:
  bool is_due(std::size_t step);
  double each_step(std::size_t step) const;
  std::string time_left(std::size_t step) const;
  void draw(std::size_t step, const Logs& logs, const std::string& timing);

  std::ostream& out_;
  std::size_t steps_;
  Style style_;
  std::chrono::steady_clock::time_point start_;
  double first_step_ = 0;  // when it had ended, in seconds since the start
  double drawn_ = -1;      // when
};

/// How FitOptions::verbose is drawn on standard output.
Progress::Style style_of(int verbose);

/// Whether standard output is a terminal, on which a line can be drawn again.
bool output_is_terminal();

}  // namespace xgrad::inline XGRAD_PRECISION
