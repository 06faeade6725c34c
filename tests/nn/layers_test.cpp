#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/batch_normalization.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/layers/dropout.hpp>
#include <xgrad/nn/layers/flatten.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/training/fit.hpp>

#include "layer_checks.hpp"

using namespace xgrad;

namespace {

std::vector<std::string> names(Sequential& model) { return model.parameters().paths; }

}  // namespace

TEST_CASE("Sequential names layers and parameters as Keras does") {
  Rng rng(1);
  Sequential model{Flatten(), Dense(4, relu), Dropout(0.5), Dense(3, relu), Sequential{Dense(2), Activation(softmax)}};
  CHECK(model.build({2, 2}, rng) == Shape{2});
  CHECK(names(model) == std::vector<std::string>{"dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias",
                                                 "sequential/dense/kernel", "sequential/dense/bias"});
}

TEST_CASE("the first call in training builds a Sequential from its input") {
  Rng rng(1);
  Sequential model{Dense(4, relu), Dense(3)};
  Tape tape;
  const Var x = tape.constant(ones({2, 5}));
  CHECK(thrown_by<ValueError>([&] { model(x); }) == "the weights are not drawn yet; call build({features}, rng) first");
  CHECK(model(x, {.training = true, .rng = &rng}).shape() == Shape{2, 3});
  CHECK(model.parameters()[0]->value().shape() == Shape{5, 4});
}

TEST_CASE("a shape that does not fit is reported with the layer's name") {
  Rng rng(1);
  Sequential model{Dense(4), Dense(3)};
  model.build({5}, rng);
  Tape tape;
  CHECK(thrown_by<ShapeError>([&] {
          model(tape.constant(ones({2, 6})));
        }) == "layer dense: weight dense/kernel has shape (5, 4); here it takes (6, 4)");
  CHECK(thrown_by<ShapeError>([&] { model.build({}, rng); }) ==
        "layer dense: Dense: cannot take (1,); it takes (n, ..., in)");
}

TEST_CASE("building again keeps the weights that are there, in a nested model too") {
  Rng rng(1);
  Sequential inner{Dense(2)};
  inner.build({3}, rng);
  const Tensor trained = inner.parameters()[0]->value();
  Sequential outer;
  outer.add(inner);
  outer.build({3}, rng);
  outer.add(Activation(softmax));
  outer.build({3}, rng);
  check_close(outer.parameters()[0]->value(), trained, 0);
  CHECK(names(outer) == std::vector<std::string>{"sequential/dense/kernel", "sequential/dense/bias"});
}

TEST_CASE("a copy of a model is deep") {
  Rng rng(1);
  Sequential model{Dense(2)};
  model.build({2}, rng);
  Sequential copy = model;
  copy.parameters()[0]->edit().fill(7);
  CHECK(model.parameters()[0]->value()(0, 0) != 7);
  CHECK(copy.parameters()[0]->value()(0, 0) == 7);
  model = copy;
  CHECK(model.parameters()[0]->value()(0, 0) == 7);
}

namespace {

// A layer of the user's own: y = gain x.
struct Scale {
  static constexpr const char* kind = "gain";
  Parameter gain;
  Var operator()(Var x, const Context& context) { return x * context.weight(x.tape(), gain, {x.shape().back()}, ones); }
  void fields(Fields& f) { f("gain", gain); }
};

}  // namespace

TEST_CASE("a layer of one's own is a struct") {
  Rng rng(1);
  Sequential model{Scale(), [](Var x, const Context&) { return square(x); }};
  model.build({2}, rng);
  model.parameters()[0]->edit() = Tensor{2, 3};
  Tape tape;
  const Var y = model(tape.constant(Tensor{{1, 1}, {2, 2}}));
  check_close(y.value(), {{4, 9}, {16, 36}}, 0);
  tape.backward(sum(y));
  check_close(model.parameters()[0]->gradient, {2 * 2 * (1 + 4), 2 * 3 * (1 + 4)}, 0);
  CHECK(names(model) == std::vector<std::string>{"gain/gain"});
  check_gradients(Scale(), Tensor{{1, -2}, {3, 4}});
}

TEST_CASE("nothing within a frozen model learns or counts, whatever its layers are marked as") {
  Sequential inner{Dense(3), BatchNormalization()};
  Sequential model{Input{{2}}, inner, Dense(1)};
  model.compile("sgd", "mse");
  model.layers()[1].trainable = false;
  CHECK(learnt_parameters(model).paths == std::vector<std::string>{"dense/kernel", "dense/bias"});
  const std::vector<Tensor> before = model.get_weights();
  model.fit(Tensor{{1, 2}, {3, 4}, {5, 7}}, column({1, 2, 3}), {.verbose = silent});
  const std::vector<Tensor> after = model.get_weights();
  for (std::size_t k = 0; k < 6; ++k) CHECK(after[k] == before[k]);  // kernel, bias, gamma, beta, mean, variance
  CHECK(after[6] != before[6]);
}
