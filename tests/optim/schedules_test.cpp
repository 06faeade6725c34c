#include <xgrad/optim/learning_rate.hpp>
#include <xgrad/optim/schedules.hpp>

#include "options.hpp"

using namespace xgrad;

namespace {

void check_rates(const LearningRate& rate, std::initializer_list<double> expected) {
  std::int64_t step = 0;
  for (const double e : expected) {
    CAPTURE(step);
    CHECK(rate.at(step++) == doctest::Approx(e).epsilon(1e-12));
  }
}

template <class Schedule>
std::string refusal(Schedule schedule) {
  return thrown_by<ValueError>([&] { LearningRate{schedule}; });
}

// As it comes back from a file.
LearningRate read_back(const LearningRate& rate) {
  LearningRate read = 1;
  set_options(read, options_of(rate));
  return read;
}

}  // namespace

TEST_CASE("a number is the learning rate of every step, and a function is asked for each") {
  CHECK(LearningRate(0.5).at(1000000) == 0.5);
  CHECK(!LearningRate(1).is_schedule());
  const LearningRate own = [](std::int64_t step) { return 1 / (1.0 + static_cast<double>(step)); };
  CHECK(own.is_schedule());
  check_rates(own, {1, 0.5, 1.0 / 3});
}

TEST_CASE("staircases decay once in decay_steps") {
  check_rates(ExponentialDecay{.initial_learning_rate = 8, .decay_steps = 2, .decay_rate = 0.5, .staircase = true},
              {8, 8, 4, 4, 2});
  check_rates(InverseTimeDecay{.initial_learning_rate = 6, .decay_steps = 2, .decay_rate = 1, .staircase = true},
              {6, 6, 3, 3, 2});
}

TEST_CASE("a boundary belongs to the value before it, and without boundaries there is one value") {
  check_rates(PiecewiseConstantDecay{.boundaries = {1, 2}, .values = {3, 2, 1}}, {3, 3, 2, 1, 1});
  check_rates(PiecewiseConstantDecay{.values = {3}}, {3, 3});
}

TEST_CASE("polynomial decay ends, or begins again with longer periods") {
  const PolynomialDecay square{
      .initial_learning_rate = 9, .decay_steps = 4, .end_learning_rate = 1, .power = 2};  // 8 (1 - s / 4)^2 + 1
  check_rates(square, {9, 5.5, 3, 1.5, 1, 1, 1});
  const PolynomialDecay cycle{
      .initial_learning_rate = 5, .decay_steps = 2, .end_learning_rate = 1, .cycle = true};  // 4 (1 - s / 4) + 1 from 3
  check_rates(cycle, {5, 3, 1, 2, 1, 1 + 4.0 / 6, 1});
}

TEST_CASE("cosine decay ends at alpha, and warms up by equal parts") {
  check_rates(CosineDecay{.initial_learning_rate = 4, .decay_steps = 2, .alpha = 0.5}, {4, 3, 2, 2});
  check_rates(
      CosineDecay{.initial_learning_rate = 1, .decay_steps = 2, .alpha = 0.5, .warmup_target = 4, .warmup_steps = 3},
      {1, 2, 3, 4, 3, 2, 2});
}

TEST_CASE("cosine restarts lengthen by t_mul, and start lower by m_mul, to which alpha is added as in Keras") {
  // periods of 2, 4 and 8 steps from 1, 0.5 and 0.25
  const double half = std::sqrt(0.5) / 2;
  check_rates(CosineDecayRestarts{.initial_learning_rate = 1, .first_decay_steps = 2, .m_mul = 0.5},
              {1, 0.5, 0.5, 0.25 + half / 2, 0.25, 0.25 - half / 2, 0.25});
  check_rates(
      CosineDecayRestarts{.initial_learning_rate = 2, .first_decay_steps = 2, .t_mul = 1, .m_mul = 0.5, .alpha = 0.5},
      {2, 1.5, 1.5, 1.25, 1.25});
  CHECK(LearningRate(CosineDecayRestarts{.initial_learning_rate = 1, .first_decay_steps = 3, .t_mul = 1})
            .at(3'000'000'000'000) == 1);
}

