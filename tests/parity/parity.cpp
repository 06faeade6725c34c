// Trains what parity.py has drawn: parity FOLDER COUNT reads K.model, a saved model that has not begun, K.data and
// K.json, the options of fit, for K = 0, 1, ..., and writes K.out, the trained model, and K.result.json. `parity
// FOLDER` alone writes fresh.model, from which parity.py takes what a generator looks like in a file.
#include <fstream>
#include <iostream>

#include <nlohmann/json.hpp>
#include <xgrad/xgrad.hpp>

using namespace xgrad;
using Json = nlohmann::json;

namespace {

std::map<std::string, Tensor> tensors_of(const std::string& path) {
  std::map<std::string, Tensor> tensors;
  const SafeTensors file = read_safetensors(path);
  for (const StoredTensor& stored : file.tensors) tensors[stored.name] = to_tensor(stored);
  return tensors;
}

Json json_of(const Tensor& x) { return Json(std::vector<Real>(x.storage().begin(), x.storage().end())); }

Callback callback(const Json& its) {
  if (its.at("class") == "EarlyStopping") {
    EarlyStopping stopping{
        .monitor = its.at("monitor"), .min_delta = its.at("min_delta"), .patience = its.at("patience")};
    stopping.restore_best_weights = its.at("restore_best_weights");
    stopping.start_from_epoch = its.at("start_from_epoch");
    if (!its.at("baseline").is_null()) stopping.baseline = its.at("baseline").get<double>();
    return stopping;
  }
  return ReduceLROnPlateau{.monitor = its.at("monitor"),
                           .factor = its.at("factor"),
                           .patience = its.at("patience"),
                           .min_delta = its.at("min_delta"),
                           .cooldown = its.at("cooldown"),
                           .min_lr = its.at("min_lr")};
}

Json result_of(const std::string& path) {
  Sequential model = Sequential::load(path + ".model");
  auto data = tensors_of(path + ".data");
  const Json its = Json::parse(std::ifstream(path + ".json"));
  FitOptions options{.batch_size = its.at("batch_size"), .epochs = its.at("epochs"), .verbose = 0, .shuffle = false};
  options.validation_split = its.value("validation_split", 0.0);
  options.validation_freq = its.value("validation_freq", std::size_t{1});
  options.validation_batch_size = its.value("validation_batch_size", std::size_t{0});
  if (data.contains("x_val")) options.validation_data = Samples(data.at("x_val"), data.at("y_val"));
  if (data.contains("weights")) options.sample_weight = data.at("weights");
  for (const auto& [label, weight] : its.value("class_weight", std::map<std::string, double>()))
    options.class_weight[std::stoul(label)] = weight;
  for (const Json& one : its.at("callbacks")) options.callbacks.push_back(callback(one));
  const Tensor &x = data.at("x"), &y = data.at("y");

  const History history = model.fit(x, y, options);
  Json result{{"history", Json::object()}};
  for (const Logs& logs : history.logs)
    for (const auto& [name, number] : logs) result["history"][name].push_back(number);
  for (const auto& [name, number] : model.evaluate(x, y, {.batch_size = options.batch_size, .verbose = 0}))
    result["evaluate"][name] = number;
  result["predict"] = json_of(model.predict(x));
  model.save(path + ".out");
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = std::string(argv[1]) + "/";
  if (argc == 2) {
    Sequential model{Input{{1}}, Dense(1)};
    Rng rng(1);
    model.build({1}, rng);
    model.compile("sgd", "mse");
    model.save(folder + "fresh.model");
    return 0;
  }
  for (int k = 0; k < std::stoi(argv[2]); ++k) {
    const std::string path = folder + std::to_string(k);
    Json result;
    try {
      result = result_of(path);
    } catch (const std::exception& error) {
      result = {{"error", error.what()}};
    }
    std::ofstream(path + ".result.json") << result.dump();
  }
}
