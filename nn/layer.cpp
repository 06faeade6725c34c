#include <xgrad/nn/layer.hpp>

#include <xgrad/nn/sequential.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Layer::Layer(const Layer& other)
    : name(other.name),
      trainable(other.trainable),
      kind_(other.kind_),
      self_(other.self_->copy()),
      input_(other.input_),
      output_(other.output_),
      prefix_(other.prefix_) {}
Layer::Layer(Layer&&) noexcept = default;
Layer& Layer::operator=(const Layer& other) { return *this = Layer(other); }
Layer& Layer::operator=(Layer&&) noexcept = default;
Layer::~Layer() = default;

Var Layer::operator()(Var x, const Context& context) {
  Context inside = context;
  inside.trainable = context.trainable && trainable;
  return self_->call(x, inside);
}

Shape Layer::build(const Shape& input, Rng& rng) {
  if (!is_built_for(input) || as<Sequential>()) {  // a model may have got more layers since
    output_ = self_->build(input, rng);
    input_ = input;
  }
  return output_;
}

bool Layer::is_built_for(const Shape& input) const { return input_ == input; }

void Layer::name_parameters(const std::string& outer) {
  const std::string prefix = outer + name + "/";
  if (Sequential* const inner = as<Sequential>()) {
    for (Layer& layer : inner->layers()) layer.name_parameters(prefix);
  } else {
    each_parameter([&](Parameter& p) {
      if (!prefix_.empty() && p.name.starts_with(prefix_)) p.name.erase(0, prefix_.size());
      p.name = prefix + p.name;
    });
  }
  prefix_ = prefix;
}

void Layer::each_named(const std::string& outer, const std::function<void(const std::string&, Parameter&)>& visit) {
  const std::string prefix = outer + name + "/";
  if (Sequential* const inner = as<Sequential>()) {
    for (Layer& layer : inner->layers()) layer.each_named(prefix, visit);
  } else {
    each_parameter([&](Parameter& p) {
      visit(prefix + (p.name.starts_with(prefix_) ? p.name.substr(prefix_.size()) : p.name), p);
    });
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION
