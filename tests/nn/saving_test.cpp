#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/training/fit.hpp>

#include <limits>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/data/npy.hpp>
#include <xgrad/data/safetensors.hpp>
#include <xgrad/nn/layers/batch_normalization.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/layers/dropout.hpp>
#include <xgrad/nn/layers/flatten.hpp>

#include "data/files.hpp"
#include "support.hpp"

using namespace xgrad;

TEST_CASE("a model of layers within layers is saved and loaded, without its optimizer if it has none") {
  const Folder folder;
  Sequential inner{Dense(4, tanh, {.use_bias = false}), BatchNormalization()};
  Sequential m{Input{{2, 3}}, Flatten(), Dense(6, "gelu"), inner, Dropout(0.5), Dense(2, "softmax")};
  m.build({2, 3});
  m.layer("dense").trainable = false;
  m.save(folder.path / "all");
  Sequential loaded = Sequential::load(folder.path / "all");
  CHECK(loaded.get_weights() == m.get_weights());
  CHECK(loaded.parameters().size() == m.parameters().size());
  Rng rng(1);
  const Tensor x = random_normal(rng, {5, 2, 3}, 0, 1);
  CHECK(loaded.predict(x, {.verbose = silent}) == m.predict(x, {.verbose = silent}));
  CHECK(thrown_by<ValueError>([&] {
          loaded.fit(x, zeros({5, 2}));
        }) == "the model is not compiled; call compile(optimizer, loss, metrics) first");
}

namespace {

struct Scale {
  static constexpr const char* kind = "times";
  double factor = 1;
  Parameter weight{};
  Var operator()(Var x, const Context& context) {
    return x * context.weight(x.tape(), weight, {x.shape().back()}, ones) * factor;
  }
  void fields(Fields& f) { f("factor", factor)("weight", weight); }
};

}  // namespace

TEST_CASE("a layer of one's own that the program has used is loaded as the library's are") {
  const Folder folder;
  const std::string path = (folder.path / "own").string();
  Sequential m{Scale{.factor = 3}};
  m.build({2});
  m.set_weights({{1, 2}});
  m.save(path);
  check_close(Sequential::load(path).predict({{10, 10}}, {.verbose = silent}), {{30, 60}}, 0);
  check_close(Sequential::load(path, {Scale{}}).predict({{10, 10}}, {.verbose = silent}), {{30, 60}}, 0);
  check_close(Sequential::load<Scale>(path).predict({{10, 10}}, {.verbose = silent}), {{30, 60}}, 0);
}

TEST_CASE("a layer that the program does not know is refused by its kind") {
  const Folder folder;
  const std::string path = (folder.path / "own").string();
  Sequential m{Scale{}};
  m.build({2});
  m.save(path);
  SafeTensors file = read_safetensors(path);
  std::string& module = file.metadata.at("xgrad.module");
  module.replace(module.find("\"kind\":\"times\""), 14, "\"kind\":\"other\"");
  write_safetensors(path, file.tensors, file.metadata);
  CHECK(thrown_by<DataError>([&] { Sequential::load(path); }) ==
        path + ": there is no layer of the kind \"other\" in this program; give load() an example of it");
}

TEST_CASE("functions of one's own are not saved in silence") {
  const Folder folder;
  Sequential m{Dense(2, [](Var x) { return square(x); })};
  m.build({2});
  CHECK(thrown_by<ValueError>([&] { m.save(folder.path / "m"); }) ==
        "activation: a function of one's own has no name by which to save it");

  Sequential own{Dense(2)};
  own.compile("sgd", [](Var y, Var p) { return mean(square(y - p)); });
  own.fit(zeros({4, 2}), zeros({4, 2}), {.verbose = silent});
  own.save(folder.path / "own");
  Sequential loaded = Sequential::load(folder.path / "own");  // without the loss it is not compiled
  CHECK(loaded.get_weights() == own.get_weights());
  CHECK_THROWS_AS(loaded.optimizer(), ValueError);
}

