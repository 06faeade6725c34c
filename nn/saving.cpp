#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include <xgrad/data/safetensors.hpp>
#include <xgrad/nn/batch_normalization.hpp>
#include <xgrad/nn/dense.hpp>
#include <xgrad/nn/dropout.hpp>
#include <xgrad/nn/flatten.hpp>
#include <xgrad/nn/gaussian_noise.hpp>
#include <xgrad/nn/layer_normalization.hpp>
#include <xgrad/nn/reshape.hpp>
#include <xgrad/nn/sequential.hpp>

// What is in a file: the weights as tensors under their names, the optimizer's state as tensors under "optimizer/", and
// the rest as texts in the metadata, most of them JSON.

namespace xgrad::inline XGRAD_PRECISION {

namespace {

using Json = nlohmann::ordered_json;
using Path = std::filesystem::path;
using Tensors = std::map<std::string, const StoredTensor*>;

// Runs what reads a file; whatever is wrong with it is then DataError, and names the file.
template <class Read>
auto reading(const Path& path, Read read) {
  const auto fail = [&](const char* what) { return DataError(text(path.string(), ": ", what)); };
  try {
    return read();
  } catch (const DataError&) {
    throw;
  } catch (const Json::exception& error) {
    throw fail(error.what());
  } catch (const Error& error) {
    throw fail(error.what());
  }
}

using Texts = std::map<std::string, std::string>;

Config options_in(const Json& json) { return Config(json.at("options").get<Texts>()); }

// The layers as text.

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

Tensors weights_in(const SafeTensors& file) {
  Tensors tensors;
  for (const StoredTensor& tensor : file.tensors)
    if (!tensor.name.starts_with("optimizer/")) tensors[tensor.name] = &tensor;
  return tensors;
}

// Makes the model that a file describes, layer by layer.
class Loader {
 public:
  Loader(const std::vector<Layer>& own_layers, Tensors tensors)
      : known_(known_layers(own_layers)), tensors_(std::move(tensors)) {}

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
    Config options = options_in(json);
    layer.config(options);
    return layer;
  }

  // Before memory is given for weights that a damaged text promises: the file has them.
  void check_promise(Layer& layer, const std::string& name, const Shape& input) const {
    const bool is_dense = layer.kind() == Dense::kind;
    const auto tensor = tensors_.lower_bound(name + "/");
    const bool has_any = tensor != tensors_.end() && tensor->first.starts_with(name + "/");
    if (!is_dense &&
        (!has_any || (layer.kind() != BatchNormalization::kind && layer.kind() != LayerNormalization::kind)))
      return;
    Config options;
    layer.config(options);
    const auto weight = is_dense ? tensors_.find(name + "/kernel") : tensor;
    require<ValueError>(weight != tensors_.end(), "there is no ", name, "/kernel in it");
    const Shape& shape = weight->second->shape;
    const bool fits = !shape.empty() && !input.empty() && shape[0] == input.back() &&
                      (!is_dense || (shape.size() == 2 && option_text(shape[1]) == options.values().at("units")));
    require<ValueError>(fits, weight->first, " has shape ", shape, " for inputs of shape ", input,
                        is_dense ? " and units " + options.values().at("units") : "");
  }

  std::vector<Layer> known_;
  Tensors tensors_;
};

// Weights by name.

// Every difference at once between what a model wants and what there is.
class Differences {
 public:
  void add(std::string difference) { all_ += (all_.empty() ? "" : "; ") + difference; }
  void require_none(const std::string& who) const {
    require<DataError>(all_.empty(), who, " does not fit the model: ", all_);
  }

