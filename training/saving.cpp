#include <algorithm>
#include <iostream>

#include <xgrad/core/kernels/math.hpp>
#include <xgrad/nn/model/detail/legacy.hpp>
#include <xgrad/nn/model/detail/walks.hpp>
#include <xgrad/nn/model/files.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/training/detail/callback_states.hpp>
#include <xgrad/training/detail/compiled.hpp>
#include <xgrad/training/fit.hpp>

// The file of a model: weights as tensors under their paths, what the optimizers keep under "training/", and the rest
// as JSON in the metadata.

namespace xgrad::inline XGRAD_PRECISION {

namespace {

constexpr const char* prefix = "training/";
constexpr const char* of_callbacks = "training/callbacks/";
using Texts = std::map<std::string, std::string>;

// What compile() said, as far as a file can hold it.
struct Compiled {
  Optimizers& optimizers;
  Loss& loss;
  std::vector<Metric>&metrics, &weighted_metrics;

  void fields(Fields& f) {
    struct Options {
      Optimizers& all;
      void fields(Fields& f) { all.options(f); }
    } options{optimizers};
    struct List {
      std::vector<Metric>& all;
      void fields(Fields& f) {
        std::size_t size = all.size();
        f.needed("size", size);
        require<ValueError>(size <= 100, "there are ", size, " metrics");
        all.resize(size, Metric("mse"));
        for (std::size_t k = 0; k < size; ++k) f(std::to_string(k), all[k]);
      }
    } list{metrics}, weighted{weighted_metrics};
    f("optimizers", options)("loss", loss)("metrics", list);
    if (!weighted_metrics.empty() || f.purpose() == Fields::reading) f("weighted_metrics", weighted);
  }
};

// Where the training is; the optimizers only of a model that is compiled.
struct Progressed {
  std::size_t& epochs_done;
  Rng& generator;
  Optimizers* optimizers;

  void fields(Fields& f) {
    f.needed("epochs_done", epochs_done)("generator", generator);
    if (optimizers) optimizers->states(f);
  }
};

// A sample's shape, which layers keep: a file must not make much of little by it.
void check_sample(const Shape& shape) {
  require<ValueError>(shape.size() <= 64 && std::find(shape.begin(), shape.end(), 0) == shape.end(),
                      "a sample's shape has ", shape.size(), " axes; a file takes up to 64, of extents from 1 up");
}

// A file of this version or 0.1.
struct ModelFile {
  explicit ModelFile(const std::string& path) : file(path), texts(is_of_0_1(file)) {
    if (const auto said = file.metadata().find("xgrad.callbacks"); said != file.metadata().end()) {
      callbacks.options = said->second;
      require<ValueError>(Json::accept(callbacks.options), "its xgrad.callbacks is no JSON");
      parse_json(callbacks.options);  // which refuses what is nested too deep
    }
    for (std::size_t k = 0; k < file.tensors().size(); ++k)
      if (const std::string& name = file.tensors()[k].name; name.starts_with(of_callbacks))
        callbacks.tensors.emplace_back(name.substr(std::string_view(of_callbacks).size()), file.read(k));
    callbacks.is_read = true;
    if (texts) return;
    const Json format = json("xgrad.format");
    require<ValueError>(format.is_number_integer() && format <= file_format, "its format is ", cut(format.dump(), 60),
                        "; this xgrad reads up to ", file_format);
  }

  const std::string& text(const char* key) const {
    const auto found = file.metadata().find(key);
    require<ValueError>(found != file.metadata().end(), "there is no ", key, " in it: it is not a saved model");
    return found->second;
  }
  Json json(const char* key) const { return parse_json(text(key)); }

  Json module() const { return texts ? module_of_0_1(file) : json("xgrad.module"); }
  Json compiled() const {
    if (texts) return compiled_of_0_1(file);
    return file.metadata().contains("xgrad.compiled") ? json("xgrad.compiled") : Json(nullptr);
  }
  Json progressed(ModuleRef module) const { return texts ? training_of_0_1(file, module) : json("xgrad.training"); }
  std::set<std::string> frozen() const {
    return texts ? std::set<std::string>() : json("xgrad.frozen").get<std::set<std::string>>();
  }
  Shape input_shape() const {
    const Json json = texts ? parse_json("[" + text("xgrad.input_shape") + "]") : this->json("xgrad.input_shape");
    const auto extents = json.get<std::vector<std::size_t>>();
    const Shape shape(extents.begin(), extents.end());
    check_sample(shape);
    return shape;
  }

