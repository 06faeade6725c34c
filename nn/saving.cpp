#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include <xgrad/data/safetensors.hpp>
#include <xgrad/nn/architecture.hpp>

// What is in a file: the weights as tensors under their names, the optimizer's state as tensors under "optimizer/", and
// the rest as texts in the metadata, most of them JSON.

namespace xgrad::inline XGRAD_PRECISION {

namespace {

using Json = nlohmann::ordered_json;
using Tensors = std::map<std::string, const StoredTensor*>;

// Runs what reads a file; whatever is wrong with it is then DataError, and names the file.
template <class Read>
auto reading(const std::string& path, Read read) {
  const auto fail = [&](const char* what) { return DataError(text(path, ": ", what)); };
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

Tensors weights_in(const SafeTensors& file) {
  Tensors tensors;
  for (const StoredTensor& tensor : file.tensors)
    if (!tensor.name.starts_with("optimizer/")) tensors[tensor.name] = &tensor;
  return tensors;
}

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

// Parameters by the names that their layers give them now, and not when they were built: a layer may have been renamed
// since, or come out of another model.
void each_named(Sequential& model, const std::function<void(const std::string&, Parameter&)>& visit) {
  for (Layer& layer : model.layers()) layer.each_named("", visit);
}

std::vector<StoredTensor> stored_weights(Sequential& model) {
  std::vector<StoredTensor> tensors;
  each_named(model, [&](const std::string& name, Parameter& p) {
    require<ValueError>(!name.starts_with("optimizer/"), "save: ", name,
                        " is where the optimizer's state is kept; it takes another name for the layer");
    tensors.push_back(stored(name, p.value()));
  });
  return tensors;
}

// The values for all parameters, in their order.
std::vector<Tensor> values_for(Sequential& model, const SafeTensors& file, const std::string& path) {
  Tensors tensors = weights_in(file);
  Differences differences;
  std::vector<Tensor> values;
  bool finite = true;
  each_named(model, [&](const std::string& name, Parameter& p) {
    const auto found = tensors.find(name);
    if (found == tensors.end()) return differences.add("missing " + name);
    const StoredTensor& stored = *found->second;
    if (stored.shape != p.value().shape())
      differences.add(text(name, " has shape ", stored.shape, ", the model's ", p.value().shape()));
    else if (!is_exact(stored.dtype))
      differences.add(text(name, " has dtype ", stored.dtype, ", the model's F", 8 * sizeof(Real)));
    else
      for (const Real x : values.emplace_back(to_tensor(stored))) finite = finite && std::isfinite(x);
    tensors.erase(found);
  });
  for (const auto& [name, tensor] : tensors) differences.add("unexpected " + name);
  differences.require_none(path);
  if (!finite) std::cerr << "xgrad: " << path << " holds weights that are NaN or infinite" << std::endl;
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

// The optimizer's state: of the parameters that were learnt, frozen since or not.
Optimizer::State state_for(Sequential& model, const SafeTensors& file) {
  Tensors tensors;
  for (const StoredTensor& tensor : file.tensors) tensors[tensor.name] = &tensor;
  const auto taken = [&](const std::string& name, const Parameter& p) -> std::optional<Tensor> {
    const auto found = tensors.find("optimizer/" + name);
    if (found == tensors.end()) return std::nullopt;
    require<ValueError>(found->second->shape == p.value().shape() && is_exact(found->second->dtype), "optimizer/", name,
                        " has shape ", found->second->shape, " and dtype ", found->second->dtype);
    const StoredTensor& tensor = *found->second;
    tensors.erase(found);
    return to_tensor(tensor);
  };
  Optimizer::State state;
  read_option(file.metadata.at("xgrad.iterations"), state.iterations);
  each_named(model, [&](const std::string& name, Parameter& p) {
    std::vector<Tensor> slots;
    while (std::optional<Tensor> slot = taken(text(name, "/", slots.size()), p)) slots.push_back(*slot);
    const std::optional<Tensor> sum = taken(name + "/accumulated", p);
    if (slots.empty() && !sum) return;
    state.names.push_back(p.name);
    state.slots.push_back(std::move(slots));
    if (sum) state.accumulated.push_back(*sum);
  });
  for (const auto& [name, tensor] : tensors) require<ValueError>(!name.starts_with("optimizer/"), "unexpected ", name);
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

void Sequential::save_weights(const std::string& path) {
  require_built();
  write_safetensors(path, stored_weights(*this));
}

void Sequential::load_weights(const std::string& path) {
  require_built();
  set_weights(reading(path, [&] { return values_for(*this, read_safetensors(path), path); }));
}

void Sequential::save(const std::string& path) try {
  require_built();
  std::vector<StoredTensor> tensors = stored_weights(*this);
  Texts texts{{"xgrad.layers", architecture_text(layers_)},
              {"xgrad.input_shape", option_text(layers_.front().input_shape())},
              {"xgrad.epochs_done", option_text(epochs_done_)},
              {"xgrad.generator", rng_.state()}};
  if (compiled_) {
    auto& [optimizer, loss, metrics] = *compiled_;
    const Optimizer::State& state = optimizer.state();
    texts["xgrad.iterations"] = option_text(state.iterations);
    std::vector<std::string> names = state.names;
    if (names.empty()) each_trainable([&](Parameter& p) { names.push_back(p.name); });
    std::map<std::string, std::string> now;
    each_named(*this, [&](const std::string& name, Parameter& p) { now[p.name] = name; });
    for (std::size_t k = 0; k < names.size(); ++k) {
      const auto name = now.find(names[k]);
      if (name == now.end()) continue;  // of a layer that is no longer there
      if (k < state.slots.size())
        for (std::size_t s = 0; s < state.slots[k].size(); ++s)
          tensors.push_back(stored(text("optimizer/", name->second, "/", s), state.slots[k][s]));
      if (k < state.accumulated.size())
        tensors.push_back(stored(text("optimizer/", name->second, "/accumulated"), state.accumulated[k]));
    }
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
} catch (const Json::exception& error) {  // the only one that these texts meet: a name that is not UTF-8
  throw ValueError(text("save: ", error.what()));
}

Sequential Sequential::load(const std::string& path, const std::vector<Layer>& own_layers) {
  return reading(path, [&] {
    const SafeTensors file = read_safetensors(path);
    const std::string layers = metadata(file, "xgrad.layers");
    std::map<std::string, Shape> shapes;
    for (const auto& [name, tensor] : weights_in(file)) shapes[name] = tensor->shape;
    Shape input;
    read_option(metadata(file, "xgrad.input_shape"), input);
    Sequential model = model_of(layers, input, shapes, own_layers);
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

void Sequential::restore(const std::string& path) {
  require_built();
  Sequential restored = *this;
  std::vector<Tensor> weights;
  reading(path, [&] {
    const SafeTensors file = read_safetensors(path);
    weights = values_for(restored, file, path);
    if (const auto saved = file.metadata.find("xgrad.optimizer"); compiled_ && saved != file.metadata.end()) {
      const auto name = Json::parse(saved->second).at("name").get<std::string>();
      require<ValueError>(name == optimizer().name(), "its optimizer is ", name, ", the model's ", optimizer().name());
    }
    restored.restore_state(file);
  });
  set_weights(weights);  // in place, for others may hold pointers to the parameters
  rng_ = restored.rng_;
  epochs_done_ = restored.epochs_done_;
  if (compiled_) compiled_->optimizer = std::move(restored.compiled_->optimizer);
}

void Sequential::restore_state(const SafeTensors& file) {
  read_option(metadata(file, "xgrad.epochs_done"), epochs_done_);
  rng_.set_state(metadata(file, "xgrad.generator"));
  if (compiled_ && file.metadata.contains("xgrad.iterations")) compiled_->optimizer.set_state(state_for(*this, file));
}

}  // namespace xgrad::inline XGRAD_PRECISION
