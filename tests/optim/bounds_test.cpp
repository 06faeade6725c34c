// Options and states that a file may hold, at the ends of what a number is.

#include <chrono>

#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/adamw.hpp>
#include <xgrad/optim/groups.hpp>
#include <xgrad/optim/nadam.hpp>
#include <xgrad/optim/schedules.hpp>
#include <xgrad/optim/sgd.hpp>

#include "gradients.hpp"
#include "options.hpp"

using namespace xgrad;

TEST_CASE("every schedule answers at once for any step, with a learning rate or a refusal") {
  const double huge = 1e300, next = std::nextafter(1.0, 2.0);
  const std::size_t most = std::numeric_limits<std::size_t>::max();
  std::vector<LearningRate> all;
  for (const double rate : {0.1, huge, 1e-300})
    for (const std::size_t steps : {std::size_t{1}, std::size_t{1000}, most}) {
      for (const double decay : {0.5, 1.0, huge, 1e-300})
        for (const bool staircase : {false, true}) {
          all.emplace_back(ExponentialDecay{rate, steps, decay, staircase});
          all.emplace_back(InverseTimeDecay{rate, steps, decay, staircase});
          all.emplace_back(PolynomialDecay{rate, steps, rate, decay, staircase});
        }
      all.emplace_back(CosineDecay{rate, steps, 0.5, huge, most});
      for (const double t_mul : {1.0, next, 1 + 2e-16, 1 + 1e-12, 1.000001, 1.5, huge})
        for (const double m_mul : {0.0, 0.5, 1.0, huge})
          all.emplace_back(CosineDecayRestarts{rate, steps, t_mul, m_mul, 0.1});
    }
  const auto begin = std::chrono::steady_clock::now();
  for (const LearningRate& rate : all)
    for (const std::int64_t step :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{1} << 53, std::int64_t{9'000'000'000'000'000'000},
          std::numeric_limits<std::int64_t>::max()}) {
      try {
        const Real eta = static_cast<Real>(rate.at(step));
        CHECK((eta >= 0 && std::isfinite(eta)));
      } catch (const ValueError&) {
      }
    }
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
}

TEST_CASE("many restarts are gone through at once, to the same learning rate") {
  // After n periods that grow by t_mul, s = (t_mul^n - 1) / (t_mul - 1); half way through the next, the cosine is 0.
  const double t_mul = 1 + 1e-6;
  const CosineDecayRestarts rate{.initial_learning_rate = 1, .first_decay_steps = 1'000'000, .t_mul = t_mul};
  const double n = 20'000, periods = std::expm1(n * std::log1p(1e-6)) / 1e-6, last = std::exp(n * std::log1p(1e-6));
  CHECK(rate(static_cast<std::int64_t>(1e6 * (periods + last / 2))) == doctest::Approx(0.5).epsilon(1e-3));
  CHECK(rate(static_cast<std::int64_t>(1e6 * (periods + last / 4))) == doctest::Approx(0.853553).epsilon(1e-3));
  CHECK(CosineDecayRestarts{.initial_learning_rate = 1, .first_decay_steps = 2, .t_mul = 1 + 2e-16}(1) ==
        doctest::Approx(0.5));
}

TEST_CASE("steps that no counter has are refused") {
  const auto read = [](const Json& options) {
    Optimizer sgd = "sgd";
    Reader reader({}, options);
    sgd.options(reader);
  };
  const std::uint64_t most = std::uint64_t{1} << 53;
  for (const std::uint64_t steps : {most + 1, std::uint64_t{1} << 63, ~std::uint64_t{0}})
    CHECK(thrown_by<ValueError>([&] {
            read({{"name", "sgd"}, {"gradient_accumulation_steps", steps}});
          }) == text("gradient_accumulation_steps is ", steps, "; it takes at most 9007199254740992"));
  read({{"name", "sgd"}, {"gradient_accumulation_steps", most}, {"ema_overwrite_frequency", ~std::uint64_t{0}}});
  Optimizer adam = Adam{};
  const std::int64_t last = std::numeric_limits<std::int64_t>::max();
  CHECK(thrown_by<ValueError>([&] { adam.set_state({.iterations = last}); }) ==
        "set_state: iterations is 9223372036854775807; it takes 0 to 9007199254740992");
  Optimizers all = "adam";
  const Json state = {{"iterations", last}, {"paths", Json::array()}, {"slots", 0}, {"accumulates", false}};
  Reader reader({}, {{"optimizer", state}});
  CHECK_THROWS_AS(all.states(reader), ValueError);
  Json whole = {{"name", "adam"}, {"state", state}};
  CHECK_THROWS_AS(set_options(adam, whole), ValueError);
  for (Optimizer each : {Optimizer(Adam{}), Optimizer(Nadam{}), Optimizer(Adam{.use_ema = true})}) {
    each.set_state({.iterations = most_steps});
    CHECK(std::isfinite(weight_after(each, {1, -1, 1})));
  }
}

