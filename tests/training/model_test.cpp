#include <sstream>

#include <xgrad/nn/layers/batch_normalization.hpp>
#include <xgrad/nn/model/files.hpp>
#include <xgrad/training/fit.hpp>

#include "data/files.hpp"
#include "modules.hpp"

// Models that are no chain of layers, and what is refused of them at the first step.

using namespace xgrad;

TEST_CASE("a weight that is used but not shown is refused at the first step, by its layer and shape") {
  struct Hidden {
    Parameter shown, hidden;
    void fields(Fields& f) { f("shown", shown); }
    Var operator()(Var v, const Context& context) {
      const Var scaled = v * context.weight(v.tape(), shown, {3}, ones);
      return scaled + context.weight(v.tape(), hidden, {3}, zeros);
    }
  };
  const std::string refusal =
      ": a weight of shape (3,) is used that fields() does not show; name it there, f(\"weight\", weight), or it is "
      "neither learnt nor saved";
  Sequential m{Dense(3), Hidden()};
  m.layers()[1].name = "hidden";
  CHECK(thrown_by<ValueError>([&] { m.build({3}); }) == "hidden" + refusal);
  struct Silent {
    Parameter w{"w", ones({3})};
    Var operator()(Var v, const Context&) { return v * v.tape().watch(w); }
  };
  Sequential silent_one{Silent()};
  silent_one.compile("sgd", "mse");
  CHECK(thrown_by<ValueError>([&] { silent_one.fit(x, x, {.verbose = silent}); }) == "layer" + refusal);
  Hidden alone;
  Trainer trainer(alone, SGD{});
  Rng rng(1);
  CHECK(thrown_by<ValueError>([&] {
          trainer.step(rng, [&](Tape& tape, const Context& context) { return sum(alone(tape.borrow(x), context)); });
        }) == "Trainer" + refusal);
}

TEST_CASE("two fields of one path are refused at the first step, not when they are saved") {
  struct Twice {
    Dense a{3}, b{3};
    void fields(Fields& f) { f("dense", a)("dense", b); }
    Var operator()(Var v, const Context& context) { return b(a(v, context), context); }
  };
  Sequential m{Twice()};
  CHECK(thrown_by<ValueError>([&] { m.build({3}); }) ==
        "fields: two have the path \"layer/dense\"; it takes one name for each");
  Sequential renamed{Dense(2), Dense(2)};
  renamed.layers()[1].name = "dense";
  CHECK(thrown_by<ValueError>([&] { renamed.build({3}); }).starts_with("fields: two have the path \"dense\""));
  renamed.layers()[1].name = "a/b";
  CHECK(thrown_by<ValueError>([&] { renamed.build({3}); }).starts_with("fields: the name \"a/b\""));
}

TEST_CASE("a layer made of layers is saved, loaded and trained on, bit for bit") {
  const Folder folder;
  Sequential net{Dense(3), Residual(), Residual(), Dense(1)};
  net.seed(1);
  net.compile("adam", "mse");
  net.fit(x, y, {.epochs = 3, .verbose = silent});
  CHECK(net.parameters().paths[2] == "residual/a/kernel");
  CHECK(net.parameters().paths[6] == "residual_1/a/kernel");
  net.save(folder.path / "net");
  Sequential loaded = Sequential::load(folder.path / "net");
  for (Sequential* m : {&net, &loaded}) m->fit(x, y, {.epochs = 4, .verbose = silent, .initial_epoch = 3});
  CHECK(loaded.get_weights() == net.get_weights());
}

TEST_CASE("a frozen part inside a layer of one's own stays as it is, from a file too") {
  Sequential net{Residual(), Dense(1)};
  net.build({3});
  freeze(net, "residual/a/**");
  net.compile("adam", "mse");
  const std::vector<Tensor> before = net.get_weights();
  net.fit(x, y, {.epochs = 2, .verbose = silent});
  CHECK(net.get_weights()[0] == before[0]);
  CHECK(net.get_weights()[1] == before[1]);
  CHECK(net.get_weights()[2] != before[2]);
  const Folder folder;
  net.save(folder.path / "net");
  Sequential loaded = Sequential::load(folder.path / "net");
  CHECK(loaded.parameters().paths == net.parameters().paths);
  for (Sequential* m : {&net, &loaded}) m->fit(x, y, {.epochs = 2, .verbose = silent});
  CHECK(loaded.get_weights() == net.get_weights());
}

