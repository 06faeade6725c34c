#include <xgrad/training/progress.hpp>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// A number as Keras prints it: with four decimals, or an exponent where they would not show it.
std::string number(double value) { return formatted(value, std::abs(value) > 1e-3 ? 'f' : 'e', 4); }

std::string per_step(double seconds) {
  const auto rounded = [](double time) { return formatted(time, 'f', 0); };
  if (seconds >= 1 || seconds == 0) return rounded(seconds) + "s/step";
  return seconds >= 1e-3 ? rounded(seconds * 1e3) + "ms/step" : rounded(seconds * 1e6) + "us/step";
}

std::string duration(double seconds) {
  const int whole = static_cast<int>(seconds);
  char buffer[64];
  if (whole >= 3600)
    std::snprintf(buffer, sizeof buffer, "%d:%02d:%02d", whole / 3600, whole % 3600 / 60, whole % 60);
  else if (whole >= 60)
    std::snprintf(buffer, sizeof buffer, "%d:%02d", whole / 60, whole % 60);
  else
    std::snprintf(buffer, sizeof buffer, "%ds", whole);
  return buffer;
}

}  // namespace

Progress::Progress(std::ostream& out, std::size_t steps, Style style)
    : out_(out), steps_(steps), style_(style), start_(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  if (drawn_ >= 0) out_ << std::endl;
}

double Progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

bool Progress::is_due(std::size_t step) {
  seen_ = step;
  if (step == 1) first_step_ = seconds();
  if (style_ != live_bar || step == 0) return false;
  const double now = seconds();
  if (drawn_ >= 0 && now - drawn_ < 0.05) return false;
  drawn_ = now;
  return true;
}

double Progress::each_step(std::size_t step) const {
  return step > 1 ? (seconds() - first_step_) / static_cast<double>(step - 1) : seconds();
}

std::string Progress::time_left(std::size_t step) const {
  const double each = each_step(step), left = each * static_cast<double>(steps_ - std::min(step, steps_));
  return duration(steps_ == 0 ? seconds() : left) + " " + per_step(each);
}

void Progress::finish(const Logs& logs) {
  if (steps_ == 0) steps_ = std::max<std::size_t>(seen_, 1);
  const char* between = style_ == plain ? " - " : " ";
  draw(steps_, logs, duration(seconds()) + between + per_step(each_step(steps_)));
  out_ << std::endl;
  drawn_ = -1;
}

void Progress::draw(std::size_t step, const Logs& logs, const std::string& timing) {
  const std::string count = steps_ == 0 ? "Unknown" : std::to_string(steps_), at = std::to_string(step);
  if (style_ == live_bar) out_ << "\r\033[K";
  out_ << std::string(count.size() - std::min(at.size(), count.size()), ' ') << at << '/' << count << ' ';
  if (style_ == plain) out_ << "- ";
  if (style_ != plain && steps_ > 0) draw_bar(step);
  out_ << timing;
  for (const auto& [name, value] : logs) out_ << " - " << name << ": " << number(value);
  out_ << std::flush;
}

void Progress::draw_bar(std::size_t step) {
  constexpr std::size_t width = 20;
  const std::size_t done = width * std::min(step, steps_) / steps_;
  if (style_ == live_bar) out_ << "\033[32m";
  for (std::size_t k = 0; k < width; ++k) {
    if (style_ == live_bar && k == done) out_ << "\033[37m";
    out_ << "━";
  }
  if (style_ == live_bar) out_ << "\033[0m";
  out_ << ' ';
}

Progress::Style style_of(int verbose) {
  const bool plain = verbose == 2 || (verbose == -1 && !output_is_terminal());
  if (plain) return Progress::plain;
  return output_is_terminal() ? Progress::live_bar : Progress::still_bar;
}

bool output_is_terminal() { return isatty(STDOUT_FILENO) == 1; }

}  // namespace xgrad::inline XGRAD_PRECISION