 private:
  std::string all_;
};

bool is_exact(const std::string& dtype) {
  return dtype == "F16" || dtype == "BF16" || dtype == "F32" || (dtype == "F64" && sizeof(Real) == 8);
}

// The values for all parameters, in their order.
std::vector<Tensor> values_for(Sequential& model, const SafeTensors& file, const Path& path) {
  Tensors tensors = weights_in(file);
  Differences differences;
  std::vector<Tensor> values;
  bool finite = true;
  model.each_parameter([&](Parameter& p) {
    const auto found = tensors.find(p.name);
    if (found == tensors.end()) return differences.add("missing " + p.name);
    const StoredTensor& stored = *found->second;
    if (stored.shape != p.value().shape())
      differences.add(text(p.name, " has shape ", stored.shape, ", the model's ", p.value().shape()));
    else if (!is_exact(stored.dtype))
      differences.add(text(p.name, " has dtype ", stored.dtype, ", the model's F", 8 * sizeof(Real)));
    else
      values.push_back(to_tensor(stored));
    if (!values.empty())
      for (const Real x : values.back()) finite = finite && std::isfinite(x);
    tensors.erase(found);
  });
  for (const auto& [name, tensor] : tensors) differences.add("unexpected " + name);
  differences.require_none(path.string());
  if (!finite) std::cerr << "xgrad: " << path.string() << " holds weights that are NaN or infinite" << std::endl;
  return values;
}

// The optimizer's state, loss and metrics.

template <class Named>
Json named_json(Named& object) {
  Config options;
  object.config(options);
  return {{"name", object.name()}, {"options", options.values()}};
}

Json metric_json(const Metric& metric) {
  Json json = named_json(metric);
  json["kind"] = metric.kind();
  return json;
}

Optimizer optimizer_from(const Json& json) {
  Optimizer optimizer(json.at("name").get<std::string>());
  Config options = options_in(json);
  optimizer.config(options);
  return optimizer;
}

Optimizer::State state_for(const std::vector<Parameter*>& parameters, const SafeTensors& file) {
  Tensors tensors;
  for (const StoredTensor& tensor : file.tensors) tensors[tensor.name] = &tensor;
  const auto tensor_at = [&](const std::string& name, const Parameter& p) -> std::optional<Tensor> {
    const auto found = tensors.find("optimizer/" + name);
    if (found == tensors.end()) return std::nullopt;
    require<ValueError>(found->second->shape == p.value().shape() && is_exact(found->second->dtype), "optimizer/", name,
                        " has shape ", found->second->shape, " and dtype ", found->second->dtype);
    return to_tensor(*found->second);
  };
  Optimizer::State state;
  read_option(file.metadata.at("xgrad.iterations"), state.iterations);
  for (const Parameter* p : parameters) {
    std::vector<Tensor> slots;
    while (std::optional<Tensor> slot = tensor_at(text(p->name, "/", slots.size()), *p)) slots.push_back(*slot);
    state.slots.push_back(slots);
    if (std::optional<Tensor> sum = tensor_at(p->name + "/accumulated", *p)) state.accumulated.push_back(*sum);
  }
  if (state.iterations == 0) state.slots.clear();
  return state;
}

const std::string& metadata(const SafeTensors& file, const char* key) {
  const auto found = file.metadata.find(key);
  require<ValueError>(found != file.metadata.end(), "there is no ", key, " in it: it is not a saved model");
  return found->second;
}

}  // namespace

std::vector<Tensor> Sequential::get_weights() {
  require_built();
  std::vector<Tensor> weights;
  each_parameter([&](Parameter& p) { weights.push_back(p.value()); });
  return weights;
}

void Sequential::set_weights(const std::vector<Tensor>& weights) {
  require_built();
  std::vector<Parameter*> all;
  each_parameter([&](Parameter& p) { all.push_back(&p); });
  std::string differences;
  for (std::size_t k = 0; k < std::min(all.size(), weights.size()); ++k)
    if (weights[k].shape() != all[k]->value().shape())
      differences += text("; ", all[k]->name, " of shape ", all[k]->value().shape(), " is given ", weights[k].shape());
  require(all.size() == weights.size() && differences.empty(), "set_weights: ", weights.size(), " weights for ",
          all.size(), differences);
  for (std::size_t k = 0; k < all.size(); ++k) all[k]->edit() = weights[k];
}

void Sequential::save_weights(const Path& path) {
  require_built();
  std::vector<StoredTensor> tensors;
  each_parameter([&](Parameter& p) { tensors.push_back(stored(p.name, p.value())); });
  write_safetensors(path, std::move(tensors));
}