TEST_CASE("a frozen BatchNormalization normalises as in inference") {
  Sequential net{BatchNormalization(), Dense(1)};
  net.build({3});
  freeze(net, "batch_normalization/**");
  net.compile("sgd", "mse");
  const std::vector<Tensor> before = net.get_weights();
  net.fit(x, y, {.verbose = silent, .workers = 2});
  for (std::size_t k = 0; k < 4; ++k) CHECK(net.get_weights()[k] == before[k]);
  unfreeze(net);
  net.compile("sgd", "mse");
  net.fit(x, y, {.verbose = silent});
  for (std::size_t k = 0; k < 4; ++k) CHECK(net.get_weights()[k] != before[k]);
}

TEST_CASE("parts of a Sequential are copies, unless they are shared") {
  Sequential encoder{Dense(2, tanh)};
  encoder.build({3});
  const std::vector<Tensor> before = encoder.get_weights();
  Sequential copies{encoder, Dense(3)};
  copies.compile("adam", "mse");
  copies.fit(x, x, {.epochs = 3, .verbose = silent});
  CHECK(encoder.get_weights() == before);
  CHECK(copies.layer("sequential").as<Sequential>()->get_weights() != before);

  Shared part = shared(encoder);
  Sequential autoencoder{part, Dense(3)};
  autoencoder.compile("adam", "mse");
  autoencoder.fit(x, x, {.epochs = 3, .verbose = silent});
  CHECK(part.as<Sequential>().get_weights() != before);
  Tape tape;
  CHECK(autoencoder.layers()[0](tape.constant(x)).value() == part.as<Sequential>().predict(x, {.verbose = silent}));
}

TEST_CASE("a layer that is shared within a model is learnt once, saved once, and shared again when it is loaded") {
  Shared part = shared(Dense(3, tanh));
  Sequential twice{part, part, Dense(1)};
  twice.seed(1);
  twice.compile("adam", "mse");
  twice.fit(x, y, {.verbose = silent});
  CHECK(twice.parameters().paths ==
        std::vector<std::string>{"shared/dense/kernel", "shared/dense/bias", "dense/kernel", "dense/bias"});
  const Folder folder;
  twice.save(folder.path / "twice");
  Sequential loaded = Sequential::load(folder.path / "twice");
  CHECK(loaded.parameters().paths == twice.parameters().paths);
  for (Sequential* m : {&twice, &loaded}) m->fit(x, y, {.epochs = 3, .verbose = silent});
  CHECK(loaded.get_weights() == twice.get_weights());
}

namespace {

struct Pairs {
  Tensor q, label = column({1, 0, 1, 0}), distance = zeros({4, 2});
  Pairs() {
    Rng rng(4);
    q = random_normal(rng, {4, 3}, 0, 1);
  }
};
const Pairs pairs;
const Samples data({&x, &pairs.q}, {&pairs.label, &pairs.distance});

Var twins_loss(Twins& net, Tape& tape, const Batch& batch, const Context& context) {
  const auto [same, far] = net(tape.borrow(batch.input(0)), tape.borrow(batch.input(1)), context);
  const Var loss = binary_crossentropy(batch.target(0), same);
  return loss + mean_squared_error(batch.target(1), far);
}

Model twins() {
  Model model{Twins{}};
  model.seed(1);
  model.compile(Adam{.learning_rate = 0.05}, [](Twins& net, Tape& tape, const Batch& batch, const Context& context) {
    return twins_loss(net, tape, batch, context);
  });
  return model;
}

}  // namespace

TEST_CASE("a model of several inputs and outputs has the face of any other") {
  std::size_t calls = 0;
  const LambdaCallback count{.on_epoch_end = [&](Model&, std::size_t, Logs&) { ++calls; }};
  Model model = twins();
  const FitOptions options{
      .batch_size = 2, .epochs = 20, .verbose = silent, .callbacks = {count}, .validation_data = data};
  const History history = model.fit(data, options);
  CHECK(calls == 20);
  CHECK(history["loss"].back() < history["loss"].front());
  CHECK(history["val_loss"].size() == 20);
  CHECK(model.parameters().paths[0] == "tower/dense/kernel");
  CHECK(model.parameters().size() == 6);
  CHECK(model.evaluate(data, {.verbose = silent}).at("loss") ==
        doctest::Approx(history["val_loss"].back()).epsilon(either(1e-5, 1e-12)));
}

