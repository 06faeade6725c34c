#include <xgrad/training/trainer.hpp>

#include <memory>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/dropout.hpp>
#include <xgrad/nn/model/files.hpp>
#include <xgrad/training/fit.hpp>

#include "data/files.hpp"
#include "modules.hpp"

using namespace xgrad;

TEST_CASE("a trainer takes the steps that fit takes, bit for bit") {
  Sequential by_fit{Dense(4, relu), Dropout(0.5), Dense(1)}, by_hand = by_fit;
  by_fit.seed(3);
  by_fit.compile(Adam{.learning_rate = 0.1}, "mse");
  by_fit.fit(x, y, {.batch_size = 4, .epochs = 5, .verbose = silent, .shuffle = false});

  Rng rng(3);
  by_hand.build({3}, rng);  // the generator is then where the other model's own was
  Trainer trainer(by_hand, Adam{.learning_rate = 0.1});
  for (int step = 0; step < 5; ++step)
    trainer.step(rng, [&](Tape& tape, const Context& context) {
      return mean_squared_error(y, by_hand(tape.borrow(x), context));
    });
  CHECK(weights_of(by_hand) == weights_of(by_fit));
}

TEST_CASE("the first step draws the weights of any module") {
  Residual net;
  Trainer trainer(net, SGD{.learning_rate = 0.1});
  Rng rng(1);
  const Trainer::Objective objective = [&](Tape& tape, const Context& context) {
    return mean(square(net(tape.borrow(x), context) - 1));
  };
  const double first = trainer.step(rng, objective);
  CHECK(trainer.parameters().paths == std::vector<std::string>{"a/kernel", "a/bias", "b/kernel", "b/bias"});
  double last = 0;
  for (int k = 0; k < 50; ++k) last = trainer.step(rng, objective);
  CHECK(last < first);
}

TEST_CASE("groups of parameters have optimizers of their own") {
  Rng rng(1);
  Sequential net{Dense(2), Dense(1)};
  net.build({3}, rng);
  const std::vector<Tensor> before = weights_of(net);
  Trainer trainer(
      net, Optimizers{{"**/bias", SGD{.learning_rate = 1}}, {"dense_1/**", SGD{.learning_rate = 0.5}}, {"**", Adam{}}});
  trainer.step(rng, [&](Tape& tape, const Context& context) { return sum(net(tape.borrow(x), context)); });
  const Parameters p = net.parameters();
  for (const Real moved : Tensor(before[0] - p[0]->value()))
    CHECK(std::abs(moved) == doctest::Approx(1e-3).epsilon(1e-2));  // Adam's first step
  check_close(before[1] - p[1]->value(), p[1]->gradient, either(1e-6, 1e-14));
  check_close(before[2] - p[2]->value(), Real(0.5) * p[2]->gradient, either(1e-6, 1e-14));
  check_close(before[3] - p[3]->value(), p[3]->gradient, either(1e-6, 1e-14));
}

TEST_CASE("groups that do not fit the parameters are refused") {
  Sequential net{Dense(2), Dense(1)};
  net.build({3});
  CHECK(thrown_by<ValueError>([&] {
          Trainer(net, Optimizers{{"**/bias", SGD{}}, {"**/beta", SGD{}}, {"**", SGD{}}});
        }) ==
        "optimizers: no parameter is left for the group \"**/beta\"; there are dense/kernel, dense/bias, "
        "dense_1/kernel, dense_1/bias");
  CHECK(thrown_by<ValueError>([&] {
          Trainer(net, Optimizers{{"**/bias", SGD{}}});
        }) ==
        "optimizers: parameter dense/kernel matches none of the groups \"**/bias\"; let the last be \"**\", or freeze "
        "it");
  CHECK(thrown_by<ValueError>([&] { Optimizers(std::vector<Group>{}); }) ==
        "optimizers: there are no groups; it takes one or more");
}

TEST_CASE("a model is compiled with groups, and they are saved with it") {
  const Folder folder;
  Sequential net{Dense(2), Dense(1)};
  net.compile({{"**/bias", SGD{.momentum = 0.9}}, {"**", Adam{}}}, "mse");
  net.fit(x, y, {.epochs = 2, .verbose = silent});
  net.save(folder.path / "net");
  Sequential loaded = Sequential::load(folder.path / "net");
  CHECK(loaded.optimizers().size() == 2);
  CHECK(loaded.optimizers()[0].pattern == "**/bias");
  for (Sequential* m : {&net, &loaded}) m->fit(x, y, {.epochs = 4, .verbose = silent, .initial_epoch = 2});
  CHECK(loaded.get_weights() == net.get_weights());
}

TEST_CASE("two trainers of two modules learn each its own from one recording") {
  Gan gan;
  gan.run(1);
  const std::vector<Tensor> generator = weights_of(gan.generator), critic = weights_of(gan.critic);
  Rng rng(2);
  const Tensor noise = random_normal(rng, {4, 2}, 0, 1);
  Trainer critics(gan.critic, SGD{}), generators(gan.generator, SGD{});
  critics.step(rng, [&](Tape& tape, const Context& context) { return gan.critics_loss(tape, noise, context); });
  CHECK(weights_of(gan.generator) == generator);
  CHECK(weights_of(gan.critic) != critic);
  for (const Parameter* p : gan.generator.parameters()) CHECK(!p->fresh);  // it was not even given a gradient
  const std::vector<Tensor> after = weights_of(gan.critic);
  generators.step(rng, [&](Tape& tape, const Context& context) { return gan.generators_loss(tape, noise, context); });
  CHECK(weights_of(gan.critic) == after);
  CHECK(weights_of(gan.generator) != generator);
}

