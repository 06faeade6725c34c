#include <xgrad/optim/schedules.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

void require_above_0(const char* schedule, const char* option, double value) {
  require<ValueError>(value > 0 && std::isfinite(value), schedule, ": ", option, " is ", value,
                      "; it takes a number above 0");
}

void require_from_0(const char* schedule, const char* option, double value) {
  require<ValueError>(value >= 0 && std::isfinite(value), schedule, ": ", option, " is ", value,
                      "; it takes a number from 0");
}

void require_fraction(const char* schedule, const char* option, double value) {
  require<ValueError>(value >= 0 && value <= 1, schedule, ": ", option, " is ", value, "; it takes 0 to 1");
}

void require_steps(const char* schedule, const char* option, std::size_t value) {
  require<ValueError>(value > 0, schedule, ": ", option, " is 0; it takes at least 1");
}

// From 1 to 0 as the fraction goes from 0 to 1.
double half_cosine(double fraction) { return (1 + std::cos(std::numbers::pi * fraction)) / 2; }

double quotient(std::int64_t step, std::size_t decay_steps, bool staircase) {
  const double exact = static_cast<double>(step) / static_cast<double>(decay_steps);
  return staircase ? std::floor(exact) : exact;
}

}  // namespace

double ExponentialDecay::operator()(std::int64_t step) const {
  return initial_learning_rate * std::pow(decay_rate, quotient(step, decay_steps, staircase));
}

void ExponentialDecay::check() const {
  require_above_0(name, "initial_learning_rate", initial_learning_rate);
  require_steps(name, "decay_steps", decay_steps);
  require_above_0(name, "decay_rate", decay_rate);
}

void ExponentialDecay::fields(Fields& f) {
  f("initial_learning_rate", initial_learning_rate)("decay_steps", decay_steps);
  f("decay_rate", decay_rate)("staircase", staircase);
}

double InverseTimeDecay::operator()(std::int64_t step) const {
  return initial_learning_rate / (1 + decay_rate * quotient(step, decay_steps, staircase));
}

void InverseTimeDecay::check() const {
  require_above_0(name, "initial_learning_rate", initial_learning_rate);
  require_steps(name, "decay_steps", decay_steps);
  require_above_0(name, "decay_rate", decay_rate);
}

void InverseTimeDecay::fields(Fields& f) {
  f("initial_learning_rate", initial_learning_rate)("decay_steps", decay_steps);
  f("decay_rate", decay_rate)("staircase", staircase);
}

double PiecewiseConstantDecay::operator()(std::int64_t step) const {
  const auto boundary = std::lower_bound(boundaries.begin(), boundaries.end(), static_cast<std::size_t>(step));
  return values[static_cast<std::size_t>(boundary - boundaries.begin())];
}

void PiecewiseConstantDecay::check() const {
  require<ValueError>(values.size() == boundaries.size() + 1, name, ": ", boundaries.size(), " boundaries and ",
                      values.size(), " values; it takes one value more than boundaries");
  for (std::size_t i = 1; i < boundaries.size(); ++i)
    require<ValueError>(boundaries[i - 1] < boundaries[i], name, ": boundary ", boundaries[i], " after ",
                        boundaries[i - 1], "; they must increase");
  for (const double value : values) require_from_0(name, "a value", value);
}

void PiecewiseConstantDecay::fields(Fields& f) { f("boundaries", boundaries)("values", values); }

double PolynomialDecay::operator()(std::int64_t step) const {
  const double s = static_cast<double>(step), period = static_cast<double>(decay_steps);
  const double end = cycle ? period * std::max(1.0, std::ceil(s / period)) : period;
  const double left = 1 - std::min(s, end) / end;
  return (initial_learning_rate - end_learning_rate) * std::pow(left, power) + end_learning_rate;
}

void PolynomialDecay::check() const {
  require_above_0(name, "initial_learning_rate", initial_learning_rate);
  require_steps(name, "decay_steps", decay_steps);
  require_from_0(name, "end_learning_rate", end_learning_rate);
  require_above_0(name, "power", power);
}

void PolynomialDecay::fields(Fields& f) {
  f("initial_learning_rate", initial_learning_rate)("decay_steps", decay_steps);
  f("end_learning_rate", end_learning_rate)("power", power)("cycle", cycle);
}

double CosineDecay::operator()(std::int64_t step) const {
  const double s = static_cast<double>(step), warmup = warmup_target ? static_cast<double>(warmup_steps) : 0;
  const double highest = warmup_target.value_or(initial_learning_rate);
  if (s < warmup) return initial_learning_rate + (highest - initial_learning_rate) * s / warmup;
  const double fraction = std::min(1.0, (s - warmup) / static_cast<double>(decay_steps));
  return highest * ((1 - alpha) * half_cosine(fraction) + alpha);
}

void CosineDecay::check() const {
  if (warmup_target) {
    require_from_0(name, "initial_learning_rate", initial_learning_rate);
    require_above_0(name, "warmup_target", *warmup_target);
  } else {
    require_above_0(name, "initial_learning_rate", initial_learning_rate);
    require<ValueError>(warmup_steps == 0, name, ": warmup_steps is ", warmup_steps,
                        " without a warmup_target; it takes both or neither");
  }
  require_steps(name, "decay_steps", decay_steps);
  require_fraction(name, "alpha", alpha);
}

void CosineDecay::fields(Fields& f) {
  f("initial_learning_rate", initial_learning_rate)("decay_steps", decay_steps)("alpha", alpha);
  f("warmup_target", warmup_target)("warmup_steps", warmup_steps);
}

double CosineDecayRestarts::operator()(std::int64_t step) const {
  double s = static_cast<double>(step), period = static_cast<double>(first_decay_steps), restarts = 0;
  if (t_mul == 1) {
    restarts = std::floor(s / period);
    s -= restarts * period;
  } else if (const double rises = t_mul - 1, all = std::log1p(s / period * rises) / std::log1p(rises); all > 10'000) {
    restarts = std::floor(all) - 1;  // at once, where there would be too many to go through
    s = std::max(0.0, s - period * std::expm1(restarts * std::log1p(rises)) / rises);
    period *= std::exp(restarts * std::log1p(rises));
  }
  for (int left = 20'000; s >= period && left > 0; --left, ++restarts) {
    s -= period;
    period *= t_mul;
  }
  const double cosine = std::pow(m_mul, restarts) * half_cosine(std::min(1.0, s / period));
  return initial_learning_rate * ((1 - alpha) * cosine + alpha);
}

void CosineDecayRestarts::check() const {
  require_above_0(name, "initial_learning_rate", initial_learning_rate);
  require_steps(name, "first_decay_steps", first_decay_steps);
  require<ValueError>(t_mul >= 1 && std::isfinite(t_mul), name, ": t_mul is ", t_mul, "; it takes a number from 1");
  require_from_0(name, "m_mul", m_mul);
  require_fraction(name, "alpha", alpha);
}

void CosineDecayRestarts::fields(Fields& f) {
  f("initial_learning_rate", initial_learning_rate)("first_decay_steps", first_decay_steps);
  f("t_mul", t_mul)("m_mul", m_mul)("alpha", alpha);
}

}  // namespace xgrad::inline XGRAD_PRECISION
