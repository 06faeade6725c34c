#include <xgrad/optim/learning_rate.hpp>

#include <cmath>

#include <xgrad/optim/schedules.hpp>

namespace xgrad::inline XGRAD_PRECISION {

LearningRate::LearningRate(double number) : number_(number) {
  require<ValueError>(number > 0 && std::isfinite(static_cast<Real>(number)), "learning_rate is ", number,
                      "; it takes a number above 0");
}

double LearningRate::at(std::int64_t step) const {
  if (!is_schedule()) return number_;
  const double rate = schedule_(step);
  require<ValueError>(rate >= 0 && std::isfinite(rate), "learning_rate: the schedule gives ", rate, " at step ", step,
                      "; it takes a number from 0");
  return rate;
}

std::string LearningRate::call_text(const char* name, const Config& options) {
  std::string all;
  for (const auto& [key, value] : options.values()) all += (all.empty() ? "" : "; ") + key + "=" + value;
  return name + ("(" + all + ")");
}

std::string option_text(const LearningRate& rate) {
  if (!rate.is_schedule()) return option_text(rate.number_);
  require<ValueError>(!rate.text_.empty(), "learning_rate: a function of your own cannot be saved; a number can, ",
                      "and a schedule with a name and config()");
  return rate.text_;
}

namespace {

std::map<std::string, std::string> read_call(const std::string& inside) {
  std::map<std::string, std::string> values;
  for (std::size_t begin = 0; begin < inside.size();) {
    const std::size_t end = std::min(inside.find("; ", begin), inside.size());
    const std::size_t equals = inside.find('=', begin);
    require<ValueError>(equals < end, "\"", inside.substr(begin, end - begin), "\" is not an option=value");
    values[inside.substr(begin, equals - begin)] = inside.substr(equals + 1, end - equals - 1);
    begin = end + 2;
  }
  return values;
}

template <class Schedule>
bool read_schedule(const std::string& name, const std::string& inside, LearningRate& rate) {
  if (name != Schedule::name) return false;
  Schedule schedule;
  Config options(read_call(inside));
  schedule.config(options);
  rate = schedule;
  return true;
}

template <class... Schedules>
void read_one_of(const std::string& name, const std::string& inside, LearningRate& rate) {
  if ((read_schedule<Schedules>(name, inside, rate) || ...)) return;
  throw ValueError(text("there is no schedule \"", name, "\"; the names are", (" " + std::string(Schedules::name))...));
}

}  // namespace

void read_option(const std::string& text, LearningRate& rate) {
  const std::size_t open = text.find('(');
  if (open == std::string::npos || text.back() != ')') {
    double number = 0;
    read_option(text, number);
    rate = number;
  } else {
    read_one_of<ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay, PolynomialDecay, CosineDecay,
                CosineDecayRestarts>(text.substr(0, open), text.substr(open + 1, text.size() - open - 2), rate);
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION
