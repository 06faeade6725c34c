// Moving averages of weights, and constraints, against Keras.

#include <fstream>
#include <map>

#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/layers/layer_normalization.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/optim/adagrad.hpp>
#include <xgrad/optim/adamw.hpp>
#include <xgrad/optim/nadam.hpp>
#include <xgrad/optim/rmsprop.hpp>
#include <xgrad/optim/sgd.hpp>
#include <xgrad/training/fit.hpp>

#include "data/files.hpp"
#include "optim/gradients.hpp"
#include "options.hpp"

using namespace xgrad;

namespace {

const Json& file() {
  static const Json all = Json::parse(std::ifstream(XGRAD_TEST_DATA "/keras/averages.json"));
  return all;
}

Tensor tensor(const Json& numbers) {
  const bool is_matrix = numbers.at(0).is_array();
  Tensor x(is_matrix ? Shape{numbers.size(), numbers[0].size()} : Shape{numbers.size()});
  for (std::size_t i = 0; i < x.size(); ++i)
    x.data()[i] = (is_matrix ? numbers[i / x.shape(1)][i % x.shape(1)] : numbers[i]).get<Real>();
  return x;
}

const std::map<std::string, std::pair<Optimizer, Constraint>>& steps() {
  static const std::map<std::string, std::pair<Optimizer, Constraint>> all = {
      {"SGD(lr=.1,ema)", {SGD{.learning_rate = 0.1, .use_ema = true}, {}}},
      {"Adam(lr=.1,ema=.5)", {Adam{.learning_rate = 0.1, .use_ema = true, .ema_momentum = 0.5}, {}}},
      {"Nadam(lr=.1,ema=.75,every=2)",
       {Nadam{.learning_rate = 0.1, .use_ema = true, .ema_momentum = 0.75, .ema_overwrite_frequency = 2}, {}}},
      {"RMSprop(lr=.1,ema=.9,every=1)",
       {RMSprop{.learning_rate = 0.1, .use_ema = true, .ema_momentum = 0.9, .ema_overwrite_frequency = 1}, {}}},
      {"SGD(lr=.1,momentum=.9,ema=.5,every=3)",
       {SGD{.learning_rate = 0.1, .momentum = 0.9, .use_ema = true, .ema_momentum = 0.5, .ema_overwrite_frequency = 3},
        {}}},
      {"SGD(lr=.1,ema=.5,every=2,accumulate=2)",
       {SGD{.learning_rate = 0.1,
            .use_ema = true,
            .ema_momentum = 0.5,
            .ema_overwrite_frequency = 2,
            .gradient_accumulation_steps = 2},
        {}}},
      {"AdamW(lr=.1,ema=.5,accumulate=3)",
       {AdamW{.learning_rate = 0.1, .use_ema = true, .ema_momentum = 0.5, .gradient_accumulation_steps = 3}, {}}},
      {"Adagrad(lr=.5),MaxNorm(1.5)", {Adagrad{.learning_rate = 0.5}, MaxNorm{1.5}}},
      {"SGD(lr=.5),NonNeg", {SGD{.learning_rate = 0.5}, NonNeg{}}},
      {"SGD(lr=.1,accumulate=2),MaxNorm(1.5)",
       {SGD{.learning_rate = 0.1, .gradient_accumulation_steps = 2}, MaxNorm{1.5}}},
      {"Adam(lr=.1,ema=.5),UnitNorm", {Adam{.learning_rate = 0.1, .use_ema = true, .ema_momentum = 0.5}, UnitNorm{}}},
      {"SGD(lr=.1,ema=.5,every=2),MinMaxNorm(.5,2,.25)",
       {SGD{.learning_rate = 0.1, .use_ema = true, .ema_momentum = 0.5, .ema_overwrite_frequency = 2},
        MinMaxNorm{0.5, 2, 0.25}}}};
  return all;
}

}  // namespace

TEST_CASE("averages, overwriting and constraints follow each step as in Keras") {
  CHECK(file().at("steps").size() == steps().size());
  for (const auto& entry : steps()) {
    const auto& [key, row] = entry;
    CAPTURE(entry.first);
    const Json& expected = file().at("steps").at(key);
    Parameter w("w", tensor(file().at("inputs").at("w0")));
    row.second.constrain(w);
    Optimizer optimizer = row.first;
    for (std::size_t t = 0; t < expected.at("values").size(); ++t) {
      CAPTURE(t);
      give_gradient(w, tensor(file().at("inputs").at("gradients").at(t)));
      optimizer.step({&w});
      check_close(w.value(), tensor(expected.at("values").at(t)), 5e-6);
      if (!expected.at("averages").empty())
        check_close(optimizer.state().averages.at(0), tensor(expected.at("averages").at(t)), 5e-6);
      else
        CHECK(optimizer.state().averages.empty());
    }
    optimizer.finalize_variable_values(std::vector{&w});
    check_close(w.value(), tensor(expected.at("final")), 5e-6);
  }
}

