#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/training/fit.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <limits>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/data/npy.hpp>
#include <xgrad/data/safetensors.hpp>
#include <xgrad/nn/layers/batch_normalization.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/layers/dropout.hpp>
#include <xgrad/nn/layers/flatten.hpp>
#include <xgrad/nn/layers/gaussian_noise.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/schedules.hpp>
#include <xgrad/optim/sgd.hpp>
#include <xgrad/training/callbacks.hpp>

#include "data/files.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

struct Data {
  Tensor x, y;
  Data() : y(Shape{60}) {
    Rng rng(3);
    x = random_normal(rng, {60, 6}, 0, 1);
    for (std::size_t i = 0; i < 60; ++i) y(i) = static_cast<Real>((x(i, 0) > 0) + (x(i, 1) > 0));
  }
};
const Data data;

// A model with everything that draws or keeps something.
Sequential model(Optimizer optimizer = "adam") {
  Sequential m{Dense(8, relu, {.kernel_regularizer = L2{0.01}}), BatchNormalization(), Dropout(0.3), GaussianNoise(0.1),
               Dense(3, softmax)};
  m.seed(5);
  m.compile(std::move(optimizer), "sparse_categorical_crossentropy", {"accuracy"});
  return m;
}

std::vector<Tensor> after_epochs(Model& m, std::size_t from, std::size_t to) {
  m.fit(data.x, data.y, {.batch_size = 16, .epochs = to, .verbose = silent, .initial_epoch = from});
  return m.get_weights();
}

}  // namespace

TEST_CASE("training that is taken up from a file gives the same weights as training that never stopped") {
  const Folder folder;
  const ExponentialDecay slowing{.initial_learning_rate = 0.01, .decay_steps = 5, .decay_rate = 0.9};
  std::vector<Optimizer> all = {
      Adam{.learning_rate = slowing, .amsgrad = true, .clipnorm = 1},
      SGD{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true, .gradient_accumulation_steps = 3}};
  for (const std::string& name : names_of(optimizers())) all.emplace_back(name);
  for (const Optimizer& optimizer : all) {
    CAPTURE(optimizer.name());
    Sequential whole = model(optimizer), part = model(optimizer);
    const std::vector<Tensor> expected = after_epochs(whole, 0, 4);
    after_epochs(part, 0, 2);
    part.save(folder.path / "part");

    Sequential loaded = Sequential::load(folder.path / "part");
    CHECK(loaded.epochs_done() == 2);
    CHECK(after_epochs(loaded, loaded.epochs_done(), 4) == expected);

    Sequential restored = model(optimizer);
    restored.build({6});
    restored.restore(folder.path / "part");
    CHECK(after_epochs(restored, restored.epochs_done(), 4) == expected);
  }
}

TEST_CASE("training that is killed is taken up from its last checkpoint") {
  const Folder folder;
  const std::string path = (folder.path / "last").string();
  Sequential whole = model();
  const std::vector<Tensor> expected = after_epochs(whole, 0, 5);
  const pid_t child = fork();
  if (child == 0) {
    const LambdaCallback killer{.on_epoch_begin = [](Model&, std::size_t epoch) {
      if (epoch == 3) std::raise(SIGKILL);
    }};
    model().fit(
        data.x, data.y,
        {.batch_size = 16, .epochs = 5, .verbose = silent, .callbacks = {ModelCheckpoint{.filepath = path}, killer}});
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  Sequential loaded = Sequential::load(path);
  CHECK(loaded.epochs_done() == 3);
  CHECK(after_epochs(loaded, 3, 5) == expected);
}

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
  CHECK(thrown_by<DataError>([&] { other.load_weights(path); }) ==
        path +
            " does not fit the model: dense/kernel has shape (5, 2), the model's (5, 4); dense/bias has shape (2,), "
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

TEST_CASE("weights of a dtype that Real does not hold are refused, and narrower floats taken") {
  const Folder folder;
  const std::string path = (folder.path / "m").string(), whole(4 * 2, '\1');
  Sequential m{Dense(1, linear, {.use_bias = false})};
  m.build({2});
  write_safetensors(path, {{"dense/kernel", "I32", {2, 1}, whole}});
  CHECK(thrown_by<DataError>([&] { m.load_weights(path); }) ==
        path + " does not fit the model: dense/kernel has dtype I32, the model's " +
            (sizeof(Real) == 4 ? "F32" : "F64"));
  const std::string half("\x00\x3c\x00\xc0", 4);  // 1 and -2
  write_safetensors(path, {{"dense/kernel", "F16", {2, 1}, half}});
  m.load_weights(path);
  check_close(m.get_weights()[0], column({1, -2}), 0);
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

TEST_CASE("after SIGKILL at any moment of saving, the file holds the old model or the new one, 200 times") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  Sequential m{Dense(200), Dense(100)};
  m.build({300});
  const auto filled_with = [&](Real value) {
    std::vector<Tensor> weights = m.get_weights();
    for (Tensor& w : weights) w.fill(value);
    m.set_weights(weights);
  };
  filled_with(-1);
  m.save(path);
  const auto begin = std::chrono::steady_clock::now();
  m.save(path);
  const double some_saves = 10 * std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  double longest = some_saves;
  Rng rng(1);
  int news = 0;
  Real last = -1;
  for (int kill = 0; kill < 200; ++kill) {
    const pid_t child = fork();
    if (child == 0) {
      for (;;) {
        filled_with(static_cast<Real>(kill));
        m.save(path);
      }
    }
    usleep(static_cast<useconds_t>(1e6 * longest * rng.uniform()));
    ::kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const std::vector<Tensor> weights = Sequential::load(path).get_weights();
    const Real value = weights[0](0, 0);
    CHECK((value == static_cast<Real>(kill) || value == last));
    for (const Tensor& w : weights) CHECK(w == Tensor(w.shape(), value));
    // where a new process is slow, it gets more time until one save is done
    longest = value == last ? std::min(1.5 * longest, 1.0) : some_saves;
    news += value != last;
    last = value;
  }
  CHECK(news > 0);  // at other times the kill came first
  CHECK(news < 200);
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
