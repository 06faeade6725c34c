#include <xgrad/training/fit.hpp>

#include <iostream>
#include <limits>
#include <sstream>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/optim/sgd.hpp>

#include "support.hpp"

using namespace xgrad;

namespace {

Sequential classifier() {
  Sequential model{Dense(10, softmax)};
  model.compile("sgd", "sparse_categorical_crossentropy");
  return model;
}

std::string printed_by_fit(const Tensor& y, const char* loss, std::size_t outputs, FitOptions options = {}) {
  std::ostringstream text;
  std::streambuf* const before = std::cerr.rdbuf(text.rdbuf());
  Sequential model{Dense(outputs, softmax)};
  model.compile("sgd", loss);
  options.verbose = silent;
  model.fit(ones({y.shape(0), 2}), y, options);
  std::cerr.rdbuf(before);
  return text.str();
}

}  // namespace

TEST_CASE("a label that is no class is refused before the first step, with its sample, in every part of the data") {
  const Tensor x = ones({3, 4}), good{0, 1, 9};
  for (const auto& [label, shown] : std::vector<std::pair<Real, std::string>>{
           {10, "10"}, {255, "255"}, {-1, "-1"}, {Real(2.5), "2.5"}, {std::numeric_limits<Real>::quiet_NaN(), "nan"}}) {
    const Tensor bad{0, 1, label};
    const std::string said = "sparse_categorical_crossentropy: label " + shown +
                             " at sample 2; it takes integers from 0 to 9, for a model with 10 outputs";
    Sequential m = classifier();
    CHECK(thrown_by<ValueError>([&] { m.fit(x, bad, {.verbose = silent}); }) == said);
    const std::vector<Tensor> before = m.get_weights();
    CHECK(thrown_by<ValueError>([&] { m.fit(x, good, {.verbose = silent, .validation_data = {{x, bad}}}); }) == said);
    CHECK(thrown_by<ValueError>([&] { m.evaluate(x, bad, {.verbose = silent}); }) == said);
    CHECK(m.get_weights() == before);
  }
  const LabelledImages images{{1, 1, 2}, {0, 1}, {255}};
  CHECK(thrown_by<ValueError>([&] { classifier().fit(images, {.verbose = silent}); }).find("label 255 at sample 0") !=
        std::string::npos);
}

TEST_CASE("NaN or infinity in any input, also of the samples that validate, is refused by its place") {
  const Real inf = std::numeric_limits<Real>::infinity();
  const Tensor y{0, 1, 2}, good = ones({3, 4});
  Tensor bad = good;
  bad(1, 3) = -inf;
  const std::string said = " is -inf at [1, 3]; clean the data, or give {.check_data = false} to go on with it";
  Sequential m = classifier();
  CHECK(thrown_by<ValueError>([&] { m.fit(bad, y, {.verbose = silent}); }) == "x" + said);
  CHECK(thrown_by<ValueError>([&] {
          m.fit(good, y, {.verbose = silent, .validation_data = {{bad, y}}});
        }) == "x" + said);

  Model two{Dense(1)};
  two.compile("sgd", [](Dense& net, Tape& tape, const Batch& batch, const Context& context) {
    return mean(square(net(tape.borrow(batch.input(0)), context))) + 0 * mean(tape.borrow(batch.input(1)));
  });
  CHECK(thrown_by<ValueError>([&] { two.fit(Samples({&good, &bad}, {&y}), {.verbose = silent}); }) == "input 1" + said);
}

TEST_CASE("samples of one class alone are warned of, by label or one-hot, also where only the others validate") {
  const char* const sparse = "sparse_categorical_crossentropy";
  CHECK(printed_by_fit({2, 2, 2}, sparse, 3) == "xgrad: fit: all targets are 2\n");
  CHECK(printed_by_fit({2, 2, 1}, sparse, 3) == "");
  CHECK(printed_by_fit({2, 2, 1}, sparse, 3, {.validation_split = 0.3}) == "xgrad: fit: all targets are 2\n");
  CHECK(printed_by_fit({{0, 1}, {0, 1}, {0, 1}}, "categorical_crossentropy", 2) ==
        "xgrad: fit: all targets are alike\n");
  CHECK(printed_by_fit({{0, 1}, {0, 1}, {1, 0}}, "categorical_crossentropy", 2) == "");
}

TEST_CASE("no samples are refused by every function that needs some") {
  const Tensor x = zeros({0, 4}), y = zeros({0});
  Sequential m = classifier();
  m.build({4});
  CHECK(thrown_by<ValueError>([&] { m.fit(x, y); }) == "fit: there are no samples");
  CHECK(thrown_by<ValueError>([&] { m.evaluate(x, y); }) == "evaluate: there are no samples");
  CHECK(thrown_by<ValueError>([&] { m.train_on_batch(x, y); }) == "train_on_batch: there are no samples");
  CHECK(thrown_by<ValueError>([&] { m.test_on_batch(x, y); }) == "test_on_batch: there are no samples");
  CHECK(m.predict(x, {.verbose = silent}).shape() == Shape{0, 10});
  CHECK(m.predict_on_batch(x).shape() == Shape{0, 10});
}

TEST_CASE("after a generator's error, a loop over its batches has ended") {
  Sequential m{Dense(1)};
  m.compile(SGD{}, "mse");
  std::size_t count = 0;
  const auto next = [&] { return std::optional(Batch{ones({1, ++count == 2 ? 3u : 2u}), ones({1, 1})}); };
  Fit fit(m, next, {.verbose = silent, .steps_per_epoch = 4});
  CHECK(thrown_by<ShapeError>([&] { fit.next(); }).starts_with("fit: batch 2: "));
  CHECK_FALSE(fit.next());
  CHECK(count == 2);
}
