#include <xgrad/nn/model/detail/legacy.hpp>

#include <algorithm>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

const std::string& metadata(const SafeTensorsFile& file, const char* key) {
  const auto found = file.metadata().find(key);
  require<ValueError>(found != file.metadata().end(), "there is no ", key, " in it: it is not a saved model");
  return found->second;
}

Json chain(const Json& layers, int depth = 0) {
  require<ValueError>(depth < 100, "it has models within models, more than 100 deep");
  Json all{{"layers", Json::array()}};
  for (const Json& layer : layers) {
    const std::string name = layer.at("name"), kind = layer.at("kind");
    Json fields = layer.contains("layers") ? chain(layer.at("layers"), depth + 1) : layer.at("options");
    if (kind == "activation") fields = {{"name", fields.at("activation")}};
    fields["kind"] = kind;
    fields["trainable"] = layer.at("trainable");
    all["layers"].push_back(name);
    all[name] = std::move(fields);
  }
  return all;
}

Json named(const Json& object) {
  Json all = object.at("options");
  all["name"] = object.at("name");
  if (object.contains("kind")) all["kind"] = object.at("kind");
  return all;
}

}  // namespace

bool is_of_0_1(const SafeTensorsFile& file) { return !file.metadata().contains("xgrad.format"); }

Json module_of_0_1(const SafeTensorsFile& file) { return chain(parse_json(metadata(file, "xgrad.layers"))); }

Json compiled_of_0_1(const SafeTensorsFile& file) {
  for (const char* key : {"xgrad.optimizer", "xgrad.loss", "xgrad.metrics"})
    if (!file.metadata().contains(key)) return nullptr;
  const auto read = [&](const char* key) { return parse_json(metadata(file, key)); };
  Json metrics = Json::object();
  const Json list = read("xgrad.metrics");
  for (const Json& metric : list) metrics[std::to_string(metrics.size())] = named(metric);
  metrics["size"] = list.size();
  return {{"optimizers", {{"patterns", {"**"}}, {"0", named(read("xgrad.optimizer"))}}},
          {"loss", named(read("xgrad.loss"))},
          {"metrics", metrics}};
}

Json training_of_0_1(const SafeTensorsFile& file, ModuleRef module) {
  Json all{{"epochs_done", metadata(file, "xgrad.epochs_done")},
           {"generator", {{"state", metadata(file, "xgrad.generator")}}}};
  if (!file.metadata().contains("xgrad.iterations")) return all;
  std::set<std::string> names;
  for (const StoredTensor& tensor : file.tensors()) names.insert(tensor.name);
  Json paths = Json::array();
  std::size_t slots = 0;
  bool accumulates = false;
  each_parameter(module, [&](const std::string& path, Parameter&) {
    std::size_t its = 0;
    while (names.contains(text("optimizer/", path, '/', its))) ++its;
    const bool sum = names.contains("optimizer/" + path + "/accumulated");
    if (its == 0 && !sum) return;
    paths.push_back(path);
    slots = std::max(slots, its);
    accumulates = accumulates || sum;
  });
  all["optimizer"] = {{"iterations", metadata(file, "xgrad.iterations")},
                      {"paths", paths},
                      {"slots", slots},
                      {"accumulates", accumulates}};
  return all;
}

Json named_of_0_1(const std::string& text) {
  if (!text.empty() && (text[0] == '.' || (text[0] >= '0' && text[0] <= '9')))
    return {{"name", "constant"}, {"value", text}};
  const std::size_t open = text.find('('), space = text.find(' ');
  if (open != std::string::npos && text.back() == ')') {
    Json all{{"name", text.substr(0, open)}};
    for (std::size_t begin = open + 1; begin + 1 < text.size();) {
      const std::size_t end = std::min(text.find("; ", begin), text.size() - 1), equals = text.find('=', begin);
      require<ValueError>(equals < end, "\"", text.substr(begin, end - begin), "\" is not an option=value");
      all[text.substr(begin, equals - begin)] = text.substr(equals + 1, end - equals - 1);
      begin = end + 2;
    }
    return all;
  }
  if (text.starts_with("l1_l2 ")) {
    const std::size_t second = std::min(text.find(' ', space + 1), text.size() - 1);
    return {{"name", "l1_l2"}, {"l1", text.substr(space + 1, second - space - 1)}, {"l2", text.substr(second + 1)}};
  }
  return {{"name", text}};
}

}  // namespace xgrad::inline XGRAD_PRECISION
