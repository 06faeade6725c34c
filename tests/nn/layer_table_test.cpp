#include "layer_table.hpp"

#include <map>
#include <set>

#include "data/files.hpp"
#include "layer_checks.hpp"

using namespace xgrad;

namespace {

/// A layer in training, which draws the same at every call.
struct Seeded {
  Layer layer;

  Var operator()(Var x, const Context& context) {
    Rng rng(3);
    return layer(x, context.drawing ? context : Context{.training = true, .rng = &rng});
  }
  void fields(Fields& f) { f("layer", layer); }
};

/// A layer of indices beside an x of any kind, which is added.
struct Looking {
  Layer layer;
  Tensor indices;

  Var operator()(Var x, const Context& context) { return layer(x.tape().constant(indices), context) + mean(x); }
  void fields(Fields& f) { f("layer", layer); }
};

/// The options of a layer, built or not, as texts.
class Options final : public Fields {
 public:
  explicit Options(Layer layer) { layer.fields(*this); }
  std::map<std::string, std::string> all;

 private:
  void option(const std::string& path, const Option& option, bool) override {
    all[path] = std::visit(
        [](auto* value) {
          if constexpr (requires { value->value_or(0); })
            return text(value->value_or(NAN));
          else
            return Json(*value).dump();
        },
        option);
  }
};

Tensor input_of(const LayerRow& row) {
  Rng rng(2);
  Tensor x = random_normal(rng, row.input, 0, 1);
  if (row.takes_indices)
    for (Real& index : x) index = static_cast<Real>(rng.integer(2));
  return x;
}

Layer built(const LayerRow& row, Rng& rng) {
  Layer layer = row.layer;
  build(layer, without_batch(input_of(row)), rng);
  return layer;
}

std::vector<Tensor> weights_of(Layer& layer) {
  std::vector<Tensor> weights;
  each_parameter(layer, [&](const std::string&, Parameter& p) { weights.push_back(p.value()); });
  return weights;
}

Layer made(const std::string& kind) {
  for (const auto& [name, make] : layers())
    if (name == kind) return make();
  throw ValueError(kind);
}

template <class Check>
void each_row(Check check) {
  for (const LayerRow& row : layer_table()) {
    CAPTURE(row.layer.kind());
    CAPTURE(row.weights);
    check(row);
  }
}

}  // namespace

TEST_CASE("every kind of layer has a row in the table") {
  std::set<std::string> kinds, tested;
  each_row([&](const LayerRow& row) { tested.insert(row.layer.kind()); });
  for (const std::string& kind : names_of(layers())) {
    CHECK_MESSAGE(kinds.insert(kind).second, "layers() has ", kind, " twice");
    CHECK_MESSAGE(tested.contains(kind), kind, " has no row: add one to tests/nn/layer_table.hpp");
  }
  for (const std::string& kind : tested)
    CHECK_MESSAGE(kinds.contains(kind), kind, " cannot be loaded: add it to layers(), nn/layers/layers.cpp");
}

TEST_CASE("every option of a layer is tried with another value than its default") {
  std::set<std::string> options, tried;
  each_row([&](const LayerRow& row) {
    const std::string kind = row.layer.kind();
    std::map<std::string, std::string> defaults;
    if (!row.shares_weights) defaults = Options(made(kind)).all;  // a Shared of nothing has none
    for (const auto& [path, value] : Options(row.layer).all) {
      if (path == "kind" || path == "trainable") continue;
      const std::string option = kind + "'s " + path.substr(0, path.find('/'));
      options.insert(option);
      if (!defaults.contains(path) || defaults[path] != value) tried.insert(option);
    }
  });
  CHECK(options.size() > 15);
  for (const std::string& option : options)
    CHECK_MESSAGE(tried.contains(option), option, " has its default in all rows of tests/nn/layer_table.hpp");
}

