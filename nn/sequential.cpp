#include <xgrad/nn/sequential.hpp>

#include <algorithm>

namespace xgrad::inline XGRAD_PRECISION {

void Sequential::add(Layer layer) {
  const auto is_free = [&](const std::string& name) {
    return std::none_of(layers_.begin(), layers_.end(), [&](const Layer& other) { return other.name == name; });
  };
  const std::string kind_name = layer.name;
  for (int number = 1; !is_free(layer.name); ++number) layer.name = text(kind_name, "_", number);
  layers_.push_back(std::move(layer));
  built_ = false;
}

namespace {

// Runs one layer's part; an error about shapes then says which layer it is.
template <class Part>
auto in_layer(const Layer& layer, Part part) {
  try {
    return part();
  } catch (const ShapeError& error) {
    throw ShapeError("layer " + layer.name + ": " + error.what());
  }
}

}  // namespace

Shape Sequential::build(const Shape& input, Rng& rng) {
  Shape shape = input;
  built_ = false;
  for (Layer& layer : layers_) {
    shape = in_layer(layer, [&] { return layer.build(shape, rng); });
    layer.name_parameters();
  }
  built_ = true;
  return shape;
}

Var Sequential::operator()(Var x, const Context& context) {
  if (!built_) {
    require<ValueError>(context.rng != nullptr && !x.shape().empty(),
                        "Sequential: the weights are not drawn yet; call build({features}, rng) first");
    build(Shape(x.shape().begin() + 1, x.shape().end()), *context.rng);
  }
  for (Layer& layer : layers_) x = in_layer(layer, [&] { return layer(x, context); });
  return x;
}

void Sequential::each_parameter(const ParameterVisitor& visit) {
  for (Layer& layer : layers_) layer.each_parameter(visit);
}

void Sequential::each_trainable(const ParameterVisitor& visit) {
  for (Layer& layer : layers_) layer.each_trainable(visit);
}

std::vector<Parameter*> Sequential::parameters() {
  std::vector<Parameter*> all;
  each_trainable([&](Parameter& p) { all.push_back(&p); });
  return all;
}

}  // namespace xgrad::inline XGRAD_PRECISION