TEST_CASE("a model of several inputs is saved, loaded by its type, and trained on, bit for bit") {
  const Folder folder;
  const std::string path = (folder.path / "twins").string();
  Model model = twins();
  model.fit(data, {.batch_size = 2, .epochs = 3, .verbose = silent});
  model.save(path);
  Model loaded = Model::load<Twins>(path), restored = twins();
  CHECK(loaded.get_weights() == model.get_weights());
  restored.fit(data, {.verbose = silent});
  restored.restore(path);
  for (Model* m : {&model, &restored})
    m->fit(data, {.batch_size = 2, .epochs = 5, .verbose = silent, .initial_epoch = 3});
  CHECK(restored.get_weights() == model.get_weights());
  CHECK(thrown_by<DataError>([&] {
          Sequential::load(path);
        }).ends_with("its module is of the kind \"twins\", the model's \"sequential\""));
}

TEST_CASE("training is taken up in a new process by a model that is not built, with what is frozen") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  Model model = twins();
  model.fit(data, {.verbose = silent});
  freeze(model, "tower/**");
  model.compile(Adam{}, twins_loss);
  model.fit(data, {.epochs = 2, .verbose = silent});
  model.save(path);
  Model fresh{Twins{}};
  fresh.compile(Adam{}, twins_loss);
  fresh.restore(path);
  CHECK(fresh.parameters().paths == model.parameters().paths);
  for (Model* m : {&model, &fresh}) m->fit(data, {.epochs = 4, .verbose = silent, .initial_epoch = 2});
  CHECK(fresh.get_weights() == model.get_weights());
  CHECK(thrown_by<DataError>([&] { load(path, fresh); }).ends_with("it is the file of a Model; its load() reads it"));
}

TEST_CASE("what a model of several inputs cannot do says so") {
  Model model = twins();
  CHECK(thrown_by<ValueError>([&] { model.compile("adam", "mse"); }) ==
        "compile: the model's module is not called with one Var; give an objective instead of a loss");
  CHECK(thrown_by<ValueError>([&] { model.train_on_batch(x, y); }) ==
        "train_on_batch: the model has an objective; a Trainer takes its steps");
  CHECK(thrown_by<ValueError>([&] { model.test_on_batch(x, y); }) ==
        "test_on_batch: the model has an objective; call evaluate()");
  CHECK(thrown_by<ValueError>([&] {
          model.fit(data, {.verbose = silent, .sample_weight = ones({4})});
        }).starts_with("fit: a model with an objective takes no class_weight or sample_weight"));
  model.optimizers() = Optimizers("sgd");
  CHECK(
      thrown_by<ValueError>([&] { model.optimizers().step(); }).starts_with("optimizers: no parameters are assigned"));
  CHECK(thrown_by<ValueError>([&] { model.predict(x); }) ==
        "Model: its module is not called with one Var; call as<M>() as it is");
  CHECK(thrown_by<ValueError>([&] { model.as<Residual>(); }) == "Model: its module is of another type");
}

TEST_CASE("workers share the batches of any model") {
  const auto trained = [&](std::size_t workers) {
    Model model = twins();
    model.fit(data, {.epochs = 5, .verbose = silent, .workers = workers});
    return model.get_weights();
  };
  const std::vector<Tensor> one = trained(1), two = trained(2);
  for (std::size_t k = 0; k < one.size(); ++k) check_close(two[k], one[k], either(1e-4, 1e-10));
}

TEST_CASE("a model of a module that is a layer is trained by a loss, asked and summarised") {
  Model model{Residual{}};
  model.compile("adam", "mse", {"mae"});
  const History history = model.fit(x, x, {.epochs = 2, .verbose = silent});
  CHECK(history["mae"].size() == 2);
  CHECK(model.predict(x, {.verbose = silent}).shape() == x.shape());
  std::ostringstream out;
  model.summary(out);
  CHECK(out.str().find("a (Dense)") < out.str().size());
  CHECK(out.str().find("Total params: 24 (") < out.str().size());
}

TEST_CASE("what was moved from is refused, by name") {
  Optimizer adam = Adam{};
  const Optimizer taken = std::move(adam);
  Parameter w("w", Tensor{1});
  w.gradient = Tensor{1};
  w.fresh = true;
  CHECK(thrown_by<ValueError>([&] { adam.step({&w}); }) == "optimizer: there is nothing in it; was it moved from?");
  Layer dense = Dense(2);
  const Layer other = std::move(dense);
  Tape tape;
  CHECK(thrown_by<ValueError>([&] { dense(tape.constant(x)); }) == "call: there is nothing in it; was it moved from?");
  Sequential m{Dense(2)};
  const Sequential rest = std::move(m);
  CHECK(thrown_by<ValueError>([&] { m.predict(x); }) == "Model: there is nothing in it; was it moved from?");
  CHECK(thrown_by<ValueError>([&] { m.layers(); }) == "Sequential: there is nothing in it; was it moved from?");
}
