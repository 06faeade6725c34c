#include <xgrad/nn/model/detail/walks.hpp>
#include <xgrad/optim/adadelta.hpp>
#include <xgrad/optim/adagrad.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/adamax.hpp>
#include <xgrad/optim/adamw.hpp>
#include <xgrad/optim/nadam.hpp>
#include <xgrad/optim/rmsprop.hpp>
#include <xgrad/optim/schedules.hpp>
#include <xgrad/optim/sgd.hpp>

#include "gradients.hpp"

using namespace xgrad;

namespace {

Json options_of(Optimizer optimizer) {
  Writer writer;
  writer.is_portable = true;
  optimizer.options(writer);
  return writer.options;
}

Optimizer made_again(const Json& options) {
  Optimizer optimizer(options.at("name").get<std::string>());
  Reader reader({}, options);
  optimizer.options(reader);
  reader.finish();
  return optimizer;
}

// Steps from, and up to but not including; each with gradients of its own.
void run(Optimizer& optimizer, Parameter& a, Parameter& b, int from, int to) {
  for (int t = from; t < to; ++t) {
    const Real x = static_cast<Real>(std::sin(t)), y = static_cast<Real>(std::cos(t));
    give_gradient(a, Tensor{x, y, x * y});
    give_gradient(b, Tensor{x - y, 3 * x, y, 7, 0, -x});
    optimizer.step(std::vector{&a, &b});
  }
}

}  // namespace

TEST_CASE("a run that was saved goes on as if it had not stopped, bit for bit") {
  const CosineDecay cosine{.initial_learning_rate = 0.1, .decay_steps = 11};
  std::vector<Optimizer> all = {
      SGD{.learning_rate = cosine, .momentum = 0.9, .nesterov = true, .clipnorm = 0.5},
      SGD{.momentum = 0.8, .gradient_accumulation_steps = 3},
      RMSprop{.rho = 0.8, .momentum = 0.9, .epsilon = 1e-3, .centered = true, .global_clipnorm = 2},
      Adam{.learning_rate = cosine, .beta_1 = 0.8, .amsgrad = true, .gradient_accumulation_steps = 4},
      AdamW{.weight_decay = 0.1, .beta_2 = 0.9, .clipvalue = 0.3, .gradient_accumulation_steps = 2},
      Adagrad{.initial_accumulator_value = 0.5},
      Adadelta{.learning_rate = 1, .rho = 0.9},
      Adamax{.beta_1 = 0.7},
      Nadam{.beta_1 = 0.8, .gradient_accumulation_steps = 3}};
  for (const std::string& name : names_of(optimizers())) all.emplace_back(name);
  const Tensor start_a{1, 2, 3}, start_b{{4, 5, 6}, {7, 8, 9}};
  for (const Optimizer& optimizer : all) {
    for (const int stop : {0, 1, 5, 6}) {
      CAPTURE(optimizer.name());
      CAPTURE(stop);
      Parameter a("kernel", start_a), b("bias", start_b);
      Optimizer whole = optimizer;
      whole.exclude_from_weight_decay({"bias"});
      run(whole, a, b, 0, 12);

      Parameter c("kernel", start_a), d("bias", start_b);
      Optimizer before = optimizer;
      before.exclude_from_weight_decay({"bias"});
      run(before, c, d, 0, stop);
      Optimizer after = made_again(options_of(before));
      after.set_state(before.state());
      CHECK(after.iterations() == stop);
      run(after, c, d, stop, 12);

      CHECK(a.value() == c.value());
      CHECK(b.value() == d.value());
      CHECK(whole.state().slots == after.state().slots);
      CHECK(options_of(whole) == options_of(after));
    }
  }
}

TEST_CASE("all options are written by name, the learning rate as it was set") {
  Optimizer adam = AdamW{.clipnorm = 2};
  adam.set_learning_rate(0.25);
  adam.exclude_from_weight_decay({"bias", "gamma"});
  CHECK(options_of(adam) == Json{{"name", "adamw"},
                                 {"beta_1", 0.9},
                                 {"beta_2", 0.999},
                                 {"epsilon", 1e-7},
                                 {"amsgrad", false},
                                 {"learning_rate", {{"name", "constant"}, {"value", 0.25}}},
                                 {"weight_decay", 0.004},
                                 {"clipnorm", 2.0},
                                 {"clipvalue", nullptr},
                                 {"global_clipnorm", nullptr},
                                 {"use_ema", false},
                                 {"ema_momentum", 0.99},
                                 {"ema_overwrite_frequency", 0},
                                 {"gradient_accumulation_steps", 1},
                                 {"exclude_from_weight_decay", {"bias", "gamma"}}});
  CHECK(made_again(options_of(adam)).learning_rate() == 0.25);
}