TEST_CASE("fit constrains weights, and ends with the averages, as in Keras") {
  const std::map<std::string, Optimizer> optimizers = {
      {"SGD(lr=.1)", SGD{.learning_rate = 0.1}},
      {"SGD(lr=.1,ema=.9,every=5)",
       SGD{.learning_rate = 0.1, .use_ema = true, .ema_momentum = 0.9, .ema_overwrite_frequency = 5}},
      {"Adam(lr=.01,ema)", Adam{.learning_rate = 0.01, .use_ema = true}}};
  const Json& inputs = file().at("inputs");
  for (const auto& row : optimizers)
    for (const std::size_t workers : {1, 2}) {
      const auto& key = row.first;
      const auto& optimizer = row.second;
      CAPTURE(key);
      CAPTURE(workers);
      Sequential m{Input{{3}}, Dense(2, linear, {.kernel_constraint = MaxNorm{0.75, 1}, .bias_constraint = "non_neg"}),
                   LayerNormalization({.beta_constraint = MaxNorm{0.1}, .gamma_constraint = UnitNorm{}}),
                   Dense(1, linear, {.kernel_constraint = MinMaxNorm{0.5, 0.75}})};
      std::vector<Tensor> weights;
      for (const Json& w : inputs.at("weights")) weights.push_back(tensor(w));
      m.set_weights(weights);
      m.compile(optimizer, "mse");
      m.fit(tensor(inputs.at("x")), tensor(inputs.at("y")),
            {.batch_size = 2, .epochs = 3, .verbose = silent, .shuffle = false, .workers = workers});
      const std::vector<Tensor> after = m.get_weights();
      const Json& expected = file().at("fit").at(key).at("weights");
      REQUIRE(after.size() == expected.size());
      for (std::size_t k = 0; k < after.size(); ++k) check_close(after[k], tensor(expected.at(k)), 1e-5);
    }
}

TEST_CASE("averages are saved, and training goes on from them bit for bit") {
  const Folder folder;
  const Tensor x = tensor(file().at("inputs").at("x")), y = tensor(file().at("inputs").at("y"));
  const Optimizer optimizer =
      Adam{.use_ema = true, .ema_momentum = 0.75, .ema_overwrite_frequency = 4, .gradient_accumulation_steps = 2};
  const auto made = [&] {
    Sequential m{Dense(2, "tanh", {.kernel_constraint = MaxNorm{0.5}}), Dense(1)};
    m.seed(1);
    m.compile(optimizer, "mse");
    return m;
  };
  const auto step = [&](Model& m, int times) {
    for (int k = 0; k < times; ++k) m.train_on_batch(x, y);
    return m.get_weights();
  };
  Sequential whole = made(), part = made(), restored = made();
  const std::vector<Tensor> expected = step(whole, 12);
  for (const int stop : {1, 3, 4}) {
    part = made();
    step(part, stop);
    part.save(folder.path / "m");
    Sequential loaded = Sequential::load(folder.path / "m");
    CHECK(step(loaded, 12 - stop) == expected);
    restored = made();
    restored.restore(folder.path / "m");
    CHECK(step(restored, 12 - stop) == expected);
    CHECK(loaded.optimizer().state().averages == whole.optimizer().state().averages);
  }
}

TEST_CASE("averages of what is not known are refused, and options out of range") {
  Parameter w("w", Tensor{1, 2}), v("v", Tensor{1});
  Optimizer sgd = SGD{.use_ema = true};
  sgd.finalize_variable_values(std::vector{&v});  // nothing is averaged yet
  give_gradient(w, Tensor{1, 1});
  sgd.step({&w});
  CHECK(thrown_by<ValueError>([&] { sgd.finalize_variable_values(std::vector{&v}); }) ==
        "finalize_variable_values: 1 parameters for 1 averages, or of other shapes; it takes those of the last step");
  CHECK(thrown_by<ValueError>([] { Optimizer(SGD{.ema_momentum = 1.5}); }) == "ema_momentum is 1.5; it takes 0 to 1");
  CHECK(thrown_by<ValueError>([] { Optimizer(SGD{.ema_momentum = NAN}); }) == "ema_momentum is nan; it takes 0 to 1");
}
