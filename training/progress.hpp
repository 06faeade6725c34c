#pragma once

#include <chrono>
#include <concepts>
#include <ostream>
#include <string>

#include <xgrad/training/history.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The progress of an epoch in Keras 3's form: "1875/1875 ━━━━━━━━━━━━━━━━━━━━ 1s 47us/step - accuracy: 0.8185 - loss:
/// 0.5985". A live_bar, for a terminal, is drawn again and again, with the time that is left. A still_bar is written
/// once, at the end. A plain line is written once, without the bar: "1875/1875 - 1s - 47us/step - accuracy: ...". The
/// time per step leaves out the first step, which finds nothing prepared.
class Progress {
 public:
  /// How it is shown: a bar that moves, a bar at each epoch's end, or one line for an epoch.
  enum Style { live_bar, still_bar, plain };

  /// Begins to count the time. Writes nothing yet. 0 steps stand for a number that is not known before the end:
  /// "12/Unknown 0s 47us/step - ...".
  Progress(std::ostream& out, std::size_t steps, Style style);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Ends a line that is half drawn, so that what is written next, such as an error, has a line of its own.
  ~Progress();

  /// Says that `step` steps are done. Calls logs(), which gives the numbers so far, only where it draws: a live_bar, at
  /// most every 50 ms.
  template <std::invocable F>
  void update(std::size_t step, F logs) {
    if (is_due(step)) draw(step, logs(), time_left(step));
  }

  /// Says that all steps are done: writes the last form of the line, and ends it.
  void finish(const Logs& logs);

  /// The time since the beginning.
  double seconds() const;

 private:
  bool is_due(std::size_t step);
  double each_step(std::size_t step) const;
  std::string time_left(std::size_t step) const;
  void draw(std::size_t step, const Logs& logs, const std::string& timing);
  void draw_bar(std::size_t step);

  std::ostream& out_;
  std::size_t steps_, seen_ = 0;
  Style style_;
  std::chrono::steady_clock::time_point start_;
  double first_step_ = 0;  // when it had ended, in seconds since the start
  double drawn_ = -1;      // when, if a line is half drawn
};

/// How a progress is drawn on standard output for FitOptions::verbose: see Verbose.
Progress::Style style_of(int verbose);

/// Whether standard output is a terminal, on which a line can be drawn again.
bool output_is_terminal();

}  // namespace xgrad::inline XGRAD_PRECISION
