#pragma once

#include <memory>
#include <vector>

#include <xgrad/nn/model/model.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The shape of a model's inputs, the batch left out, as its first layer: Sequential{Input{{784}}, Dense(10)}. Weights
/// can then be drawn before data is seen.
struct Input {
  static constexpr const char* kind = "input";
  Shape shape;

  Var operator()(Var x, const Context& context = {}) const;
  void fields(Fields& f) { f("shape", shape); }
};

/// Layers one after another: the module of a Sequential.
struct Chain {
  static constexpr const char* kind = "sequential";
  std::vector<Layer> layers;

  void add(Layer layer);
  Var operator()(Var x, const Context& context);
  void fields(Fields& f);
};

/// A model of layers one after another; itself a layer. Layers are named as Keras names them, by their kind and their
/// number among its like ("dense", "dense_1"), and parameters after their layer ("dense_1/kernel").
///
/// Layers are copied into it: Sequential{encoder, decoder} trains copies, and encoder stays as it was. To use a part
/// afterwards, ask the whole for it, model.layer("sequential").as<Sequential>(), or say that it is shared:
///   Shared encoder = shared(Sequential{Dense(32, "relu")});
///   Sequential autoencoder{encoder, Dense(784)};
class Sequential : public Model {
 public:
  static constexpr const char* kind = Chain::kind;

  template <class... Layers>
  requires(sizeof...(Layers) > 0 && (std::constructible_from<Layer, Layers> && ...) &&
           !(sizeof...(Layers) == 1 && (std::same_as<Layers, Sequential> && ...))) explicit Sequential(Layers... layers)
      : Sequential() {
    (add(std::move(layers)), ...);
  }
  Sequential();

  /// Appends a layer; the model is then to be built again, which draws what has no weights yet.
  void add(Layer layer);

  std::vector<Layer>& layers() { return chain().layers; }

  /// Throws ValueError, with the names that there are, for a name that is not one of them.
  Layer& layer(std::string_view name);

  /// The model of a file that save() wrote, this version or 0.1. Layers of one's own are made from the examples, and of
  /// those that the program has put into a Layer. Throws DataError for a damaged file.
  static Sequential load(const std::string& path, const std::vector<Layer>& own_layers = {});

  /// With layers of one's own named by type: Sequential::load<Scale>(path).
  template <class... Own>
  requires(sizeof...(Own) > 0) static Sequential load(const std::string& path) { return load(path, {Layer(Own())...}); }

 private:
  Chain& chain() { return *static_cast<Chain*>(module_.get("Sequential")); }
};

/// A layer that is the same one wherever it is put: copies share its weights, and a copy of a model shares them, too.
struct Shared {
  static constexpr const char* kind = "shared";
  std::shared_ptr<Layer> layer;

  Var operator()(Var x, const Context& context = {}) { return (*layer)(x, context); }
  void fields(Fields& f) { f("layer", layer); }

  /// The layer itself. Throws ValueError if it is no L.
  template <class L>
  L& as() const {
    L* const its = layer->as<L>();
    require<ValueError>(its != nullptr, "shared: the layer is of another type");
    return *its;
  }
};

template <Layered L>
Shared shared(L layer) {
  return {std::make_shared<Layer>(std::move(layer))};
}

extern template Layer::Layer(Sequential);
extern template Model::Model(Chain);

}  // namespace xgrad::inline XGRAD_PRECISION