TEST_CASE("a file that does not fit the model names every difference and changes nothing") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  Sequential m{Dense(2), Dense(3)}, other{Dense(4), Dropout(0.5), Dense(3, linear, {.use_bias = false})};
  m.build({5});
  other.build({5});
  m.save_weights(path);
  const std::vector<Tensor> before = other.get_weights();
  CHECK(
      thrown_by<DataError>([&] { other.load_weights(path); }) ==
      path +
          ": it does not fit the model: dense/kernel has shape (5, 2), the model's (5, 4); dense/bias has shape (2,), "
          "the model's (4,); dense_1/kernel has shape (2, 3), the model's (4, 3); unexpected dense_1/bias");
  CHECK(other.get_weights() == before);
  CHECK(thrown_by<DataError>([&] { other.restore(path); }).ends_with("it is not a saved model"));
  m.save(folder.path / "whole");
  CHECK(thrown_by<DataError>([&] { other.restore(folder.path / "whole"); }).find(" does not fit the model: ") <
        std::string::npos);
  CHECK(thrown_by<ShapeError>([&] { other.set_weights({zeros({5, 4})}); }) == "set_weights: 1 weights for 3");
  CHECK(thrown_by<ShapeError>([&] { other.set_weights(m.get_weights()); }).find("set_weights: 4 weights for 3") == 0);
  CHECK(other.get_weights() == before);
  CHECK(thrown_by<DataError>([&] { Sequential::load(path); }) ==
        path + ": there is no xgrad.layers in it: it is not a saved model");
  CHECK(thrown_by<DataError>([&] { Sequential::load(folder.path / "none"); }).find("none") != std::string::npos);
}

TEST_CASE("weights of any dtype are taken by the rule of all files: floats are rounded, whole numbers are exact") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  Sequential m{Dense(1, linear, {.use_bias = false})};
  m.build({2});
  const std::string half("\x00\x3c\x00\xc0", 4);  // 1 and -2
  write_safetensors(path, {{"dense/kernel", "F16", {2, 1}, half}});
  m.load_weights(path);
  check_close(m.get_weights()[0], column({1, -2}), 0);
  const double numbers[] = {0.1, -2};
  const std::string_view wide(reinterpret_cast<const char*>(numbers), sizeof numbers);
  write_safetensors(path, {{"dense/kernel", "F64", {2, 1}, wide}});
  m.load_weights(path);
  CHECK(m.get_weights()[0] == column({static_cast<Real>(0.1), -2}));
  write_safetensors(path, {{"dense/kernel", "I16", {2, 1}, half}});
  m.load_weights(path);
  CHECK(m.get_weights()[0] == column({0x3c00, -0x4000}));
  const std::string too_much = "12345678" + std::string(8, '\0');
  write_safetensors(path, {{"dense/kernel", "I64", {2, 1}, too_much}});
  CHECK(thrown_by<DataError>([&] { m.load_weights(path); }).find("tensor \"dense/kernel\" of I64: element 0 is ") == 0);
  write_safetensors(path, {{"dense/kernel", "F8_E4M3", {2, 1}, "12"}});
  CHECK(thrown_by<DataError>([&] { m.load_weights(path); }).find("F8_E4M3 cannot be taken") != std::string::npos);
  CHECK(m.get_weights()[0] == column({0x3c00, -0x4000}));
}

