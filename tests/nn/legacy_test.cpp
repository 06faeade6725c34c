#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/training/fit.hpp>

#include "support.hpp"

// Files that xgrad 0.1 wrote: reference/files_0.1 says how.

using namespace xgrad;

namespace {

using Json = nlohmann::ordered_json;

// The own layer of own_layer.safetensors.
struct Scale {
  static constexpr const char* kind = "scale";
  double power = 1;
  Parameter weight{};
  Var operator()(Var x, const Context& context) {
    return x * pow(context.weight(x.tape(), weight, {x.shape().back()}, ones), static_cast<Real>(power));
  }
  void fields(Fields& f) { f("power", power)("weight", weight); }
};

Shape shape_of(const Json& extents) {
  const auto list = extents.get<std::vector<std::size_t>>();
  return Shape(list.begin(), list.end());
}

Tensor tensor(const Json& json) {
  Tensor x(shape_of(json["shape"]));
  const auto values = json["values"].get<std::vector<double>>();
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<Real>(values.at(i));
  return x;
}

}  // namespace

TEST_CASE("files of 0.1 are loaded, and trained on as they were there") {
  const std::string folder = XGRAD_TEST_DATA "/files_0.1/";
  const Json expected = Json::parse(std::ifstream(folder + "expected.json"));
  CHECK(expected["files"].size() == 12);
  for (const Json& file : expected["files"]) {
    CAPTURE(file["file"].get<std::string>());
    Sequential m = Sequential::load(folder + file["file"].get<std::string>(), {Scale{}});
    Tensor x(shape_of(file["x"]));
    for (std::size_t k = 0; k < x.size(); ++k) x.data()[k] = static_cast<Real>(std::sin(1 + static_cast<double>(k)));
    check_close(m.predict(x, {.verbose = silent}), tensor(file["predict"]), 1e-6);
    if (!file.contains("y")) continue;
    const Tensor y = tensor(file["y"]);
    CHECK(m.epochs_done() == file["epochs_done"]);
    CHECK(m.optimizer().iterations() == file["iterations"].get<std::int64_t>());
    const Logs logs = m.test_on_batch(x, y);
    CHECK(logs.size() == file["logs"].size());
    for (const auto& [name, number] : logs)
      CHECK(number == doctest::Approx(file["logs"][name].get<double>()).epsilon(1e-6));
    for (int step = 0; step < 3; ++step) m.train_on_batch(x, y);
    const std::vector<Tensor> weights = m.get_weights();
    REQUIRE(weights.size() == file["weights"].size());
    for (std::size_t k = 0; k < weights.size(); ++k) check_close(weights[k], tensor(file["weights"][k]), 1e-6);
  }
}

TEST_CASE("training goes on from a file of 0.1 in a model that is compiled as it was") {
  const std::string path = XGRAD_TEST_DATA "/files_0.1/frozen.safetensors";
  Sequential loaded = Sequential::load(path), restored = loaded;
  restored.seed(0);
  restored.restore(path);
  const Tensor x = ones(stacked(4, loaded.input_shape())), y = filled(stacked(4, loaded.output_shape()), 0.5);
  for (int step = 0; step < 3; ++step)
    for (Sequential* m : {&loaded, &restored}) m->train_on_batch(x, y);
  CHECK(restored.get_weights() == loaded.get_weights());
}
