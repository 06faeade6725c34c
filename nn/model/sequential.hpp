#pragma once

#include <memory>
#include <vector>

#include <xgrad/nn/model/model.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The shape of a model's inputs, the batch left out, as its first layer: Sequential{Input{{784}}, Dense(10)}. The
/// weights can then be drawn before any data is seen. The layer returns x as it is.
struct Input {
  static constexpr const char* kind = "input";
  Shape shape;

  /// Returns x. Throws ShapeError for samples of another shape.
  Var operator()(Var x, const Context& context = {}) const;
  void fields(Fields& f) { f("shape", shape); }
};

/// Layers one after another, each of which takes the output of the one before: the module of a Sequential.
struct Chain {
  static constexpr const char* kind = "sequential";
  std::vector<Layer> layers;

  /// Appends a layer. If its name is taken, it is given a number: "dense", "dense_1".
  void add(Layer layer);

  /// Records all layers on x's tape, one after another. Throws ShapeError, which names the layer, where shapes do not
  /// fit; ValueError without layers.
  Var operator()(Var x, const Context& context);

  void fields(Fields& f);  ///< the names of the layers, and each layer under its name
};

/// A model of layers one after another. It is itself a layer. Layers are named as in Keras, by their kind and a number
/// among those of one kind ("dense", "dense_1"). The path of a parameter begins with its layer ("dense_1/kernel").
///
/// Layers are copied into the model: Sequential{encoder, decoder} trains copies, and encoder stays as it was. To use a
/// part afterwards, ask the model for it, model.layer("sequential").as<Sequential>(), or say that it is shared:
///   Shared encoder = shared(Sequential{Dense(32, "relu")});
///   Sequential autoencoder{encoder, Dense(784)};
class Sequential : public Model {
 public:
  static constexpr const char* kind = Chain::kind;

  /// A model of these layers.
  template <class... Layers>
  requires(sizeof...(Layers) > 0 && (std::constructible_from<Layer, Layers> && ...) &&
           !(sizeof...(Layers) == 1 && (std::same_as<Layers, Sequential> && ...))) explicit Sequential(Layers... layers)
      : Sequential() {
    (add(std::move(layers)), ...);
  }

  /// A model without layers, to which add() appends some.
  Sequential();

  /// Appends a layer. The model has to be built again, which draws the weights that have no value.
  void add(Layer layer);

  std::vector<Layer>& layers() { return chain().layers; }  ///< all layers, also an Input

  /// The layer of that name. Throws ValueError, which lists the names, if there is none.
  Layer& layer(std::string_view name);

  /// The model of a file that save() of this version or of xgrad 0.1 wrote. Layers of the user's own are made from the
  /// examples, or found among those that the program has put into a Layer. Throws DataError for a damaged file.
  static Sequential load(const std::string& path, const std::vector<Layer>& own_layers = {});

  /// The model of a file that save() wrote, with layers of the user's own named by type: Sequential::load<Scale>(path).
  /// Throws DataError for a damaged file.
  template <class... Own>
  requires(sizeof...(Own) > 0) static Sequential load(const std::string& path) { return load(path, {Layer(Own())...}); }

 private:
  Chain& chain() { return *static_cast<Chain*>(module_.get("Sequential")); }
};

/// A layer that is one and the same wherever it is put: all copies have its weights. A copy of a model has them, too.
struct Shared {
  static constexpr const char* kind = "shared";
  std::shared_ptr<Layer> layer;

  /// Records the computation of the layer on x's tape.
  Var operator()(Var x, const Context& context = {}) { return (*layer)(x, context); }
  void fields(Fields& f);  ///< the name of the layer, which is its kind, and under it the layer

  /// The layer that is shared. Throws ValueError if it is no L.
  template <class L>
  L& as() const {
    L* const its = layer->as<L>();
    require<ValueError>(its != nullptr, "shared: the layer is of another type");
    return *its;
  }
};

/// Makes a layer that can be put in several places, with the same weights in all of them.
template <Layered L>
Shared shared(L layer) {
  return {std::make_shared<Layer>(std::move(layer))};
}

extern template Layer::Layer(Sequential);
extern template Model::Model(Chain);

}  // namespace xgrad::inline XGRAD_PRECISION
