#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/groups.hpp>
#include <xgrad/optim/sgd.hpp>

#include "gradients.hpp"

using namespace xgrad;

namespace {

const Real NaN = std::numeric_limits<Real>::quiet_NaN(), inf = std::numeric_limits<Real>::infinity();

}  // namespace

TEST_CASE("one entry that is not finite is found wherever it is, also among the largest numbers") {
  const Real largest = std::numeric_limits<Real>::max();
  for (const std::size_t size : {1, 7, 63, 64, 65, 200, 70'000}) {  // the last is divided among threads
    Parameter w("w", zeros({size}));
    Optimizer sgd = SGD{.learning_rate = 0.25};
    for (const std::size_t at : {std::size_t{0}, size / 2, size - 1})
      for (const Real bad : {NaN, inf, -inf}) {
        CAPTURE(size);
        CAPTURE(at);
        Tensor g = filled({size}, at % 2 ? largest : -largest);
        g(at) = bad;
        give_gradient(w, g);
        CHECK(thrown_by<ValueError>([&] { sgd.step({&w}); }) ==
              text("step: the gradient of parameter w has ", bad, " at entry ", at,
                   "; it takes finite numbers, so nothing was moved"));
        CHECK(w.value() == zeros({size}));
      }
    give_gradient(w, filled({size}, largest));
    sgd.step({&w});
    CHECK(w.value() == filled({size}, -largest / 4));
  }
}

TEST_CASE("gradients whose accumulated sum overflows are refused, and the sum stays") {
  const Real large = std::numeric_limits<Real>::max() / 2 * Real(1.5);
  Parameter w("w", Tensor{1});
  Optimizer sgd = SGD{.gradient_accumulation_steps = 3};
  give_gradient(w, Tensor{large});
  sgd.step({&w});
  give_gradient(w, Tensor{large});
  CHECK(thrown_by<ValueError>([&] { sgd.step({&w}); }) ==
        "step: the gradient of parameter w has inf at entry 0; it takes finite numbers, so nothing was moved");
  CHECK(sgd.iterations() == 1);
  CHECK(sgd.state().accumulated[0] == Tensor{large});
}

TEST_CASE("a weight that a step made overflow is named where it makes a gradient so, too") {
  Parameter w("dense/kernel", Tensor{0, 1});
  Optimizer sgd = SGD{.learning_rate = 100};
  give_gradient(w, Tensor{0, std::numeric_limits<Real>::max() / 2});
  sgd.step({&w});
  give_gradient(w, Tensor{NaN, 0});
  CHECK(
      thrown_by<ValueError>([&] { sgd.step({&w}); }) ==
      "step: parameter dense/kernel is -inf at entry 1, so that a gradient is not finite; try a smaller learning rate");
}

TEST_CASE("a parameter that is given twice is refused by name, in one step and in two groups") {
  Parameter w("dense/kernel", Tensor{1}), b("dense/bias", Tensor{1});
  give_gradient(w, Tensor{2});
  give_gradient(b, Tensor{2});
  Optimizer sgd = SGD{.learning_rate = 0.1};
  CHECK(thrown_by<ValueError>([&] {
          sgd.step({&w, &b, &w});
        }) == "step: parameter dense/kernel is given twice; it takes each once");
  CHECK(w.value()(0) == 1);
  sgd.step({&w, &b});
  CHECK(w.value()(0) == doctest::Approx(0.8));
  Optimizers groups{{"a", SGD{}}, {"**", SGD{}}};
  CHECK(thrown_by<ValueError>([&] {
          groups.assign({.paths = {"a", "b"}, .all = {&w, &w}});
        }) == "optimizers: a and b are one parameter; it takes each once");
}

TEST_CASE("no group has moved when another's step is refused, whatever the reason") {
  Parameter a("a", Tensor{1}), b("b", Tensor{1});
  double rate = 0.1;
  Optimizers groups{{"a", Adam{.gradient_accumulation_steps = 2}},
                    {"b", SGD{.learning_rate = [&rate](std::int64_t) { return rate; }, .momentum = 0.5}}};
  groups.assign({.paths = {"a", "b"}, .all = {&a, &b}});
  const auto step = [&](Real of_b) {
    give_gradient(a, Tensor{1});
    give_gradient(b, Tensor{of_b});
    groups.step();
  };
  const auto refused = [&](const std::string& message, auto call) {
    const Tensor before = a.value();
    const Optimizer optimizer = groups[0].optimizer;
    CHECK(thrown_by([&] { call(); }) == message);
    CHECK(a.value() == before);
    CHECK(groups[0].optimizer.iterations() == optimizer.iterations());
    CHECK(groups[0].optimizer.state().accumulated == optimizer.state().accumulated);
    CHECK(groups[0].optimizer.state().slots == optimizer.state().slots);
  };
  const std::string gradient =
      "step: the gradient of parameter b has nan at entry 0; it takes finite numbers, so nothing was moved";
  refused(gradient, [&] { step(NaN); });
  step(1);
  refused(gradient, [&] { step(NaN); });
  refused("step: parameter b has no gradient since the last step; run backward() first", [&] {
    b.fresh = false;
    give_gradient(a, Tensor{1});
    groups.step();
  });
  rate = -1;
  refused("learning_rate: the schedule gives -1 at step 1; it takes a number from 0", [&] { step(1); });
  rate = 0.1;
  Optimizer::State other = groups[1].optimizer.state();
  other.slots = {{Tensor{0}, Tensor{0}}};
  groups[1].optimizer.set_state(other);
  refused("step: the state has 2 tensors for parameter b; sgd keeps 1", [&] { step(1); });
  CHECK(b.value()(0) == doctest::Approx(0.9));
}
