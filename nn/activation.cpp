#include <xgrad/nn/activation.hpp>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/nn/named.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Var linear(Var x) { return x; }
Var relu6(Var x) { return minimum(relu(x), 6); }
Var hard_sigmoid(Var x) { return relu6(x + 3) / 6; }
Var softsign(Var x) { return x / (abs(x) + 1); }
Var mish(Var x) { return x * tanh(softplus(x)); }

namespace {

// A function's own name stands before its others.
constexpr std::pair<std::string_view, Var (*)(Var)> activations[] = {{"linear", linear},
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

}  // namespace

Activation::Activation(Var (*function)(Var)) : function_(function) {
  for (const auto& [known, known_function] : activations)
    if (known_function == function && name_.empty()) name_ = known;
}

Activation::Activation(std::string_view name) : Activation(named("activation", activations, name)) {}

std::string option_text(const Activation& activation) {
  require<ValueError>(!activation.name().empty(),
                      "activation: a function of one's own has no name by which to save it; use one of Keras's");
  return std::string(activation.name());
}

void read_option(const std::string& text, Activation& activation) { activation = Activation(std::string_view(text)); }

}  // namespace xgrad::inline XGRAD_PRECISION