TEST_CASE("the gradients of every layer are right, in inference and in training") {
  each_row([](const LayerRow& row) {
    const Tensor x = input_of(row);
    const Layer layer = row.takes_indices ? Layer(Looking{row.layer, x}) : row.layer;
    check_gradients(layer, x);
    check_gradients(Seeded{layer}, x);
  });
}

TEST_CASE("every layer shows its weights, with their shapes") {
  each_row([](const LayerRow& row) {
    Rng rng(1);
    Layer layer = built(row, rng);
    std::string weights;
    each_parameter(layer, [&](const std::string& path, Parameter& p) {
      weights += text(weights.empty() ? "" : ", ", path, " ", p.value().shape(), p.trainable ? "" : " counted");
    });
    CHECK(weights == row.weights);
  });
}

TEST_CASE("every layer comes back from what it is written as") {
  each_row([](const LayerRow& row) { check_round_trip(row.layer, made(row.layer.kind()), input_of(row)); });
}

TEST_CASE("every layer comes back from the file of a model") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  each_row([&](const LayerRow& row) {
    const Tensor x = input_of(row);
    for (const bool trainable : {true, false}) {
      Sequential m;
      m.add(row.layer);
      m.layers()[0].trainable = trainable;
      m.build(without_batch(x));
      std::vector<Tensor> weights = m.get_weights();
      Rng rng(4);
      for (Tensor& w : weights) w = random_uniform(rng, w.shape(), 0.5, 1.5);
      m.set_weights(weights);
      m.save(path);

      Sequential loaded = Sequential::load(path);
      REQUIRE(loaded.layers().size() == 1);
      CHECK(loaded.layers()[0].kind() == row.layer.kind());
      CHECK(loaded.layers()[0].trainable == trainable);
      CHECK(options_of(loaded.layers()[0]) == options_of(m.layers()[0]));
      CHECK(loaded.get_weights() == weights);
      CHECK(loaded.parameters().paths == m.parameters().paths);
      CHECK(loaded.predict(x, {.verbose = silent}) == m.predict(x, {.verbose = silent}));
    }
  });
}

TEST_CASE("a copy of any layer is deep, unless it is a shared one") {
  each_row([](const LayerRow& row) {
    Rng rng(1);
    Layer layer = built(row, rng), copy = layer;
    const std::vector<Tensor> before = weights_of(layer);
    CHECK(weights_of(copy) == before);
    each_parameter(copy, [](const std::string&, Parameter& p) { p.edit().fill(7); });
    CHECK((weights_of(layer) == before) == (before.empty() || !row.shares_weights));
    copy = layer;
    CHECK(weights_of(copy) == weights_of(layer));
  });
}

TEST_CASE("a dry run draws the weights that are not there, and does nothing else") {
  each_row([](const LayerRow& row) {
    Rng rng(1);
    const std::string none_drawn = rng.state();
    Layer layer = built(row, rng);
    if (row.weights.empty()) CHECK((rng.state() == none_drawn));
    const std::vector<Tensor> before = weights_of(layer);
    const std::string drawn = rng.state();
    build(layer, without_batch(input_of(row)), rng);
    CHECK((rng.state() == drawn));
    CHECK(weights_of(layer) == before);
  });
}

TEST_CASE("noise is drawn in training alone, and only by the layers that are said to") {
  each_row([](const LayerRow& row) {
    Rng rng(1);
    Layer layer = built(row, rng);
    const Tensor input = input_of(row);
    const std::string before = rng.state();
    Tape tape;
    const Var x = tape.constant(input);
    const Tensor inference = layer(x, {.rng = &rng}).value();
    CHECK((rng.state() == before));
    const Tensor training = layer(x, {.training = true, .rng = &rng}).value();
    CHECK((rng.state() != before) == row.is_noise);
    if (row.is_noise) {
      CHECK(inference == input);
      CHECK(training != input);
      CHECK(layer(x, {.training = true, .rng = &rng}).value() != training);
      CHECK_THROWS_AS(layer(x, {.training = true}), ValueError);
    }
  });
}
