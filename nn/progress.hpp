#pragma once

#include <chrono>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Named numbers, such as {{"accuracy", 0.93}, {"loss", 0.23}}.
using Logs = std::vector<std::pair<std::string, double>>;

/// One epoch's progress in Keras 3's form: "1875/1875 ━━━━━━━━━━━━━━━━━━━━ 1s 47us/step - accuracy: 0.8185 - loss:
/// 0.5985". Live, the line is drawn again and again with the time that is left; else it is written once, at the end.
class Progress {
 public:
  Progress(std::ostream& out, std::size_t steps, bool live);

  /// After `step` of the steps. Draws at most every 50 ms, so that it costs nothing.
  void update(std::size_t step, const Logs& logs);

  /// After the last step: writes the line's last form and ends it.
  void finish(const Logs& logs);

  /// Since the beginning.
  double seconds() const;

 private:
  void draw(std::size_t step, const Logs& logs, const std::string& timing);

  std::ostream& out_;
  std::size_t steps_;
  bool live_;
  std::chrono::steady_clock::time_point start_;
  double drawn_ = -1;  // when, in seconds since the start
};

/// Whether standard output is a terminal, on which a line can be drawn again.
bool output_is_terminal();

}  // namespace xgrad::inline XGRAD_PRECISION
