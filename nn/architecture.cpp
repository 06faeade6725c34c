#include <xgrad/nn/architecture.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

#include <xgrad/nn/batch_normalization.hpp>
#include <xgrad/nn/dense.hpp>
#include <xgrad/nn/dropout.hpp>
#include <xgrad/nn/flatten.hpp>
#include <xgrad/nn/gaussian_noise.hpp>
#include <xgrad/nn/layer_normalization.hpp>
#include <xgrad/nn/reshape.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(Layer& layer) {
  Json json{{"kind", layer.kind()}, {"name", layer.name}, {"trainable", layer.trainable}};
  if (Sequential* const inner = layer.as<Sequential>()) {
    json["layers"] = Json::array();
    for (Layer& each : inner->layers()) json["layers"].push_back(json_of(each));
    return json;
  }
  Config options;
  try {
    layer.config(options);
  } catch (const ValueError& error) {
    throw ValueError("save: layer " + layer.name + ": " + error.what());
  }
  json["options"] = options.values();
  return json;
}

// One of each kind, from which layers are made by giving them their options.
std::vector<Layer> known_layers(const std::vector<Layer>& own_layers) {
  std::vector<Layer> all = own_layers;
  all.insert(all.end(), {Input{}, Dense(1), Activation(linear), Dropout(0), Flatten(), Reshape({}), GaussianNoise(0),
                         BatchNormalization(), LayerNormalization()});
  return all;
}

// Makes the model that a text describes, layer by layer.
class Loader {
 public:
  Loader(const std::vector<Layer>& own_layers, const std::map<std::string, Shape>& weights)
      : known_(known_layers(own_layers)), weights_(weights) {}

  // Of the layers under a prefix such as "sequential/", built for inputs of this shape.
  Sequential model(const Json& layers, const Shape& input, const std::string& prefix = "", int depth = 0) {
    require<ValueError>(depth < 100, "it has models within models, more than 100 deep");
    Sequential model;
    Shape shape = input;
    Rng rng;
    for (const Json& json : layers) {
      Layer layer = layer_of(json, shape, prefix, depth);
      layer.name = json.at("name");
      layer.trainable = json.at("trainable");
      check_promise(layer, prefix + layer.name, shape);
      shape = layer.build(shape, rng);
      model.add(std::move(layer));
    }
    model.build(input);
    return model;
  }

 private:
  Layer layer_of(const Json& json, const Shape& input, const std::string& prefix, int depth) {
    const std::string kind = json.at("kind"), name = json.at("name");
    if (kind == Sequential::kind) return model(json.at("layers"), input, prefix + name + "/", depth + 1);
    const auto is_kind = [&](const Layer& layer) { return layer.kind() == kind; };
    const auto example = std::find_if(known_.begin(), known_.end(), is_kind);
    require<ValueError>(example != known_.end(), "layer ", name, " is of the unknown kind \"", kind,
                        "\"; give an example of it to load");
    Layer layer = *example;
    Config options(json.at("options").get<std::map<std::string, std::string>>());
    layer.config(options);
    return layer;
  }

  // Before memory is given for weights that a damaged text promises: the file has them, for inputs of this shape.
  void check_promise(Layer& layer, const std::string& name, const Shape& input) const {
    Config options;
    layer.config(options);
    const auto option = [&](const char* key) { return options.values().at(key); };
    const bool is_dense = layer.kind() == Dense::kind;
    const bool normalises =
        layer.kind() == BatchNormalization::kind ||
        (layer.kind() == LayerNormalization::kind && (option("center") == "true" || option("scale") == "true"));
    if (!is_dense && !normalises) return;

    const auto weight = weights_.lower_bound(name + (is_dense ? "/kernel" : "/"));
    require<ValueError>(weight != weights_.end() && weight->first.starts_with(name + "/"), "there are no weights of ",
                        name);
    const Shape& shape = weight->second;
    const bool fits = !shape.empty() && !input.empty() && shape[0] == input.back() &&
                      (!is_dense || (shape.size() == 2 && option_text(shape[1]) == option("units")));
    require<ValueError>(fits, weight->first, " has shape ", shape, " for inputs of shape ", input,
                        is_dense ? " and units " + option("units") : "");
  }

  std::vector<Layer> known_;
  const std::map<std::string, Shape>& weights_;
};

}  // namespace

std::string architecture_text(std::vector<Layer>& layers) {
  Json all = Json::array();
  for (Layer& layer : layers) all.push_back(json_of(layer));
  return all.dump();
}

Sequential model_of(const std::string& architecture, const Shape& input, const std::map<std::string, Shape>& weights,
                    const std::vector<Layer>& own_layers) {
  return Loader(own_layers, weights).model(Json::parse(architecture), input);
}

}  // namespace xgrad::inline XGRAD_PRECISION
