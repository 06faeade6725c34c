#include <xgrad/optim/learning_rate.hpp>

#include <cmath>

#include <xgrad/optim/schedules.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

template <class S>
std::pair<std::string_view, Schedule (*)()> row() {
  return {S::name, [] { return Schedule(Named::unread, S{}); }};
}

}  // namespace

std::span<const std::pair<std::string_view, Schedule (*)()>> schedules() {
  static const std::pair<std::string_view, Schedule (*)()> all[] = {
      row<ExponentialDecay>(), row<InverseTimeDecay>(), row<PiecewiseConstantDecay>(),
      row<PolynomialDecay>(),  row<CosineDecay>(),      row<CosineDecayRestarts>()};
  return all;
}

LearningRate::LearningRate(double number) : number_(number) {
  require<ValueError>(number >= 0 && std::isfinite(static_cast<Real>(number)), "learning_rate is ", number,
                      "; it takes a number from 0");
}

LearningRate::LearningRate(Schedule schedule) : schedule_(std::move(schedule)) {}

void LearningRate::require_function(bool there_is_one) {
  require<ValueError>(there_is_one, "learning_rate is an empty function; it takes a number or a schedule");
}

double LearningRate::at(std::int64_t step) const {
  if (!is_schedule()) return number_;
  const double rate = schedule_(step);
  require<ValueError>(rate >= 0 && std::isfinite(static_cast<Real>(rate)), "learning_rate: the schedule gives ", rate,
                      " at step ", step, "; it takes a number from 0");
  return rate;
}

void LearningRate::fields(Fields& f) {
  std::string name = is_schedule() ? schedule_.name() : "constant";
  require<ValueError>(!f.is_portable || !name.empty(),
                      "learning_rate: a function of your own cannot be saved; a number can, and a schedule with a name "
                      "and fields()");
  f.needed("name", name);
  if (f.purpose() == Fields::reading && name != "constant" && !(is_schedule() && name == schedule_.name()))
    schedule_ = find_named("learning_rate", schedules(), name)();
  if (name != "constant") return schedule_.options(f);
  f("value", number_);
  if (f.purpose() == Fields::reading) *this = LearningRate(number_);
}

}  // namespace xgrad::inline XGRAD_PRECISION
