#include <xgrad/core/random.hpp>
#include <xgrad/optim/adamw.hpp>
#include <xgrad/optim/rmsprop.hpp>
#include <xgrad/optim/sgd.hpp>

#include "gradients.hpp"

// A step in parts, as threads share it.

using namespace xgrad;

namespace {

// A rule of the user's own: momentum that never fades.
struct Rolling {
  Real learning_rate = Real(0.1);
  auto at(std::int64_t) const {
    return [*this](Real& w, Real g, Real& sum) {
      sum += g;
      w -= learning_rate * sum;
    };
  }
};

// Weights after some steps, in one part or in as many as given; the last part is done first.
std::pair<std::vector<Tensor>, Optimizer::State> trained(Optimizer optimizer, std::size_t parts) {
  Rng rng(7);
  Parameter a("kernel", random_normal(rng, {90, 11}, 0, 1)), b("bias", Tensor{1, 2}), none("none", zeros({0, 3}));
  const std::vector<Parameter*> parameters{&a, &b, &none};
  for (int step = 0; step < 6; ++step) {
    for (Parameter* p : parameters) give_gradient(*p, random_normal(rng, p->value().shape(), 0, 1));
    const std::uint64_t version = a.version();
    if (parts == 1)
      optimizer.step(parameters);
    else
      optimizer.step(parameters, [parts](const Task& task) {
        for (std::size_t part = parts; part-- > 0;) task(part, parts);
      });
    CHECK(a.version() <= version + 1);
  }
  return {{a.value(), b.value()}, optimizer.state()};
}

}  // namespace

TEST_CASE("a step in parts gives the bits of a step in one") {
  std::vector<Optimizer> all = {Rolling{}, AdamW{.weight_decay = 0.1, .clipnorm = 0.5},
                                RMSprop{.momentum = 0.9, .clipvalue = 0.5},
                                SGD{.momentum = 0.9, .global_clipnorm = 2, .gradient_accumulation_steps = 3}};
  for (const std::string& name : names_of(optimizers())) all.emplace_back(name);
  for (const Optimizer& optimizer : all) {
    CAPTURE(optimizer.name());
    const auto [weights, state] = trained(optimizer, 1);
    for (const std::size_t parts : {2, 3, 200}) {  // 200: some have nothing to do
      const auto [weights_of_parts, state_of_parts] = trained(optimizer, parts);
      CHECK(weights_of_parts == weights);
      CHECK(state_of_parts.slots == state.slots);
      CHECK(state_of_parts.accumulated == state.accumulated);
      CHECK(state_of_parts.iterations == 6);
    }
  }
}

TEST_CASE("a rule that changes with every weight has them in their order, whatever the parts") {
  struct Numbering {
    Real learning_rate = 1;
    int count = 0;
    auto at(std::int64_t) {
      return [this](Real& w, Real) { w = static_cast<Real>(++count); };
    }
  };
  CHECK(trained(Numbering{}, 3).first == trained(Numbering{}, 1).first);
  CHECK(trained(Numbering{}, 3).first[0](0, 1) == 5 * 992 + 2);
}
