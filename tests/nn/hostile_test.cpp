#include <xgrad/data/safetensors.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/model/files.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/training/fit.hpp>

#include "data/files.hpp"
#include "data/processes.hpp"
#include "support.hpp"

// Files of models that promise much, or are nested or repeated to do harm: load() takes the stored numbers, one tensor
// more and 16 MiB at most, and time in proportion to the file.

using namespace xgrad;

namespace {

std::string training_of(const std::string& optimizer = "") {
  return R"({"epochs_done":0,"generator":{"state":")" + Rng().state() + "\"}" + optimizer + "}";
}

void write_model(const std::string& path, const std::string& layers, const std::string& input,
                 const std::vector<StoredTensor>& tensors = {}, const std::string& training = training_of(),
                 const std::string& compiled = "null") {
  write_safetensors(path, tensors,
                    {{"xgrad.format", "2"},
                     {"xgrad.kind", "\"sequential\""},
                     {"xgrad.module", layers},
                     {"xgrad.frozen", "[]"},
                     {"xgrad.input_shape", input},
                     {"xgrad.training", training},
                     {"xgrad.compiled", compiled}});
}

std::string times(std::size_t n, const std::string& text) {
  std::string all;
  for (std::size_t k = 0; k < n; ++k) all += text;
  return all;
}

std::string list(std::size_t n, const std::string& text) { return "[" + text + times(n - 1, "," + text) + "]"; }

const std::string norm =
    R"({"kind":"layer_normalization","trainable":true,"epsilon":0.001,"center":false,"scale":false})";
const std::string tanh_layer = R"({"kind":"activation","trainable":true,"name":"tanh"})";

std::string dense(std::size_t units) {
  return text(R"({"kind":"dense","trainable":true,"units":)", units, R"(,"activation":{"name":"linear"},"use_bias":)",
              R"(false,"kernel_regularizer":{"name":"none"},"bias_regularizer":{"name":"none"},)",
              R"("activity_regularizer":{"name":"none"}})");
}

// A chain of one layer again and again, as the options of a file, whose names are these and a number.
std::string chain(std::size_t n, const std::string& layer, const std::string& name = "n") {
  std::string names, layers;
  for (std::size_t k = 0; k < n; ++k) {
    names += text(k > 0 ? "," : "", '"', name, k, '"');
    layers += text(",\"", name, k, "\":", layer);
  }
  return "{\"layers\":[" + names + "]" + layers + "}";
}

struct Many {
  std::vector<Parameter> weights;
  void fields(Fields& f) { f("weights", weights); }
};

// The one file of these tests.
const std::string& file() {
  static const Folder folder;
  static const std::string path = (folder.path / "m").string();
  return path;
}

// What load() says of the file, whose cost is bounded.
std::string loaded([[maybe_unused]] double stored_mebibytes = 0) {
  const Cost cost = cost_of([] { Sequential::load(file()); });
  CAPTURE(cost.said);
  CAPTURE(cost.mebibytes);
#ifndef __SANITIZE_ADDRESS__  // which keeps what was freed
  CHECK(cost.mebibytes <= stored_mebibytes + 16);
#endif
  CHECK(!cost.said.starts_with("ended by"));
  CHECK(!cost.said.starts_with("not ours"));
  CHECK(cost.said.size() < 5000);
  return cost.said;
}

}  // namespace

TEST_CASE("a model that takes samples of any size is loaded without one") {
  write_model(file(), chain(1, norm), "[1073741824]");
  CHECK(loaded() == "nothing");
  CHECK(Sequential::load(file()).output_shape() == Shape{1073741824});
  write_model(file(), chain(1, norm), "[4294967296,4294967296]");
  CHECK(loaded() != "nothing");
}