void Sequential::load_weights(const Path& path) {
  require_built();
  set_weights(reading(path, [&] { return values_for(*this, read_safetensors(path), path); }));
}

void Sequential::save(const Path& path) {
  require_built();
  std::vector<StoredTensor> tensors;
  each_parameter([&](Parameter& p) { tensors.push_back(stored(p.name, p.value())); });
  Json layers = Json::array();
  for (Layer& layer : layers_) layers.push_back(json_of(layer));
  Texts texts{{"xgrad.layers", layers.dump()},
              {"xgrad.input_shape", option_text(layers_.front().input_shape())},
              {"xgrad.epochs_done", option_text(epochs_done_)},
              {"xgrad.generator", rng_.state()}};
  if (compiled_) {
    auto& [optimizer, loss, metrics] = *compiled_;
    const Optimizer::State& state = optimizer.state();
    texts["xgrad.iterations"] = option_text(state.iterations);
    const std::vector<Parameter*> learnt = parameters();
    for (std::size_t k = 0; k < state.slots.size(); ++k)
      for (std::size_t s = 0; s < state.slots[k].size(); ++s)
        tensors.push_back(stored(text("optimizer/", learnt[k]->name, "/", s), state.slots[k][s]));
    for (std::size_t k = 0; k < state.accumulated.size(); ++k)
      tensors.push_back(stored(text("optimizer/", learnt[k]->name, "/accumulated"), state.accumulated[k]));
    try {
      texts["xgrad.optimizer"] = named_json(optimizer).dump();
    } catch (const ValueError&) {  // a rule or schedule of the user's own: load() leaves it to be compiled again
    }
    if (loss.can_be_saved()) texts["xgrad.loss"] = named_json(loss).dump();
    Json all = Json::array();
    for (const Metric& metric : metrics)
      if (metric.can_be_saved()) all.push_back(metric_json(metric));
    if (all.size() == metrics.size()) texts["xgrad.metrics"] = all.dump();
  }
  write_safetensors(path, std::move(tensors), std::move(texts));
}

Sequential Sequential::load(const Path& path, const std::vector<Layer>& own_layers) {
  return reading(path, [&] {
    const SafeTensors file = read_safetensors(path);
    const Json layers = Json::parse(metadata(file, "xgrad.layers"));
    Shape input;
    read_option(metadata(file, "xgrad.input_shape"), input);
    Sequential model = Loader(own_layers, weights_in(file)).model(layers, input);
    model.set_weights(values_for(model, file, path));
    const auto text_of = [&](const char* key) { return Json::parse(metadata(file, key)); };
    if (file.metadata.contains("xgrad.optimizer") && file.metadata.contains("xgrad.loss") &&
        file.metadata.contains("xgrad.metrics")) {
      std::vector<Metric> metrics;
      for (const Json& each : text_of("xgrad.metrics"))
        metrics.emplace_back(each.at("kind").get<std::string>(), each.at("name").get<std::string>(), options_in(each));
      const Json loss = text_of("xgrad.loss");
      model.compile(optimizer_from(text_of("xgrad.optimizer")),
                    Loss(loss.at("name").get<std::string>(), options_in(loss)), std::move(metrics));
    }
    model.restore_state(file);
    return model;
  });
}

void Sequential::restore(const Path& path) {
  require_built();
  Sequential restored = *this;
  reading(path, [&] {
    const SafeTensors file = read_safetensors(path);
    restored.set_weights(values_for(restored, file, path));
    restored.restore_state(file);
  });
  *this = std::move(restored);
}

void Sequential::restore_state(const SafeTensors& file) {
  read_option(metadata(file, "xgrad.epochs_done"), epochs_done_);
  rng_.set_state(metadata(file, "xgrad.generator"));
  if (compiled_ && file.metadata.contains("xgrad.iterations"))
    compiled_->optimizer.set_state(state_for(parameters(), file));
}

}  // namespace xgrad::inline XGRAD_PRECISION
