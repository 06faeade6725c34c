#include <xgrad/nn/parts/constraints.hpp>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/batch_normalization.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/optim/sgd.hpp>
#include <xgrad/training/fit.hpp>

#include "data/files.hpp"
#include "optim/gradients.hpp"
#include "options.hpp"

using namespace xgrad;

namespace {

Tensor constrained(const Constraint& constraint, Tensor w) {
  constraint(w);
  return w;
}

}  // namespace

TEST_CASE("norms are taken along the axis that is said, also counted from the last") {
  const Tensor w = {{3, 0}, {4, 2}};
  check_close(constrained(MaxNorm{1}, w), {{Real(0.6), 0}, {Real(0.8), 1}}, 1e-6);
  check_close(constrained(MaxNorm{.max_value = 1, .axis = 1}, w), {{1, 0}, {Real(0.894427), Real(0.447214)}}, 1e-6);
  check_close(constrained(MaxNorm{.max_value = 1, .axis = -2}, w), constrained(MaxNorm{1}, w), 0);
  check_close(constrained(MinMaxNorm{.min_value = 7, .max_value = 9, .rate = 0.5}, w),
              {{Real(3.6), 0}, {Real(4.8), Real(4.5)}}, 1e-6);
  check_close(constrained(UnitNorm{}, zeros({2, 2})), zeros({2, 2}), 0);
  CHECK(thrown_by<ShapeError>([&] { constrained(UnitNorm{2}, w); }) ==
        "unit_norm: axis 2 for a weight of shape (2, 2); it takes -2 to 1");
}

TEST_CASE("a constraint is any function that changes a tensor, or returns a changed one") {
  CHECK(constrained([](Tensor& w) { w(0) = 7; }, {1, 2}) == Tensor{7, 2});
  CHECK(constrained([](const Tensor& w) -> Tensor { return 2 * w; }, {1, 2}) == Tensor{2, 4});
  CHECK(constrained({}, {1, 2}) == Tensor{1, 2});
  Sequential m{Input{{2}},
               Dense(1, linear, {.kernel_constraint = [](const Tensor& w) -> Tensor { return xt::round(w * 4) / 4; }})};
  m.compile(SGD{.learning_rate = 0.1}, "mse");
  m.fit(Tensor{{1, 2}, {3, 1}}, column({1, 2}), {.verbose = silent});
  const Tensor kernel = m.get_weights()[0];
  for (const Real w : kernel) CHECK(std::round(w * 4) == w * 4);
  CHECK(thrown_by<ValueError>([&] { m.save("/dev/null"); }) ==
        "constraint: a function of one's own has no name by which to save it; use MaxNorm, NonNeg, UnitNorm or "
        "MinMaxNorm");
}

TEST_CASE("what a constraint refuses is refused before anything moves") {
  Parameter a("a", Tensor{1}), b("b", Tensor{1});
  Optimizer sgd = SGD{};
  for (Parameter* p : {&a, &b}) give_gradient(*p, Tensor{1});
  Constraint(UnitNorm{1}).constrain(b);
  CHECK(thrown_by<ShapeError>([&] {
          sgd.step({&a, &b});
        }) == "unit_norm: axis 1 for a weight of shape (1,); it takes -1 to 0");
  Constraint([](const Tensor&) { return Tensor{1, 2}; }).constrain(b);
  CHECK(thrown_by<ShapeError>([&] {
          sgd.step({&a, &b});
        }) == "step: the constraint of parameter b of shape (1,) gives the shape (2,)");
  CHECK(a.value() == Tensor{1});
  CHECK(sgd.iterations() == 0);
}

TEST_CASE("constraints go with a layer that is copied, moved, saved, loaded and set anew, and leave frozen weights") {
  const Folder folder;
  const auto is_unit = [](Model& m) {
    const Tensor w = m.get_weights()[0];
    return std::abs(std::hypot(w(0, 0), w(1, 0)) - 1) < 1e-5;
  };
  const auto train = [](Model& m) {
    m.compile(SGD{.learning_rate = 0.1}, "mse");
    m.fit(Tensor{{1, 2}, {3, 1}}, column({1, 2}), {.verbose = silent});
  };
  Sequential m{Dense(1, linear, {.kernel_constraint = "UnitNorm"}), BatchNormalization({.gamma_constraint = NonNeg{}})};
  m.build({2});
  m.save(folder.path / "m");
  Sequential loaded = Sequential::load(folder.path / "m"), moved = std::move(m), copy = moved, frozen = moved;
  for (Sequential* each : {&loaded, &moved, &copy}) {
    CHECK(!is_unit(*each));
    train(*each);
    CHECK(is_unit(*each));
  }
  freeze(frozen, "dense/kernel");
  train(frozen);
  CHECK(!is_unit(frozen));
  loaded.layers()[0].as<Dense>()->options.kernel_constraint = {};
  train(loaded);
  CHECK(!is_unit(loaded));
}

TEST_CASE("a constraint is saved and loaded by name, and one that cannot be is refused") {
  CHECK(options_of(Constraint()) == Json{{"name", "none"}});
  CHECK(options_of(Constraint(MaxNorm{.max_value = 3, .axis = 1})) ==
        Json{{"name", "max_norm"}, {"max_value", 3.0}, {"axis", 1}});
  Constraint read = NonNeg{};
  set_options(read, Json{{"name", "min_max_norm"}, {"min_value", 0.5}, {"rate", 0.25}});
  CHECK(options_of(read) ==
        Json{{"name", "min_max_norm"}, {"min_value", 0.5}, {"max_value", 1.0}, {"rate", 0.25}, {"axis", 0}});
  set_options(read, Json{{"name", "none"}});
  CHECK(!read);
  CHECK(thrown_by<ValueError>([] { Constraint("max"); }) ==
        "constraint: there is no \"max\"; the names are " + listed(constraints()));
  CHECK(thrown_by<ValueError>([] { Constraint(MaxNorm{-1}); }) ==
        "max_norm: max_value is -1; it takes a finite number from 0 up");
  CHECK(thrown_by<ValueError>([] {
          Constraint(MinMaxNorm{2, 1});
        }) == "min_max_norm: max_value is 1; it takes a finite number from 2 up");
  CHECK(thrown_by<ValueError>([] { Constraint(MinMaxNorm{.rate = 1.5}); }) ==
        "min_max_norm: rate is 1.5; it takes 0 to 1");
  for (const char* bad : {"nan", "inf"})
    CHECK_THROWS_AS(set_options(read, Json{{"name", "max_norm"}, {"max_value", bad}}), ValueError);
}