TEST_CASE("samples without elements, and of many axes, are refused") {
  const Tensor none(Shape{0, std::size_t{1} << 30});
  write_model(file(), chain(1, dense(std::size_t{1} << 30)), "[0]", {stored("n0/kernel", none)});
  CHECK(loaded() == file() + ": a sample's shape has 1 axes; a file takes up to 64, of extents from 1 up");
  write_model(file(), chain(3000, tanh_layer), list(50'000, "1"));
  CHECK(loaded() == file() + ": a sample's shape has 50000 axes; a file takes up to 64, of extents from 1 up");
  write_model(file(), chain(1, R"({"kind":"reshape","trainable":true,"target_shape":)" + list(50'000, "1") + "}"),
              "[1]");
  CHECK(loaded() == file() + ": Reshape: the target shape has 50000 axes; it takes up to 64");
}

TEST_CASE("a kernel that many layers name is read once") {
  const Tensor kernel = zeros({300, 300});
  write_model(file(), "{\"layers\":" + list(2000, "\"d\"") + ",\"d\":" + dense(300) + "}", "[300]",
              {stored("d/kernel", kernel)});
  CHECK(loaded(2) == file() + ": two layers have the name d");
}

TEST_CASE("what is nested a hundred thousand deep is refused, wherever it stands") {
  for (const std::string open : {"[", "{\"a\":"}) {
    const std::string deep = times(100'000, open) + "1" + times(100'000, open == "[" ? "]" : "}");
    const std::string says = file() + ": it has JSON that is nested more than 200 deep";
    write_model(file(), "{\"layers\":[\"a\"],\"a\":{\"kind\":" + deep + "}}", "[2]");
    CHECK(loaded() == says);
    write_model(file(), chain(1, tanh_layer), deep);
    CHECK(loaded() == says);
    write_model(file(), chain(1, tanh_layer), "[2]", {}, deep);
    CHECK(loaded() == says);
    write_model(file(), chain(1, tanh_layer), "[2]", {}, training_of(), deep);
    CHECK(loaded() == says);
  }
  std::string nested = tanh_layer;
  for (int k = 0; k < 5000; ++k) nested = R"({"kind":"sequential","trainable":true,"layers":["s"],"s":)" + nested + "}";
  write_model(file(), chain(1, nested), "[2]");
  CHECK(loaded() != "nothing");
}

TEST_CASE("a long name is not kept before all that is below it") {
  std::string inner = chain(3000, tanh_layer);
  inner.insert(1, R"("kind":"sequential","trainable":true,)");
  write_model(file(), chain(1, inner, std::string(1 << 20, 'x')), "[2]");
  CHECK(loaded(8).ends_with("has 1048577 bytes; it takes up to 1,000"));
}

TEST_CASE("a list has no more entries than the file has things to fill them with") {
  Many module;
  write_safetensors(
      file(), {}, {{"xgrad.format", "2"}, {"xgrad.module", R"({"weights":{"size":100000}})"}, {"xgrad.frozen", "[]"}});
  const Cost cost = cost_of([&] { load(file(), module); });
  CHECK(cost.said == file() + ": weights: the list has 100000 entries; it takes at most 1003");
  std::string paths = "[\"p\"";
  for (int k = 0; k < 50'000; ++k) paths += text(",\"", k, '"');
  write_model(file(), chain(1, tanh_layer), "[2]", {},
              training_of(R"(,"optimizer":{"iterations":5,"slots":7,"accumulates":false,"paths":)" + paths + "]}"),
              R"({"optimizers":{"patterns":["**"],"0":{"name":"adam","learning_rate":{"name":"constant","value":1}}},)"
              R"("loss":{"name":"mse"},"metrics":{"size":0}})");
  CHECK(loaded(8) != "nothing");
}

TEST_CASE("a list of differences and a name in a message are cut, and the others are counted") {
  std::vector<StoredTensor> tensors;
  for (int k = 0; k < 2000; ++k) tensors.push_back({text("w", k), "U8", {0}, ""});
  write_model(file(), chain(1, tanh_layer), "[2]", tensors);
  CHECK(loaded() == file() +
                        ": it does not fit the model: unexpected w0; unexpected w1; unexpected w10; unexpected "
                        "w100; unexpected w1000; unexpected w1001; unexpected w1002; unexpected w1003; unexpected "
                        "w1004; unexpected w1005; and 1990 more");
  write_model(file(), chain(1, R"({"kind":")" + std::string(1 << 20, 'k') + R"("})"), "[2]");
  CHECK(loaded(8).ends_with("..."));
  write_model(file(), chain(1, R"({"kind":)" + list(50'000, "1") + "}"), "[2]");
  CHECK(loaded().find("is no text") != std::string::npos);
}

TEST_CASE("a large model takes its numbers and one tensor more") {
  Sequential m{Input{{1000}}};
  for (int k = 0; k < 6; ++k) m.add(Dense(1000, linear, {.use_bias = false}));
  m.save(file());
  const double tensor = 1e6 * sizeof(Real) / (1 << 20);
  CHECK(loaded(7 * tensor) == "nothing");
}

TEST_CASE("the time to save and to load is in proportion to the layers") {
  const Tensor one = ones({1, 1});
  const auto seconds = [&](std::size_t n) {
    std::vector<StoredTensor> tensors;
    for (std::size_t k = 0; k < n; ++k) tensors.push_back(stored(text("n", k, "/kernel"), one));
    write_model(file(), chain(n, dense(1)), "[1]", tensors);
    const Cost cost = cost_of([] { Sequential::load(file()).save(file()); });
    CHECK(cost.said == "nothing");
    return cost.seconds;
  };
  const double of_few = seconds(500), of_many = seconds(8000);
  CAPTURE(of_few);
  CHECK(of_many < 16 * 4 * of_few);  // 16 if it is linear, 256 if quadratic
}
