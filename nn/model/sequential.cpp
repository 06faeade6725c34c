#include <xgrad/nn/model/sequential.hpp>

#include <algorithm>

namespace xgrad::inline XGRAD_PRECISION {

Var Input::operator()(Var x, const Context&) const {
  require(!x.shape().empty() && std::equal(shape.begin(), shape.end(), x.shape().begin() + 1, x.shape().end()),
          "Input: cannot take ", x.shape(), "; it takes samples of shape ", shape);
  return x;
}

void Chain::add(Layer layer) {
  const auto is_free = [&](const std::string& name) {
    return std::none_of(layers.begin(), layers.end(), [&](const Layer& other) { return other.name == name; });
  };
  const std::string kind_name = layer.name;
  for (int number = 1; !is_free(layer.name); ++number) layer.name = text(kind_name, "_", number);
  layers.push_back(std::move(layer));
}

Var Chain::operator()(Var x, const Context& context) {
  require<ValueError>(!layers.empty(), "Sequential: the model has no layers");
  for (Layer& layer : layers) {
    try {
      x = layer(x, context);
    } catch (const ShapeError& error) {
      throw ShapeError("layer " + layer.name + ": " + error.what());
    }
  }
  return x;
}

void Chain::fields(Fields& f) {
  std::vector<std::string> names;
  for (const Layer& layer : layers) names.push_back(layer.name);
  const std::vector<std::string> before = names;
  f.needed("layers", names);
  if (names != before) {  // read from a file: the layers are made by what it says of them
    std::vector<std::string> sorted = names;
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    require<ValueError>(twice == sorted.end(), "two layers have the name ", twice == sorted.end() ? "" : *twice);
    layers.clear();
    for (const std::string& name : names) layers.emplace_back().name = name;
  }
  for (std::size_t k = 0; k < layers.size(); ++k) {
    f(names[k], layers[k]);
    require<ValueError>(!layers[k].kind().empty(), "nothing is said of the layer ", names[k]);
  }
}

void Shared::fields(Fields& f) {
  std::string name = layer ? layer->name : "layer";  // which is what files of 0.2 call it that do not say
  f("of", name)(name, layer);
  if (f.purpose() == Fields::reading) layer->name = name;
}

Sequential::Sequential() : Model(Chain{}) {}

void Sequential::add(Layer layer) {
  if (const Input* first = chain().layers.empty() ? layer.as<Input>() : nullptr) declared_ = first->shape;
  chain().add(std::move(layer));
  input_.reset();
}

Layer& Sequential::layer(std::string_view name) {
  std::string names;
  for (Layer& layer : layers()) {
    if (layer.name == name) return layer;
    if (!names.empty()) names += ", ";
    names += layer.name;
  }
  throw ValueError(text("Sequential: there is no layer \"", name, "\"; there are ", names));
}

template Layer::Layer(Sequential);
template Model::Model(Chain);

}  // namespace xgrad::inline XGRAD_PRECISION