TEST_CASE("options that are wrong are refused by name") {
  const Json right = options_of(SGD{.learning_rate = 0.5});
  const auto read = [&](const std::string& name, const Json& value) {
    Json options = right;
    options[name] = value;
    return thrown_by<Error>([&] { made_again(options); });
  };
  CHECK(read("momentum", 2) == "SGD: momentum is 2; it takes 0 up to but not including 1");
  CHECK(read("clipnorm", -1) == "clipnorm is -1; it takes a number above 0");
  CHECK(read("learning_rate", {{"name", "constant"}, {"value", -1}}) ==
        "learning_rate is -1; it takes a number from 0");
  CHECK(read("learning_rate", {{"name", "StepDecay"}}).starts_with("learning_rate: there is no \"StepDecay\""));
  CHECK(read("nesterov", "maybe") == "option nesterov: \"maybe\" is neither true nor false");
  CHECK(read("exclude_from_weight_decay", {"a", ""}) ==
        "exclude_from_weight_decay: an empty name; it takes parts of paths, \"bias\"");
  CHECK(read("name", "sdg").starts_with("optimizer: there is no \"sdg\""));
  CHECK(read("amsgrad", true) == "it does not fit the model: unexpected option amsgrad");
  CHECK(made_again({{"name", "sgd"}}).learning_rate() == 0.01);  // what a file does not say is as it is by default
}

TEST_CASE("a state that cannot be is refused") {
  Parameter w("w", Tensor{1, 2});
  const auto step_from = [&](Optimizer optimizer, Optimizer::State state) {
    return thrown_by<Error>([&] {
      optimizer.set_state(state);
      give_gradient(w, Tensor{1, 1});
      optimizer.step(std::vector{&w});
    });
  };
  const Tensor two{0, 0}, three{0, 0, 0};
  CHECK(step_from("adam", {.iterations = -1}) == "set_state: iterations is -1; it takes 0 to 9007199254740992");
  CHECK(step_from("adam", {.iterations = 1, .slots = {{two}}}) ==
        "step: the state has 1 tensors for parameter w; adam keeps 2");
  CHECK(step_from("adam", {.iterations = 1, .slots = {{two, three}}}) ==
        "step: parameter w has shape (2,) where it was (3,); it takes the same parameters at every step, or a new "
        "optimizer");
  CHECK(step_from("adam", {.iterations = 1, .slots = {{two, two}, {two, two}}}) ==
        "step: 1 parameters after 2; it takes the same parameters at every step, or a new optimizer; after freeze(), "
        "unfreeze() or another trainable, compile() the model again");
  const Optimizer accumulating = SGD{.gradient_accumulation_steps = 2};
  CHECK(step_from(accumulating, {.iterations = 3}) ==
        "set_state: after 3 iterations of cycles of 2 it takes the accumulated gradients");
  CHECK(step_from(accumulating, {.iterations = 3, .slots = {{}}, .accumulated = {three}}) ==
        "step: parameter w has shape (2,) where it was (3,); it takes the same parameters at every step, or a new "
        "optimizer");
  CHECK(
      step_from("adam", {.iterations = 1, .slots = {{two, two}}, .paths = {"v"}}) ==
      "step: parameter w where v was; it takes the same parameters at every step, or a new optimizer; after freeze(), "
      "unfreeze() or another trainable, compile() the model again");
  CHECK(step_from("adam", {.iterations = 1, .slots = {{two, two}}}) == "nothing");
}

TEST_CASE("a rule of one's own that has no name cannot be saved") {
  struct Mine {
    double learning_rate = 1;
    auto at(std::int64_t, double) const {
      return [](Real&, Real) {};
    }
  };
  CHECK(thrown_by<ValueError>([] { options_of(Mine{}); }) ==
        "optimizer: a function of one's own has no name by which to save it");
  const auto own_schedule = [](std::int64_t) { return 0.1; };
  CHECK_THROWS_AS(options_of(SGD{.learning_rate = own_schedule}), ValueError);
}
