#include <algorithm>
#include <cstring>
#include <type_traits>
#include <variant>

#include <xgrad/core/kernels/levels.hpp>
#include <xgrad/nn/model/model.hpp>
#include <xgrad/training/detail/bytes.hpp>
#include <xgrad/training/detail/compiled.hpp>
#include <xgrad/training/detail/ranks.hpp>
#include <xgrad/version.hpp>

// A model and how it is trained, as bytes for other ranks.

namespace xgrad::inline XGRAD_PRECISION {

namespace {

constexpr std::uint64_t fnv_basis = 0xcbf29ce484222325;

std::uint64_t fnv(std::uint64_t hash, std::string_view bytes) {
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

// One walk over options, parameters and tensors in their order, which writes them down or takes them over.
class Walk final : public Fields {
 public:
  explicit Walk(Purpose purpose) : Fields(purpose) {}
  Walk(Purpose purpose, std::string_view bytes) : Fields(purpose), bytes_(bytes), takes_(true) {}

  std::string written;
  std::string_view left() const { return bytes_; }

 private:
  template <class T>
  void number(T& x) {
    takes_ ? void(x = take<T>(bytes_)) : put(written, x);
  }
  void one(std::string& x) { takes_ ? void(x = take_text(bytes_)) : put_text(written, x); }
  void one(std::optional<double>& x) {
    bool has = x.has_value();
    number(has);
    if (takes_) has ? void(x = 0.0) : x.reset();
    if (has) number(*x);
  }
  template <class List>
  requires requires(List& list) { list.resize(1), list.begin(); }
  void one(List& list) {
    std::size_t size = list.size();
    number(size);
    if (takes_) {
      require<ValueError>(size <= bytes_.size(), "ranks: the model has more on this rank than on rank 0");
      list.resize(size);
    }
    for (auto& each : list) one(each);
  }
  template <class T>
  requires std::is_arithmetic_v<T>
  void one(T& x) { number(x); }

  void values(Tensor& x) {
    Shape shape = x.shape();
    one(shape);
    if (!takes_) {
      written.append(reinterpret_cast<const char*>(x.data()), x.size() * sizeof(Real));
      return;
    }
    const std::size_t size = element_count(shape) * sizeof(Real);
    require<ValueError>(size <= bytes_.size(), "ranks: the model has more on this rank than on rank 0");
    if (x.shape() != shape) x.resize(shape);
    std::copy_n(bytes_.data(), size, reinterpret_cast<char*>(x.data()));  // none for a tensor that is empty
    bytes_.remove_prefix(size);
  }

  void parameter(const std::string&, Parameter& p, bool) override {
    bool empty = p.is_empty();
    number(empty);
    number(p.frozen);
    if (empty) return;
    if (takes_)
      values(p.edit());
    else
      values(const_cast<Tensor&>(p.value()));  // which is only read
  }
  void tensor(const std::string&, Tensor& x) override { values(x); }
  void option(const std::string& path, const Option& option, bool) override {
    const std::string own = path.substr(path.rfind('/') + 1);
    if (purpose() == looking && own == "same_as") return;  // which a look does not make
    std::visit([&](auto* x) { one(*x); }, option);
  }

  std::string_view bytes_;
  bool takes_ = false;
};

// What changes when somebody writes to a weight, freezes one, or sets an option.
class Fingerprint final : public Fields {
 public:
  std::uint64_t hash = fnv_basis;
  bool versions = true;

 private:
  void add(std::string_view bytes) { hash = fnv(hash, bytes); }
  template <class T>
  void number(const T& x) {
    add({reinterpret_cast<const char*>(&x), sizeof(T)});
  }
  void one(const std::string& x) { add(x), number(x.size()); }
  void one(const std::optional<double>& x) { number(x.value_or(0.5)), number(x.has_value()); }
  template <class T>
  void one(const T& x) {
    if constexpr (std::is_arithmetic_v<T>)
      number(x);
    else
      for (const auto& each : x) one(each);
  }
  void parameter(const std::string& path, Parameter& p, bool is_learnt) override {
    add(path);
    number(is_learnt);
    if (versions) number(&p), number(p.version());
    if (!p.is_empty()) one(p.value().shape());
  }
  void option(const std::string& path, const Option& option, bool) override {
    add(path);
    std::visit([&](auto* x) { one(*x); }, option);
  }
};

}  // namespace

std::uint64_t SharedState::fingerprint(Model& model) {
  Fingerprint all;
  model.fields(all);
  std::string rest;
  put(rest, model.training().number);
  for (auto& [pattern, optimizer] : model.optimizers()) put(rest, optimizer.learning_rate());
  return fnv(all.hash, rest + model.rng_.state());
}

std::uint64_t SharedState::weights(Model& model) {
  std::uint64_t hash = fnv_basis;
  each_parameter(model, [&](const std::string&, Parameter& p) {
    if (p.is_empty()) return;
    const auto* at = reinterpret_cast<const char*>(p.value().data());
    for (std::size_t left = p.value().size() * sizeof(Real); left > 0;) {  // eight bytes at a time
      std::uint64_t word = 0;
      const std::size_t n = std::min(left, sizeof word);
      std::memcpy(&word, at, n);
      hash = (hash ^ word) * 0x9e3779b97f4a7c15;
      hash ^= hash >> 32;
      at += n, left -= n;
    }
  });
  return hash;
}

std::string SharedState::of(ModuleRef module, Optimizers& optimizers) {
  Walk of_module(Fields::looking), of_optimizers(Fields::writing);
  module.fields(of_module);
  optimizers.fields(of_optimizers);
  std::string bytes;
  put_text(bytes, of_module.written);
  return bytes + of_optimizers.written;
}

void SharedState::give(ModuleRef module, Optimizers& optimizers, std::string_view bytes) {
  const std::string its = take_text(bytes);
  Walk of_module(Fields::looking, its), of_optimizers(Fields::reading, bytes);
  module.fields(of_module);
  optimizers.fields(of_optimizers);
  require<ValueError>(
      of_module.left().empty() && of_optimizers.left().empty(),
      "ranks: the model has less on this rank than on rank 0; a callback may not put another one there");
}

// The loss and the metrics.
std::string SharedState::said_of(Model& model) {
  const Model::Training& training = model.training();
  std::string names(training.objective ? "an objective" : training.loss.name());
  for (const Metric& metric : training.metrics) names += '\n' + metric.name();
  names += '\n';
  for (const Metric& metric : training.weighted_metrics) names += '\n' + metric.name();
  return names;
}

std::string SharedState::of(Model& model) {
  std::string bytes;
  put_text(bytes, said_of(model));
  put(bytes, model.epochs_done_);
  put_text(bytes, model.rng_.state());
  return bytes + of(ModuleRef(model), model.optimizers());
}

void SharedState::give(Model& model, std::string_view bytes) {
  require<ValueError>(take_text(bytes) == said_of(model), "fit: a callback compiled the model of rank 0 with another ",
                      "loss or other metrics, which cannot be sent");
  const auto epochs_done = take<std::size_t>(bytes);
  const std::string generator = take_text(bytes);
  give(ModuleRef(model), model.optimizers(), bytes);
  model.epochs_done_ = epochs_done;
  model.rng_.set_state(generator);
}

void SharedState::add_facts(Model& model, Facts& facts) {
  Fingerprint layers;
  layers.versions = false;
  model.fields(layers);
  facts.emplace_back("xgrad", text(XGRAD_VERSION_MAJOR, '.', XGRAD_VERSION_MINOR, '.', XGRAD_VERSION_PATCH, " in ",
                                   sizeof(Real) == sizeof(float) ? "float" : "double", " for ", kernels()));
  facts.emplace_back("a model of the fingerprint", text(std::hex, layers.hash));
  Fingerprint options;
  model.optimizers().options(options);
  for (auto& [pattern, optimizer] : model.optimizers()) facts.emplace_back("the optimizer", optimizer.name());
  facts.emplace_back("optimizers of the fingerprint", text(std::hex, options.hash));
  facts.emplace_back("the loss and metrics", said_of(model));
}

}  // namespace xgrad::inline XGRAD_PRECISION
