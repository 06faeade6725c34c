#include <xgrad/nn/sequential.hpp>

#include <algorithm>

namespace xgrad::inline XGRAD_PRECISION {

Shape Input::build(const Shape& input, Rng&) const {
  require(input == shape, "Input: cannot take samples of shape ", input, "; it takes ", shape);
  return shape;
}

Var Input::operator()(Var x, const Context&) const {
  require(!x.shape().empty() && std::equal(shape.begin(), shape.end(), x.shape().begin() + 1, x.shape().end()),
          "Input: cannot take ", x.shape(), "; it takes samples of shape ", shape);
  return x;
}

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

void Sequential::require_built(const Shape* input) {
  require<ValueError>(!layers_.empty(), "Sequential: the model has no layers");
  if (built_) {
    require(input == nullptr || layers_.front().is_built_for(*input), "the model is built for samples of shape ",
            layers_.front().input_shape(), ", not ", input ? *input : Shape{});
    return;
  }
  Input* const first = layers_.front().as<Input>();
  require<ValueError>(input != nullptr || first != nullptr,
                      "Sequential: the weights are not drawn yet; call build({features}), or begin with an Input");
  build(input != nullptr ? *input : first->shape);
}

Layer& Sequential::layer(std::string_view name) {
  std::string names;
  for (Layer& layer : layers_) {
    if (layer.name == name) return layer;
    if (!names.empty()) names += ", ";
    names += layer.name;
  }
  throw ValueError(text("Sequential: there is no layer \"", name, "\"; there are ", names));
}

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
