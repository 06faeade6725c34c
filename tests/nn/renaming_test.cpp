#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/training/fit.hpp>

#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/rmsprop.hpp>
#include <xgrad/optim/sgd.hpp>

#include "data/files.hpp"
#include "support.hpp"

// Layers under other names, and in other models, than those in which they were built.

using namespace xgrad;

namespace {

const Tensor x = {{1, 0, 2}, {0, 3, 1}, {1, 1, 1}, {2, 0, 0}}, y = {{0, 1, 0}, {1, 0, 0}, {0, 0, 1}, {1, 1, 1}};

Sequential trained() {
  Sequential m{Dense(3), Dense(3)};
  m.seed(1);
  m.compile(Adam{.learning_rate = 0.01});
  m.fit(x, y, {.verbose = silent});
  return m;
}

std::vector<std::string> names_of(Sequential& m) { return m.parameters().paths; }

}  // namespace

TEST_CASE("layers that are renamed after training are saved and loaded by their new names, and go on") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  Sequential plain = trained(), m = trained();
  m.layers()[0].name = "dense_1";  // as the other was called
  m.layers()[1].name = "dense";
  m.save(path);
  Sequential loaded = Sequential::load(path);
  CHECK(loaded.get_weights() == plain.get_weights());
  for (Sequential* each : {&plain, &m, &loaded}) each->fit(x, y, {.epochs = 2, .verbose = silent, .shuffle = false});
  CHECK(m.get_weights() == plain.get_weights());
  CHECK(loaded.get_weights() == plain.get_weights());
}

TEST_CASE("a model within a model keeps its parameters' names, built again or used again") {
  Sequential outer{Sequential{Dense(4), Dense(3)}, Dense(1)};
  outer.build({5});
  const std::vector<std::string> expected = names_of(outer);
  CHECK(expected[2] == "sequential/dense_1/kernel");
  outer.build({6});
  CHECK(names_of(outer) == expected);
  Sequential other{*outer.layers()[0].as<Sequential>(), Dense(2)};
  other.build({6});
  CHECK(names_of(other) == expected);
}

TEST_CASE("a layer added to a model within a model is built with it") {
  Sequential outer{Sequential{Dense(4)}, Dense(1)};
  outer.build({5});
  outer.layers()[0].as<Sequential>()->add(Dense(4));
  outer.build({5});
  CHECK(outer.predict(zeros({2, 5}), {.verbose = silent}).shape() == Shape{2, 1});
  CHECK(names_of(outer)[2] == "sequential/dense_1/kernel");
}

TEST_CASE("a model taken out of another is saved and loaded by itself") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  Sequential outer{Sequential{Dense(4), Dense(3)}, Dense(1)};
  outer.build({5});
  Sequential inner = *outer.layers()[0].as<Sequential>();
  inner.save(path);
  CHECK(Sequential::load(path).get_weights() == inner.get_weights());
  CHECK(names_of(inner)[0] == "dense/kernel");
  inner.save_weights(path);
  Sequential fresh{Dense(4), Dense(3)};
  fresh.build({5});
  fresh.load_weights(path);
  CHECK(fresh.get_weights() == inner.get_weights());
}

TEST_CASE("a model within a model is saved and loaded while the outer one is trained") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  Sequential outer{Sequential{Dense(4)}, Dense(3)};
  outer.compile("adam");
  outer.build({3});
  Sequential& inner = *outer.layers()[0].as<Sequential>();
  inner.save_weights(path);
  for (int k = 0; k < 2; ++k) {
    inner.load_weights(path);
    outer.fit(x, y, {.verbose = silent});
    outer.save((folder.path / "outer").string());
    CHECK(Sequential::load((folder.path / "outer").string()).get_weights() == outer.get_weights());
  }
}

TEST_CASE("a layer cannot have the name under which the optimizer is saved") {
  const Folder folder;
  Sequential m = trained();
  m.layers()[0].name = "training";
  CHECK(thrown_by<ValueError>([&] {
          m.save((folder.path / "m").string());
        }).ends_with(" is where the optimizer's state is kept; it takes another name for the layer"));
  m.layers()[0].name = "first";
  m.save((folder.path / "m").string());
  CHECK(Sequential::load((folder.path / "m").string()).optimizer().state().slots == m.optimizer().state().slots);
}

TEST_CASE("a name that is not UTF-8 cannot be saved") {
  const Folder folder;
  Sequential m = trained();
  m.layers()[0].name = "\xe9";
  CHECK_THROWS_AS(m.save((folder.path / "m").string()), ValueError);
}

TEST_CASE("the state of another optimizer is refused") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  trained().save(path);
  Sequential m{Dense(3), Dense(3)};
  m.build({3});
  m.compile(RMSprop{});
  const std::vector<Tensor> before = m.get_weights();
  CHECK(thrown_by<DataError>([&] { m.restore(path); }).ends_with("its optimizer is adam, the model's rmsprop"));
  CHECK(m.get_weights() == before);
}