  bool is_state(std::string_view name) const { return name.starts_with(texts ? "optimizer/" : prefix); }
  FileTensors weights() const {
    return FileTensors(file, "", [this](std::string_view name) { return !is_state(name); });
  }
  FileTensors training() const {
    return FileTensors(file, texts ? "" : prefix,
                       [this](std::string_view name) { return is_state(name) && !name.starts_with(of_callbacks); });
  }

  SafeTensorsFile file;
  bool texts;  // options are texts, as 0.1 wrote them
  CallbackStates callbacks;
};

}  // namespace

void Model::save(const std::string& path) try {
  require_built();
  check_sample(*input_);
  check_fields(*this);
  Writer module;
  module.is_portable = true;
  fields(module);
  for (const StoredTensor& tensor : module.tensors)
    require<ValueError>(!tensor.name.starts_with(prefix), "save: ", tensor.name,
                        " is where the optimizer's state is kept; it takes another name for the layer");
  bool finite = true;
  each_parameter(*this, [&](const std::string&, Parameter& p) {
    finite = finite && all_finite(p.value().size(), [w = p.value().data()](std::size_t i) { return w[i]; });
  });
  if (!finite) std::cerr << "xgrad: " << path << " is to hold weights that are NaN or infinite" << std::endl;
  Training* const compiled = training_.as<Training>();
  if (compiled) compiled->optimizers.rename(*this);
  Writer progress(prefix);
  Progressed{epochs_done_, rng_, compiled ? &compiled->optimizers : nullptr}.fields(progress);
  module.tensors.insert(module.tensors.end(), progress.tensors.begin(), progress.tensors.end());
  const CallbackStates callbacks = running_.fit ? running_.fit->callback_states()
                                   : callbacks_ ? *callbacks_.as<CallbackStates>()
                                                : CallbackStates();
  for (const auto& [name, tensor] : callbacks.tensors) module.tensors.push_back(stored(of_callbacks + name, tensor));
  Texts texts{{"xgrad.format", std::to_string(file_format)},
              {"xgrad.kind", Json(kind_).dump()},
              {"xgrad.module", module.options.dump()},
              {"xgrad.frozen", Json(module.frozen).dump()},
              {"xgrad.input_shape", Json(std::vector<std::size_t>(input_->begin(), input_->end())).dump()},
              {"xgrad.training", progress.options.dump()}};
  if (callbacks.options != "{}") texts["xgrad.callbacks"] = callbacks.options;
  if (compiled && !compiled->objective) {
    const auto is_known = [](const Metric& metric) { return metric.can_be_saved(); };
    try {
      Writer said;
      said.is_portable = true;
      const auto are_known = [&](const std::vector<Metric>& all) {
        return std::all_of(all.begin(), all.end(), is_known);
      };
      Compiled{compiled->optimizers, compiled->loss, compiled->metrics, compiled->weighted_metrics}.fields(said);
      if (compiled->loss.can_be_saved() && are_known(compiled->metrics) && are_known(compiled->weighted_metrics)) {
        Training made{"rmsprop", "mse", {}, {}, {}};  // a file that cannot be read would be of no use
        Reader trial({}, said.options);
        Compiled{made.optimizers, made.loss, made.metrics, made.weighted_metrics}.fields(trial);
        texts["xgrad.compiled"] = said.options.dump();
      }
    } catch (const ValueError&) {  // a rule or schedule of the user's own: load() leaves it to be compiled again
    }
  }
  write_safetensors(path, std::move(module.tensors), std::move(texts));
} catch (const Json::exception& error) {  // the only one that these texts meet: a name that is not UTF-8
  throw ValueError(text("save: ", error.what()));
}

void Model::read(const std::string& path, const std::vector<Layer>& own_layers) {
  reading_file(path, [&] {
    const ModelFile file(path);
    const Json kind = file.texts ? Json(Chain::kind) : file.json("xgrad.kind");
    require<ValueError>(kind == kind_, "its module is of the kind ", kind.dump(), ", the model's \"", kind_, "\"");
    Reader module(file.weights(), file.module(), own_layers, file.texts);
    module.set_frozen(file.frozen());
    fields(module);
    module.finish();
    if (!module.is_finite) warn_not_finite(path);
    dry_run(file.input_shape());

    const Json said = file.compiled();
    if (!said.is_null()) {
      Training training{"rmsprop", "mse", {}, {}, {}};
      Reader reader({}, said, {}, file.texts);
      Compiled compiled{training.optimizers, training.loss, training.metrics, training.weighted_metrics};
      compiled.fields(reader);
      reader.finish();
      training_ = Named(std::move(training));
    }
    Training* const training = training_.as<Training>();
    Reader reader(file.training(), file.progressed(*this), {}, file.texts);
    Progressed{epochs_done_, rng_, training ? &training->optimizers : nullptr}.fields(reader);
    if (training) reader.finish();
    callbacks_ = Named(file.callbacks);
  });
}

namespace {

// Which layers of a module are trainable, as the options of a file say.
struct Trainable final : Fields {
  explicit Trainable(Json module) : module_(std::move(module)) {}