TEST_CASE("what cannot be restored leaves a model as it was, built or not") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  const Tensor x = ones({4, 3}), y = ones({4, 2});
  Sequential saved{Dense(2)}, same{Dense(2)}, unbuilt{Dense(2)};
  for (Sequential* m : {&saved, &same}) {
    m->compile("adam", "mse");
    m->fit(x, y, {.epochs = 2, .verbose = silent});
  }
  saved.save(path);
  const SafeTensors good = read_safetensors(path);
  const std::vector<Tensor> before = same.get_weights();
  const auto spoil = [&](const char* key, const std::string& by, const std::vector<Sequential*>& tried) {
    SafeTensors file = good;
    file.metadata.at(key) = by;
    write_safetensors(path, file.tensors, file.metadata);
    for (Sequential* m : tried) CHECK_THROWS_AS(m->restore(path), DataError);
    CHECK(same.get_weights() == before);
    CHECK(same.epochs_done() == 2);
    CHECK(!same.parameters()[0]->frozen);
    CHECK(!unbuilt.is_built());
    for (const Parameter* p : unbuilt.parameters()) CHECK(p->is_empty());
  };
  spoil("xgrad.frozen", "[\"dense/kernel\", 1]", {&same, &unbuilt});
  spoil("xgrad.frozen", "{", {&same, &unbuilt});
  spoil("xgrad.input_shape", "[4]", {&unbuilt});
  spoil("xgrad.input_shape", "[0]", {&unbuilt});
  spoil("xgrad.training", "{}", {&same, &unbuilt});
  write_safetensors(path, good.tensors, good.metadata);
  unbuilt.restore(path);
  CHECK(unbuilt.get_weights() == saved.get_weights());
  CHECK(unbuilt.epochs_done() == 2);
}

TEST_CASE("weights that are NaN are loaded") {
  const Folder folder;
  Sequential m{Dense(1, linear, {.use_bias = false})};
  m.build({1});
  m.set_weights({Tensor(Shape{1, 1}, std::numeric_limits<Real>::quiet_NaN())});
  m.save(folder.path / "m");
  CHECK(std::isnan(Sequential::load(folder.path / "m").get_weights()[0](0, 0)));
}

TEST_CASE("metadata that promise more than the file holds are refused before memory is given") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  const Tensor kernel = zeros({2, 3}), bias = zeros({3});
  const auto said = [&](const std::string& layers, const std::string& input) {
    write_safetensors(path, {stored("dense/kernel", kernel), stored("dense/bias", bias)},
                      {{"xgrad.layers", layers},
                       {"xgrad.input_shape", input},
                       {"xgrad.epochs_done", "0"},
                       {"xgrad.generator", Rng().state()}});
    return thrown_by<DataError>([&] { Sequential::load(path); });
  };
  const auto dense = [](const std::string& units) {
    return R"([{"kind":"dense","name":"dense","trainable":true,"options":{"units":")" + units +
           R"(","activation":"relu","use_bias":"true","kernel_regularizer":"none","bias_regularizer":"none",)" +
           R"("activity_regularizer":"none"}}])";
  };
  CHECK(said(dense("3"), "2") == "nothing");
  CHECK(said(dense("300000000000"), "2") ==
        path + ": layer dense: weight dense/kernel has shape (2, 3); here it takes (2, 300000000000)");
  CHECK(said(dense("-3"), "2") != "nothing");
  CHECK(said(dense("3"), "300000000000") != "nothing");
  CHECK(said(dense("3"), "x") != "nothing");
  CHECK(said("[]", "2") != "nothing");
  CHECK(said("{", "2") != "nothing");
  CHECK(said("[1]", "2") != "nothing");
  CHECK(said(R"([{"kind":"batch_normalization","name":"b","trainable":true,"options":{}}])", "300000000000") !=
        "nothing");
  std::string nest;
  for (int i = 0; i < 1000; ++i) nest += R"([{"kind":"sequential","name":"s","trainable":true,"layers":)";
  CHECK(said(nest + "[]" + std::string(2000, ' '), "2") != "nothing");
}

TEST_CASE("weights from np.savez of Keras's get_weights() are taken as they are") {
  Sequential m{Input{{6}}, Dense(8, relu), Dense(3, softmax)};
  const auto arrays = load_npz_named(XGRAD_TEST_DATA "/keras/fit_inputs.npz");  // x, y, and the four weights
  std::vector<Tensor> weights;
  for (const auto& [name, array] : arrays)
    if (name != "x" && name != "y") weights.push_back(array);
  m.set_weights(weights);
  const Folder folder;
  save_npz(folder.path / "w.npz", m.get_weights());
  Sequential other{Input{{6}}, Dense(8, relu), Dense(3, softmax)};
  other.set_weights(load_npz(folder.path / "w.npz"));
  CHECK(other.get_weights() == m.get_weights());
}
