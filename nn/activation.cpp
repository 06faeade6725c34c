#include <xgrad/nn/activation.hpp>

#include <xgrad/autograd/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Var linear(Var x) { return x; }

Activation::Activation(std::string_view name) {
  constexpr std::pair<std::string_view, Var (*)(Var)> activations[] = {
      {"linear", linear}, {"relu", relu},         {"leaky_relu", leaky_relu},
      {"elu", elu},       {"selu", selu},         {"gelu", gelu},
      {"silu", silu},     {"softplus", softplus}, {"sigmoid", sigmoid},
      {"tanh", tanh},     {"softmax", softmax},   {"log_softmax", log_softmax}};
  std::string names;
  for (const auto& [known, function] : activations) {
    if (known == name) {
      function_ = function;
      return;
    }
    names += (names.empty() ? "" : ", ") + std::string(known);
  }
  throw ValueError(text("activation: there is no \"", name, "\"; the names are ", names));
}

}  // namespace xgrad::inline XGRAD_PRECISION
