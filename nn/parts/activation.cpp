#include <xgrad/nn/parts/activation.hpp>

#include <xgrad/autograd/ops/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Var linear(Var x) { return x; }
Var relu6(Var x) { return minimum(relu(x), 6); }
Var hard_sigmoid(Var x) { return relu6(x + 3) / 6; }
Var softsign(Var x) { return x / (abs(x) + 1); }
Var mish(Var x) { return x * tanh(softplus(x)); }

std::span<const std::pair<std::string_view, Var (*)(Var)>> activations() {
  static constexpr std::pair<std::string_view, Var (*)(Var)> all[] = {{"linear", linear},
                                                                      {"relu", relu},
                                                                      {"relu6", relu6},
                                                                      {"leaky_relu", leaky_relu},
                                                                      {"elu", elu},
                                                                      {"selu", selu},
                                                                      {"gelu", gelu},
                                                                      {"gelu_tanh", gelu_tanh},
                                                                      {"silu", silu},
                                                                      {"swish", silu},
                                                                      {"mish", mish},
                                                                      {"softplus", softplus},
                                                                      {"softsign", softsign},
                                                                      {"sigmoid", sigmoid},
                                                                      {"hard_sigmoid", hard_sigmoid},
                                                                      {"tanh", tanh},
                                                                      {"exponential", exp},
                                                                      {"softmax", softmax},
                                                                      {"log_softmax", log_softmax}};
  return all;
}

Activation::Activation(Var (*function)(Var)) : function_(function) {
  for (const auto& [name, known] : activations()) {
    if (known != function) continue;
    function_ = Callable<Var(Var)>(name, function);
    break;
  }
}

Activation::Activation(std::string_view name) : Activation(find_named("activation", activations(), name)) {}

void Activation::fields(Fields& f) { named_fields("activation", *this, &Activation::function_, f); }

}  // namespace xgrad::inline XGRAD_PRECISION