  std::vector<std::pair<bool*, bool>> all;

 private:
  void option(const std::string& path, const Option& option, bool) override {
    bool* const* const trainable = std::get_if<bool*>(&option);
    if (trainable == nullptr || path.substr(path.rfind('/') + 1) != "trainable") return;
    const Json* at = &module_;
    for (std::size_t begin = 0, end = 0; at != nullptr && begin <= path.size(); begin = end + 1) {
      end = std::min(path.find('/', begin), path.size());
      const auto found = at->find(path.substr(begin, end - begin));
      at = found == at->end() ? nullptr : &*found;
    }
    if (at != nullptr) all.emplace_back(*trainable, at->get<bool>());
  }

  Json module_;
};

}  // namespace

void Model::restore(const std::string& path) {
  if (!is_built()) {  // it has no weights yet: a copy is built with those of the file
    Model built = *this;
    reading_file(path, [&] {
      const ModelFile file(path);
      for (auto& [p, value] : read_weights(file.weights(), built, "")) p->edit() = std::move(value);
      const std::optional<Shape> declared = declared_;
      built.dry_run(file.input_shape());
      built.declared_ = declared;
      each_parameter(built, [](const std::string& name, Parameter& p) { p.label = name; });
    });
    built.restore(path);
    *this = std::move(built);
    return;
  }
  Training* const training = training_.as<Training>();
  std::size_t epochs_done = 0;
  Rng generator;
  std::optional<Optimizers> optimizers;
  std::vector<std::pair<Parameter*, Tensor>> weights;
  std::optional<std::set<std::string>> frozen;
  std::vector<std::pair<bool*, bool>> trainable;
  CallbackStates callbacks;
  if (training) optimizers = training->optimizers;
  reading_file(path, [&] {
    const ModelFile file(path);
    callbacks = file.callbacks;
    if (const Json said = file.compiled(); optimizers && !said.is_null())
      for (std::size_t k = 0; k < optimizers->size(); ++k) {
        const std::string name = (*optimizers)[k].optimizer.name();
        const Json& all = said.at("optimizers");
        const std::string key = std::to_string(k), its = all.contains(key) ? all.at(key).at("name") : "none";
        require<ValueError>(its == name, "its optimizer is ", its, ", the model's ", name);
      }
    Reader reader(file.training(), file.progressed(*this), {}, file.texts);
    Progressed{epochs_done, generator, optimizers ? &*optimizers : nullptr}.fields(reader);
    if (optimizers) reader.finish();
    Trainable of_file(file.texts ? Json::object() : file.module());
    fields(of_file);
    trainable = std::move(of_file.all);
    if (!file.texts) frozen = file.frozen();
    weights = read_weights(file.weights(), *this, path);
  });
  for (auto& [p, value] : weights) p->edit() = std::move(value);
  for (const auto& [its, value] : trainable) *its = value;
  if (frozen) each_parameter(*this, [&](const std::string& name, Parameter& p) { p.frozen = frozen->contains(name); });
  rng_ = generator;
  epochs_done_ = epochs_done;
  callbacks_ = Named(std::move(callbacks));
  if (optimizers) training->optimizers = std::move(*optimizers);
}

Sequential Sequential::load(const std::string& path, const std::vector<Layer>& own_layers) {
  Sequential model;
  model.read(path, own_layers);
  return model;
}

}  // namespace xgrad::inline XGRAD_PRECISION