TEST_CASE("schedules refuse options out of range, with the range") {
  CHECK(refusal(ExponentialDecay{.initial_learning_rate = -1, .decay_steps = 1, .decay_rate = 1}) ==
        "ExponentialDecay: initial_learning_rate is -1; it takes a number above 0");
  CHECK(refusal(ExponentialDecay{.initial_learning_rate = 1, .decay_rate = 1}) ==
        "ExponentialDecay: decay_steps is 0; it takes at least 1");
  CHECK(refusal(ExponentialDecay{.initial_learning_rate = 1, .decay_steps = 1}) ==
        "ExponentialDecay: decay_rate is 0; it takes a number above 0");
  CHECK(refusal(InverseTimeDecay{.initial_learning_rate = HUGE_VAL, .decay_steps = 1, .decay_rate = 1}) ==
        "InverseTimeDecay: initial_learning_rate is inf; it takes a number above 0");
  CHECK(refusal(InverseTimeDecay{.initial_learning_rate = 1, .decay_steps = 0, .decay_rate = 1}) ==
        "InverseTimeDecay: decay_steps is 0; it takes at least 1");
  CHECK(refusal(InverseTimeDecay{.initial_learning_rate = 1, .decay_steps = 1, .decay_rate = std::nan("")}) ==
        "InverseTimeDecay: decay_rate is nan; it takes a number above 0");
  CHECK(refusal(PiecewiseConstantDecay{}) ==
        "PiecewiseConstantDecay: 0 boundaries and 0 values; it takes one value more than boundaries");
  CHECK(refusal(PiecewiseConstantDecay{.boundaries = {5, 5}, .values = {1, 2, 3}}) ==
        "PiecewiseConstantDecay: boundary 5 after 5; they must increase");
  CHECK(refusal(PiecewiseConstantDecay{.values = {-1}}) ==
        "PiecewiseConstantDecay: a value is -1; it takes a number from 0");
  CHECK(refusal(PolynomialDecay{.decay_steps = 1}) ==
        "PolynomialDecay: initial_learning_rate is 0; it takes a number above 0");
  CHECK(refusal(PolynomialDecay{.initial_learning_rate = 1}) ==
        "PolynomialDecay: decay_steps is 0; it takes at least 1");
  CHECK(refusal(PolynomialDecay{.initial_learning_rate = 1, .decay_steps = 1, .end_learning_rate = -1}) ==
        "PolynomialDecay: end_learning_rate is -1; it takes a number from 0");
  CHECK(refusal(PolynomialDecay{.initial_learning_rate = 1, .decay_steps = 1, .power = 0}) ==
        "PolynomialDecay: power is 0; it takes a number above 0");
  CHECK(refusal(CosineDecay{.decay_steps = 1}) == "CosineDecay: initial_learning_rate is 0; it takes a number above 0");
  CHECK(refusal(CosineDecay{.initial_learning_rate = 1}) == "CosineDecay: decay_steps is 0; it takes at least 1");
  CHECK(refusal(CosineDecay{.initial_learning_rate = 1, .decay_steps = 1, .alpha = 2}) ==
        "CosineDecay: alpha is 2; it takes 0 to 1");
  CHECK(refusal(CosineDecay{.decay_steps = 1, .warmup_target = -1}) ==
        "CosineDecay: warmup_target is -1; it takes a number above 0");
  CHECK(refusal(CosineDecay{.initial_learning_rate = 1, .decay_steps = 1, .warmup_steps = 5}) ==
        "CosineDecay: warmup_steps is 5 without a warmup_target; it takes both or neither");
  CHECK(refusal(CosineDecayRestarts{.first_decay_steps = 1}) ==
        "CosineDecayRestarts: initial_learning_rate is 0; it takes a number above 0");
  CHECK(refusal(CosineDecayRestarts{.initial_learning_rate = 1}) ==
        "CosineDecayRestarts: first_decay_steps is 0; it takes at least 1");
  CHECK(refusal(CosineDecayRestarts{.initial_learning_rate = 1, .first_decay_steps = 1, .t_mul = 0.5}) ==
        "CosineDecayRestarts: t_mul is 0.5; it takes a number from 1");
  CHECK(refusal(CosineDecayRestarts{.initial_learning_rate = 1, .first_decay_steps = 1, .m_mul = -1}) ==
        "CosineDecayRestarts: m_mul is -1; it takes a number from 0");
  CHECK(refusal(CosineDecayRestarts{.initial_learning_rate = 1, .first_decay_steps = 1, .alpha = -1}) ==
        "CosineDecayRestarts: alpha is -1; it takes 0 to 1");
  CHECK(refusal(std::function<double(std::int64_t)>()) ==
        "learning_rate is an empty function; it takes a number or a schedule");
}

TEST_CASE("learning rates are written as text, and read back") {
  CHECK(options_of(LearningRate(0.001)) == Json{{"name", "constant"}, {"value", 0.001}});
  CHECK(options_of(LearningRate(PiecewiseConstantDecay{.boundaries = {1, 5}, .values = {0.1, 0.01, 0.001}})) ==
        Json{{"name", "PiecewiseConstantDecay"}, {"boundaries", {1, 5}}, {"values", {0.1, 0.01, 0.001}}});
  const LearningRate all[] = {1.0 / 3, PiecewiseConstantDecay{.values = {0.1}},
                              CosineDecay{.decay_steps = 7, .alpha = 0.1, .warmup_target = 0.3, .warmup_steps = 2}};
  for (const LearningRate& rate : all) {
    const LearningRate read = read_back(rate);
    CHECK(options_of(read) == options_of(rate));
    for (std::int64_t step = 0; step < 20; ++step) CHECK(read.at(step) == rate.at(step));
  }
}

TEST_CASE("learning rates that cannot be saved or read are refused") {
  CHECK(thrown_by<ValueError>([] { options_of(LearningRate([](std::int64_t) { return 0.1; })); }) ==
        "learning_rate: a function of your own cannot be saved; a number can, and a schedule with a name and fields()");
  const auto read = [](const Json& options) {
    return thrown_by<ValueError>([&] {
      LearningRate rate = 1;
      set_options(rate, options);
    });
  };
  CHECK(read({{"name", "constant"}, {"value", -1}}) == "learning_rate is -1; it takes a number from 0");
  CHECK(read({{"name", "constant"}, {"value", "fast"}}) == "option value: \"fast\" is no number");
  CHECK(read({{"value", 1}}) == "there is no option name");
  CHECK(read({{"name", "StepDecay"}}) ==
        "learning_rate: there is no \"StepDecay\"; the names are " + listed(schedules()));
  CHECK(read({{"name", "CosineDecay"}}) == "CosineDecay: initial_learning_rate is 0; it takes a number above 0");
  CHECK(read({{"name", "ExponentialDecay"}, {"initial_learning_rate", 1}, {"decay_steps", 0}, {"decay_rate", 1}}) ==
        "ExponentialDecay: decay_steps is 0; it takes at least 1");
}
