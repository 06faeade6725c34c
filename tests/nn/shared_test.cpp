// Layers that are used in several places, and weights that are not shown.

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/optim/sgd.hpp>
#include <xgrad/training/fit.hpp>
#include <xgrad/training/trainer.hpp>

#include "data/files.hpp"
#include "options.hpp"

using namespace xgrad;

namespace {

const Tensor x = ones({2, 2}), y = zeros({2, 2});

struct Tied {  // two parts, which may share layers
  Layer first, second;
  void fields(Fields& f) { f("first", first)("second", second); }
  Var operator()(Var v, const Context& context) { return second(first(v, context), context); }
};

struct Hidden {  // has a value, and is used but not shown
  Dense shown{2};
  Parameter weight{"w", ones({2, 2})};
  void fields(Fields& f) { f("shown", shown); }
  Var operator()(Var v, const Context& context) { return shown(matmul(v, context.weight(v.tape(), weight)), context); }
};

}  // namespace

TEST_CASE("a shared layer that is not trainable in one of its places is not learnt, whichever comes first") {
  for (const std::size_t place : {0, 1, 2}) {
    CAPTURE(place);
    const Shared part = shared(Dense(2));
    Sequential m{part, part, Dense(2)};
    m.build({2});
    m.layers()[place].trainable = false;
    CHECK(m.parameters().size() == 2);
    m.compile(SGD{.learning_rate = 0.1}, "mse");
    const std::vector<Tensor> before = m.get_weights();
    m.fit(x, y, {.verbose = silent});
    const std::vector<Tensor> after = m.get_weights();
    CHECK((after[0] == before[0]) == (place < 2));
    CHECK((after[2] == before[2]) == (place == 2));
    std::ostringstream summary;
    m.summary(summary);
    CHECK(summary.str().find("Trainable params: 6 ") != std::string::npos);
  }
}

TEST_CASE("a shared layer deep in a model that is not trainable is not learnt outside of it either") {
  const Shared part = shared(Sequential{Dense(2), Dense(2)});
  for (const bool first : {true, false}) {
    Tied tied{Sequential{part}, Sequential{Dense(2), part}};
    (first ? tied.first : tied.second).trainable = false;
    Rng rng(1);
    build(tied, {2}, rng);
    CHECK(learnt_parameters(tied).size() == (first ? 2 : 0));  // the Dense before it
  }
}

TEST_CASE("the path of a shared layer says what it is, and older files are read") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  const Shared part = shared(Dense(2));
  Sequential m{part, part};
  m.build({2});
  CHECK(m.parameters().paths == std::vector<std::string>{"shared/dense/kernel", "shared/dense/bias"});
  freeze(m, "*/dense/*");
  CHECK(m.parameters().size() == 0);
  m.save(path);
  Sequential loaded = Sequential::load(path);
  CHECK(loaded.predict(x, {.verbose = silent}) == m.predict(x, {.verbose = silent}));

  Layer old;
  const Json dense{{"same_as", ""}, {"kind", "dense"}, {"units", 2}};
  const Tensor kernel = ones({3, 2}), bias = ones({2});
  const std::vector<std::pair<std::string, Tensor>> tensors{{"layer/kernel", kernel}, {"layer/bias", bias}};
  Reader reader(FileTensors(tensors), {{"kind", "shared"}, {"layer", dense}});
  old.fields(reader);
  reader.finish();
  CHECK(old.as<Shared>()->as<Dense>().kernel.value() == kernel);
}

TEST_CASE("a weight that is used twice has its penalty once, as in Keras") {
  const Shared part = shared(Dense(2, linear, {.kernel_regularizer = L2{0.5}}));
  Sequential once{part}, twice{part, part};
  for (Sequential* m : {&once, &twice}) {
    m->build({2});
    m->set_weights({Tensor{{1, 0}, {0, 1}}, zeros({2})});
    m->compile(SGD{.learning_rate = 0.25}, "mse");
    CHECK(m->evaluate(x, x, {.verbose = silent})["loss"] == 1);  // 0.5 (1 + 1), for the outputs are right
    CHECK(m->train_on_batch(x, x)["loss"] == 1);
    check_close(m->get_weights()[0], {{0.75, 0}, {0, 0.75}}, 1e-6);  // 1 - 0.25 (2 0.5)
  }
}

TEST_CASE("a trainer notices a weight that is used and not shown, also one that has its value") {
  Rng rng(1);
  for (const bool built : {false, true}) {
    Hidden net;
    if (built) {
      Tape tape;
      net.shown(tape.constant(x), {.rng = &rng});  // which draws what is shown
    }
    Trainer trainer(net, SGD{});
    const auto step = [&] {
      trainer.step(rng, [&](Tape& tape, const Context& context) { return sum(net(tape.constant(x), context)); });
    };
    CHECK(
        thrown_by<ValueError>(step) ==
        "Trainer: a weight of shape (2, 2) is used that fields() does not show; name it there, f(\"weight\", weight), "
        "or it is neither learnt nor saved");
  }
}

TEST_CASE("a trainer's first step draws no numbers where all weights have values") {
  Rng rng(1), same(1);
  Dense dense(2);
  build(dense, {2}, rng);
  same = rng;
  Trainer trainer(dense, SGD{});
  std::vector<double> drawn;
  trainer.step(rng, [&](Tape& tape, const Context& context) {
    drawn.push_back(context.rng->uniform());
    return sum(square(dense(tape.constant(x), context)));
  });
  CHECK(drawn.back() == same.uniform());
  CHECK(rng.state() == same.state());
}

TEST_CASE("the shapes of what is not built are an error") {
  const Layer layer = Dense(2);
  CHECK(thrown_by<ValueError>([&] { layer.input_shape(); }) == "Layer: dense is not built, so it has no shapes yet");
  CHECK(thrown_by<ValueError>([&] { layer.output_shape(); }) == "Layer: dense is not built, so it has no shapes yet");
  Sequential m{Dense(2)};
  const std::string said = "the model is not built, so it has no shapes yet; call build({features})";
  CHECK(thrown_by<ValueError>([&] { m.input_shape(); }) == said);
  CHECK(thrown_by<ValueError>([&] { m.output_shape(); }) == said);
  m.build({3});
  CHECK(m.input_shape() == Shape{3});
  CHECK(m.layers()[0].output_shape() == Shape{2});
}
