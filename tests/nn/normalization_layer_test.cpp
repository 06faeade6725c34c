// Normalization and the other layers that prepare data. What Keras computes is in layers_keras_test.cpp.

#include <xgrad/data/prepare.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/layers/normalization.hpp>
#include <xgrad/nn/layers/rescaling.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/training/fit.hpp>

#include "data/files.hpp"
#include "layer_checks.hpp"

using namespace xgrad;

namespace {

const Tensor x{{1, 5}, {3, 5}};  // means 2 and 5, variances 1 and 0

Tensor output(Layer layer, const Tensor& input) {
  Rng rng(1);
  Tape tape;
  return layer(tape.constant(input), {.rng = &rng}).value();
}

}  // namespace

TEST_CASE("Normalization makes a constant feature 0, and divides what differs from it by 1e-7") {
  Normalization layer;
  CHECK(output(layer, x) == x);  // mean 0 and variance 1
  layer.adapt(x);
  check_close(output(layer, x), {{-1, 0}, {1, 0}}, 0);
  check_close(output(layer, Tensor{{2, 6}}), {{0, Real(1e7)}}, 1e-6);
  layer.adapt(Tensor{{5, 5}, {5, 7}});
  check_close(layer.mean.value(), {5, 6}, 0);  // what was measured before is forgotten
}

TEST_CASE("what Normalization measured is saved with the model, and measured again in it") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  Normalization layer;
  layer.adapt(x);
  Sequential m{layer, Dense(1)};
  m.build({2});
  CHECK(m.parameters().size() == 2);  // none of them the normalization's
  m.save(path);
  Sequential loaded = Sequential::load(path);
  CHECK(loaded.predict(x, {.verbose = silent}) == m.predict(x, {.verbose = silent}));
  loaded.layer("normalization").as<Normalization>()->adapt(Tensor{{0, 0}, {4, 2}});
  check_close(loaded.get_weights()[0], {2, 1}, 0);
  check_close(loaded.get_weights()[1], {4, 1}, 0);
}

TEST_CASE("a Standardiser that was measured before does what it did, and a Normalization that is given its numbers") {
  const Tensor data{{1, 4}, {3, 5}, {8, 0}};
  const Standardiser measured(data), again(measured.mean, measured.deviation);
  CHECK(again(data) == measured(data));
  const Real d0 = measured.deviation(0), d1 = measured.deviation(1);
  check_close(
      output(Normalization({.mean = {measured.mean(0), measured.mean(1)}, .variance = {d0 * d0, d1 * d1}}), data),
      measured(data), 1e-6);
  CHECK(thrown_by<ShapeError>([] {
          Standardiser(Tensor{1, 2}, Tensor{1});
        }) == "Standardiser: the mean has shape (2,) and the deviation (1,); it takes (columns,) for both");
  CHECK(thrown_by<ValueError>([] {
          Standardiser(Tensor{1, 2}, Tensor{1, 0});
        }) == "Standardiser: column 1 has mean 2 and deviation 0; it takes finite ones, the deviation above 0");
}

TEST_CASE("Normalization refuses data that it cannot be adapted to") {
  Normalization layer;
  const auto said = [&](const Tensor& data) { return thrown_by([&] { layer.adapt(data); }); };
  CHECK(said(zeros({0, 2})) == "Normalization: cannot adapt to (0, 2), which has no elements");
  CHECK(said({{1, 2}, {NAN, 2}}) == "Normalization: cannot adapt to nan, in sample 1");
  CHECK(said({1, 2}) == "Normalization: axis -1 of (2,); it takes each of 1 to 0 once, where -1 is the last");
  const Real huge = static_cast<Real>(either(1e38, 1e300));
  CHECK(said({{huge, 2}, {-huge, 2}}) ==
        "Normalization: cannot adapt to numbers so large that their variance is not finite");
  CHECK(layer.mean.is_empty());
  layer.adapt(x);
  CHECK(said({{1, 2, 3}}) == "Normalization: cannot adapt to (1, 3); its mean has shape (2,)");
  CHECK(thrown_by<ShapeError>([&] {
          output(layer, Tensor{{1, 2, 3}});
        }) == "Normalization: cannot take (1, 3); its mean has shape (2,)");
  CHECK(thrown_by<ShapeError>([&] {
          Rng rng(1);
          build(layer, {3}, rng);  // which would draw another mean
        }) == "Normalization: cannot take (1, 3); its mean has shape (2,)");
  Normalization given({.mean = {1}, .variance = {1}});
  CHECK(thrown_by<ValueError>([&] { given.adapt(x); }) == "Normalization: adapt() would replace a mean that is given");
}

TEST_CASE("Normalization refuses options that cannot be") {
  CHECK(thrown_by<ValueError>([] {
          Normalization({.mean = {1, 2}, .variance = {1}});
        }) == "Normalization: 2 means and 1 variances; it takes as many of both, or neither");
  CHECK(thrown_by<ValueError>([] { Normalization({.mean = {NAN}, .variance = {1}}); }) ==
        "Normalization: a mean is nan; it takes a finite one");
  CHECK(thrown_by<ValueError>([] { Normalization({.mean = {1}, .variance = {-1}}); }) ==
        "Normalization: a variance is -1; it takes a finite one from 0 up");
  CHECK(thrown_by<ShapeError>([] {
          output(Normalization({.mean = {1, 2}, .variance = {1, 1}}), ones({1, 3}));
        }) == "Normalization: 2 means for (1, 3); it takes 1, or 3");
  CHECK(thrown_by<ShapeError>([] {
          output(Normalization({.axis = {0}}), ones({1, 3}));
        }) == "Normalization: axis 0 of (1, 3); it takes each of 1 to 1 once, where -1 is the last");
  CHECK(thrown_by<ShapeError>([] {
          output(Normalization({.axis = {1, -1}}), ones({1, 3}));
        }) == "Normalization: axis -1 of (1, 3); it takes each of 1 to 1 once, where -1 is the last");
  Layer read = Normalization();
  CHECK(thrown_by<ValueError>([&] {
          set_options(read, {{"kind", "normalization"}, {"is_given", true}, {"mean", {1}}, {"variance", {-2}}});
        }) == "Normalization: a variance is -2; it takes a finite one from 0 up");
}

TEST_CASE("Rescaling refuses numbers that are not finite, or of which there are too few") {
  CHECK(thrown_by<ValueError>([] { Rescaling(HUGE_VAL, 0); }) == "Rescaling: scale is inf; it takes a finite one");
  CHECK(thrown_by<ValueError>([] { Rescaling(1, NAN); }) == "Rescaling: offset is nan; it takes a finite one");
  CHECK(thrown_by<ValueError>([] { Rescaling({}, {1, 2}); }) == "Rescaling: there is no scale; it takes one or more");
  CHECK(thrown_by<ShapeError>([] {
          output(Rescaling({1, 2}, {0}), ones({1, 3}));
        }) == "Rescaling: 2 numbers for the last axis of (1, 3)");
}
