#include <xgrad/nn/parts/activation.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/kernels/elementwise.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Var linear(Var x) { return x; }

Var relu6(Var a) {
  static constexpr Op op{
      .name = "relu6",
      .rule = "ā += ȳ where 0 < a < 6",
      .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return a < 0   ? Real{0}
                                                                     : a > 6 ? Real{6}
                                                                             : a; }); },
      .pull_a =
          [](const Pull& p) {
            const Var not_above = gate(p.g, 6 - p.a);
            return gate(not_above, p.a);
          },
  };
  return record_elementwise(op, a);
}

Var hard_sigmoid(Var x) { return relu6(x + 3) / 6; }
Var softsign(Var x) { return x / (abs(x) + 1); }
Var mish(Var x) { return x * tanh(softplus(x)); }
Var hard_silu(Var x) { return x * hard_sigmoid(x); }
Var hard_tanh(Var x) { return clip(x, -1, 1); }
Var tanh_shrink(Var x) { return x - tanh(x); }
Var log_sigmoid(Var x) { return -softplus(-x); }
Var celu(Var x) { return elu(x); }
Var celu(Var x, Real alpha) { return alpha * elu(x / alpha); }
Var hard_shrink(Var x) { return hard_shrink(x, Real(0.5)); }
Var hard_shrink(Var x, Real lambda) { return x * greater(abs(x), lambda); }
Var soft_shrink(Var x) { return soft_shrink(x, Real(0.5)); }
Var soft_shrink(Var x, Real lambda) { return x - clip(x, -lambda, lambda); }
Var squareplus(Var x) { return squareplus(x, 4); }
Var squareplus(Var x, Real b) { return (x + sqrt(square(x) + b)) / 2; }
Var sparse_plus(Var x) {
  const Var inner = square(clip(x, -1, 1) + 1) / 4;
  return where(greater(x, 1), x, inner);
}
Var sparse_sigmoid(Var x) { return clip((x + 1) / 2, 0, 1); }
Var threshold(Var x, Real threshold, Real default_value) { return where(greater(x, threshold), x, default_value); }

Var glu(Var x) {
  const std::size_t extent = x.shape().empty() ? 1 : x.shape().back();
  require(extent % 2 == 0, "glu: the shape is ", x.shape(), "; it takes (..., 2 k)");
  const Var a = slice(x, -1, 0, extent / 2), b = slice(x, -1, extent / 2, extent);
  return a * sigmoid(b);
}

// The support S, where the result is not 0, is the k largest: as many as there are whose least is above
// tau = (sum of S - 1) / k. It does not move with x, so that what is recorded is tau and x - tau.
Var sparsemax(Var x) {
  require(!x.shape().empty(), "sparsemax: the shape is ", x.shape(), "; it takes at least one axis");
  const std::size_t classes = x.shape().back();
  const Var support = x.tape().constant(x.shape(), [&](Tensor& mask) {
    for (std::size_t begin = 0; begin < mask.size(); begin += classes) {
      const Real* const from = x.value().data() + begin;
      Real* const row = mask.data() + begin;
      std::copy_n(from, classes, row);
      const bool nan = std::any_of(row, row + classes, [](Real one) { return std::isnan(one); });
      if (!nan) std::sort(row, row + classes, std::greater<Real>());
      double sum = 0;
      std::size_t k = 0;
      for (; !nan && k<classes&& double{row[k]} * static_cast<double>(k + 1)> sum + row[k] - 1; ++k) sum += row[k];
      // None is above where one is NaN or infinite: all are then let through, so that the result is NaN.
      const Real least = k == 0 ? 0 : row[k - 1];
      for (std::size_t i = 0; i < classes; ++i) row[i] = k == 0 || from[i] >= least;
    }
  });
  Shape rows = x.shape();
  rows.back() = 1;
  const Var total = sum_to(where(support, x, 0), rows), tau = (total - 1) / sum_to(support, rows);
  return where(support, x - tau, 0);
}

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
                                                                      {"hard_silu", hard_silu},
                                                                      {"hard_swish", hard_silu},
                                                                      {"hard_tanh", hard_tanh},
                                                                      {"tanh_shrink", tanh_shrink},
                                                                      {"log_sigmoid", log_sigmoid},
                                                                      {"celu", celu},
                                                                      {"hard_shrink", hard_shrink},
                                                                      {"soft_shrink", soft_shrink},
                                                                      {"squareplus", squareplus},
                                                                      {"sparse_plus", sparse_plus},
                                                                      {"sparse_sigmoid", sparse_sigmoid},
                                                                      {"glu", glu},
                                                                      {"sparsemax", sparsemax},
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