TEST_CASE("a loop of one's own is saved in one call, and goes on bit for bit") {
  const Folder folder;
  const std::string path = (folder.path / "loop").string();
  Gan whole, part, resumed;
  whole.run(10);
  part.run(4);
  save(path, part);
  load(path, resumed);
  CHECK(resumed.steps == 4);
  resumed.run(6);
  CHECK(weights_of(resumed) == weights_of(whole));
  CHECK(resumed.rng.state() == whole.rng.state());
}

TEST_CASE("a first step draws what other modules have no values for, too, and what is frozen") {
  Rng rng(1);
  Dense critic{1}, generator{3};
  build(critic, {3}, rng);
  Trainer critics(critic, SGD{});
  critics.step(rng, [&](Tape& tape, const Context& context) {
    return mean(critic(generator(tape.borrow(x), context), context));
  });
  CHECK(generator.kernel.value().shape() == Shape{3, 3});
  Residual net;
  freeze(net, "a/**");
  Trainer trainer(net, SGD{});
  trainer.step(rng, [&](Tape& tape, const Context& context) { return mean(net(tape.borrow(x), context)); });
  CHECK(net.a.kernel.value().shape() == Shape{3, 3});
  CHECK(trainer.parameters().paths == std::vector<std::string>{"b/kernel", "b/bias"});
}

TEST_CASE("only what a trainer learns is penalised in its loss") {
  Rng rng(1);
  Dense own{1, linear, {.kernel_regularizer = L2{0.5}}}, other{3, linear, {.kernel_regularizer = L2{0.5}}};
  Trainer trainer(own, SGD{.learning_rate = 1e-3});
  double plain = 0;
  const Trainer::Objective objective = [&](Tape& tape, const Context& context) {
    const Var loss = mean(own(other(tape.borrow(x), context), context));
    plain = loss.item();
    return loss;
  };
  trainer.step(rng, objective);
  const Tensor kernel = own.kernel.value();
  double squares = 0;
  for (const Real w : kernel) squares += double{w} * w;
  const double loss = trainer.step(rng, objective);
  CHECK(loss == doctest::Approx(plain + 0.5 * squares).epsilon(either(1e-5, 1e-12)));
}

TEST_CASE("a module that was moved or destroyed under a trainer is refused") {
  Rng rng(1);
  auto net = std::make_unique<Residual>();
  Trainer trainer(*net, SGD{.learning_rate = 1e-3});
  const Trainer::Objective objective = [&](Tape& tape, const Context& context) {
    return mean((*net)(tape.borrow(x), context));
  };
  trainer.step(rng, objective);
  const auto refusal = [&] { return thrown_by<ValueError>([&] { trainer.step(rng, objective); }); };
  const std::string gone =
      "Trainer: the parameter a/kernel is gone; its module was moved or destroyed since the trainer was made";
  Residual moved = std::move(*net);
  CHECK(refusal() == gone);
  *net = std::move(moved);
  CHECK(refusal() == "nothing");
  net.reset();
  CHECK(refusal() == gone);
}

TEST_CASE("a loss that is not finite leaves the weights as they were, and says where it began") {
  Rng rng(1);
  Residual net;
  Trainer trainer(net, SGD{});
  trainer.step(rng, [&](Tape& tape, const Context& context) { return mean(net(tape.borrow(x), context)); });
  const std::vector<Tensor> before = weights_of(net);
  const std::string message = thrown_by<ValueError>([&] {
    trainer.step(
        rng, [&](Tape& tape, const Context& context) { return sum(sqrt(-1 - square(net(tape.borrow(x), context)))); });
  });
  CHECK(message.starts_with("Trainer: the loss is not finite: sqrt (line "));
  CHECK(weights_of(net) == before);
}

TEST_CASE("fit is a loop that can be looked into") {
  Sequential by_fit{Dense(2, relu), Dense(1)}, by_steps = by_fit;
  for (Sequential* m : {&by_fit, &by_steps}) m->compile("adam", "mse");
  const FitOptions options{.batch_size = 2, .epochs = 3, .verbose = silent, .validation_split = 0.25};
  const History history = by_fit.fit(x, y, options);
  const Samples samples(x, y);
  Fit fit(by_steps, samples, options);
  std::size_t batches = 0, epochs = 0;
  while (fit.next()) {
    ++batches;
    CHECK(fit.logs().at("loss") >= 0);
    if (fit.epoch_ended()) CHECK(fit.history().logs.size() == ++epochs);
  }
  CHECK(!fit.next());
  CHECK(batches == 6);
  CHECK(epochs == 3);
  CHECK(fit.history()["val_loss"] == history["val_loss"]);
  CHECK(by_steps.get_weights() == by_fit.get_weights());
}