TEST_CASE("a learning rate or a decay that a Real does not hold is refused before anything moves") {
  Parameter w("w", Tensor{1});
  const double above = either(1e39, 1e308);
  for (const Optimizer& optimizer :
       {Optimizer(SGD{.learning_rate = 1e10, .weight_decay = above / 10}),
        Optimizer(AdamW{.learning_rate = [](std::int64_t) { return HUGE_VAL; }}),
        Optimizer(Adam{.learning_rate = [above](std::int64_t) { return sizeof(Real) == 4 ? above : -above; }})}) {
    Optimizer copy = optimizer;
    give_gradient(w, Tensor{1});
    CHECK_THROWS_AS(copy.step({&w}), ValueError);
    CHECK(w.value() == Tensor{1});
    CHECK(copy.iterations() == 0);
  }
}

TEST_CASE("weights are excluded from decay by regular expressions, as in Keras") {
  const auto decays = [](const std::vector<std::string>& excluded, const std::string& path) {
    Parameter w(path, Tensor{1});
    Optimizer sgd = SGD{.learning_rate = 0.1, .weight_decay = 0.5};
    sgd.exclude_from_weight_decay(excluded);
    give_gradient(w, Tensor{0});
    sgd.step({&w});
    return w.value()(0) != 1;
  };
  // By Python's re.search("|".join(names), path).
  CHECK(!decays({"bias|beta"}, "dense/bias"));
  CHECK(!decays({"bias|beta"}, "layer_normalization/beta"));
  CHECK(decays({"bias|beta"}, "dense/kernel"));
  CHECK(!decays({"gamma", "^dense_1/"}, "dense_1/kernel"));
  CHECK(decays({"gamma", "^dense_1/"}, "a/dense_1/kernel"));
  CHECK(decays({"dense$"}, "dense/kernel"));
  CHECK(!decays({"dense_\\d+/k.*l"}, "dense_12/kernel"));
  CHECK(decays({"dense_\\d+/k.*l"}, "dense/kernel"));
  CHECK(!decays({"[bg]e?t?a"}, "x/beta"));
  CHECK(!decays({"."}, "x"));
  Optimizer sgd = SGD{};
  for (const char* bad : {"bias|(", "[a", "*", "a{2", "(?<x", "\\"})
    CHECK(thrown_by<ValueError>([&] {
            sgd.exclude_from_weight_decay({"bias", bad});
          }).starts_with(text("exclude_from_weight_decay: \"", bad, "\" is no regular expression: ")));
  CHECK(thrown_by<ValueError>([&] { sgd.exclude_from_weight_decay({std::string(1001, 'a')}); }) ==
        "exclude_from_weight_decay: a name of 1001 characters; it takes at most 1000");
  CHECK(decays({"(a+)+$"}, std::string(2000, 'a') + "b"));  // no exponential time
}

TEST_CASE("a parameter that is renamed is excluded by its new path") {
  Parameter w("w", Tensor{1});
  Optimizer sgd = SGD{.learning_rate = 0.5, .weight_decay = 1};
  sgd.exclude_from_weight_decay({"^old"});
  const auto step = [&](const char* path) {
    give_gradient(w, Tensor{0});
    sgd.step({.paths = {path}, .all = {&w}});
    return w.value()(0);
  };
  CHECK(step("old") == 1);
  CHECK(step("new") == 0.5);
  CHECK(step("old") == 0.5);
}
