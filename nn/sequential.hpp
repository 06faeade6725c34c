#pragma once

#include <vector>

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Layers one after another; itself a layer. A copy is deep. Layers are named as Keras names them, by their kind and
/// their number among its like ("dense", "dense_1"), and parameters after their layer ("dense_1/kernel").
class Sequential {
 public:
  static constexpr const char* kind = "sequential";

  template <class... Layers>
  requires(sizeof...(Layers) > 0 && (std::constructible_from<Layer, Layers> && ...) &&
           !(sizeof...(Layers) == 1 &&
             (std::same_as<Layers, Sequential> && ...))) explicit Sequential(Layers... layers) {
    (add(std::move(layers)), ...);
  }
  Sequential() = default;

  /// Appends a layer; the model is then to be built again, which draws what has no weights yet.
  void add(Layer layer);

  /// Draws the weights of all layers for inputs of this shape, the batch left out: build({784}, rng). Without it, the
  /// first call in training does so from its input. Layers that are built for their input keep their weights.
  Shape build(const Shape& input, Rng& rng);

  /// Throws ShapeError naming the layer where shapes do not fit, ValueError if it is not built and cannot be.
  Var operator()(Var x, const Context& context = {});

  void each_parameter(const ParameterVisitor& visit);
  void each_trainable(const ParameterVisitor& visit);

  /// The parameters that are learnt, in the order of the layers, for an optimizer. The pointers are good until the
  /// model is moved, changed or built again.
  std::vector<Parameter*> parameters();

 private:
  std::vector<Layer> layers_;
  bool built_ = false;
};

}  // namespace xgrad::inline XGRAD_PRECISION
