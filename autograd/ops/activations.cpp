#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>
#include <xgrad/autograd/ops/detail/axes.hpp>
#include <xgrad/autograd/ops/detail/logits.hpp>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/kernels/elementwise.hpp>
#include <xgrad/core/kernels/math.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Var tanh(Var a) {
  static constexpr Op op{
      .name = "tanh",
      .rule = "ā += ȳ (1 - y^2)",
      .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return std::tanh(a); }); },
      .pull_a = [](const Pull& p) { return p.g * (1 - square(p.y)); },
  };
  return record_elementwise(op, a);
}

namespace {

constexpr Op sigmoid_op{
    .name = "sigmoid",
    .rule = "ā += ȳ y (1 - y)",
    .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return 1 / (1 + exponential(-a)); }); },
    .pull_a =
        [](const Pull& p) {
          const Var rest = 1 - p.y;
          return p.g * p.y * rest;
        },
};

// The input of the operation that made y, if that is op itself.
std::optional<Var> argument_of(const Op& op, Var y) {
  const Tape::Record& made = y.tape()[y.line()];
  if (made.op != &op) return {};
  return y.tape().var(made.inputs[0]);
}

}  // namespace

Var sigmoid(Var x) { return record_elementwise(sigmoid_op, x); }
std::optional<Var> logits_of_sigmoid(Var p) { return argument_of(sigmoid_op, p); }

Var softplus(Var a) {
  static constexpr Op op{
      .name = "softplus",
      .rule = "ā += ȳ sigmoid(a)",
      .forward = [](Tensor& y,
                    In a) { map(y, a, [](Real a) { return (a < 0 ? 0 : a) + std::log1p(std::exp(-std::abs(a))); }); },
      .pull_a = [](const Pull& p) { return p.g * sigmoid(p.a); },
  };
  return record_elementwise(op, a);
}

Var relu(Var a) {
  static constexpr Op op{
      .name = "relu",
      .rule = "ā += ȳ where a > 0",
      .forward = [](Tensor& y, In a) { map(y, a, [](Real a) { return a < 0 ? Real{0} : a; }); },
      .pull_a = [](const Pull& p) { return gate(p.g, p.a); },
  };
  return record_elementwise(op, a);
}

Var gate(Var a, Var b) {
  static constexpr Op op{
      .name = "gate",
      .rule = "ā += ȳ where b > 0",
      .forward = [](Tensor& y, In a, In b) { map(y, a, b, [](Real a, Real b) { return b > 0 ? a : Real{0}; }); },
      .pull_a = [](const Pull& p) { return gate(p.g, p.b); },
  };
  require(a.shape() == b.shape(), "gate: g has shape ", a.shape(), " and x ", b.shape(), "; it takes equal shapes");
  return a.tape().record(op, a.shape(), a, b);
}

Var leaky_relu(Var x) { return leaky_relu(x, Real(0.2)); }
Var leaky_relu(Var x, Real slope) {
  const Var below = slope * x;
  return where(greater(x, 0), x, below);
}

Var elu(Var x) { return elu(x, 1); }

Var elu(Var a, Real alpha) {
  static constexpr Op op{
      .name = "elu",
      .rule = "ā += ȳ where a > 0, ȳ (y + alpha) elsewhere",
      .forward =
          [](Tensor& y, In a, const Attributes& with) {
            map(y, a, [alpha = with.number](Real a) { return a > 0 ? a : alpha * std::expm1(a); });
          },
      .pull_a =
          [](const Pull& p) {
            const Var below = p.y + p.with.number;
            return p.g * where(greater(p.a, 0), 1, below);
          },
      .attributes = [](const Attributes& with) { return text("alpha=", with.number); },
  };
  return a.tape().record(op, a.shape(), {.number = alpha}, a);
}

Var selu(Var x) {
  constexpr double scale = 1.05070098735548049342, alpha = 1.67326324235437728482;
  return scale * elu(x, static_cast<Real>(alpha));
}

Var silu(Var x) { return x * sigmoid(x); }

Var gelu(Var x) { return x * ((erf(x / std::numbers::sqrt2) + 1) / 2); }

Var gelu_tanh(Var x) {
  const double root = std::sqrt(2 / std::numbers::pi);
  const Var inner = clip(x, -10, 10);  // beyond, the tanh is 1 to the last digit, and the cube may overflow
  return x * ((tanh(root * (inner + 0.044715 * (inner * square(inner)))) + 1) / 2);
}

namespace {

// f along another axis than the last: the two change places, and back.
Var along(const char* who, Var x, int axis, Var (*f)(Var)) {
  const std::size_t at = axis_of(who, x.shape(), axis), rank = x.shape().size();
  if (at == rank - 1) return f(x);
  Axes swap(rank);
  std::iota(swap.begin(), swap.end(), 0);
  std::swap(swap[at], swap.back());
  return transpose(f(transpose(x, swap)), swap);
}

// y_i = e^a_i / sum_k e^a_k, so dy_i/da_j = y_i ([i = j] - y_j), where [i = j] is 1 if i = j, else 0. Then
// dL/da_j = sum_i ȳ_i dy_i/da_j = y_j (ȳ_j - sum_i ȳ_i y_i).
constexpr Op softmax_op{
    .name = "softmax",
    .rule = "ā += y (ȳ - sum(ȳ y))",
    .forward = [](Tensor& y, In a) { softmax(y, a); },
    .pull_a = [](const Pull& p) { return p.y * (p.g - sum_rows(p.g * p.y)); },
};

}  // namespace

Var softmax(Var a) {
  require(!a.shape().empty(), "softmax: the shape is ", a.shape(), "; it takes at least one axis");
  return a.tape().record(softmax_op, a.shape(), a);
}

std::optional<Var> logits_of_softmax(Var p) { return argument_of(softmax_op, p); }

Var log_softmax(Var a) {
  static constexpr Op op{
      .name = "log_softmax",
      .rule = "ā += ȳ - e^y sum(ȳ)",
      .forward = [](Tensor& y, In a) { log_softmax(y, a); },
      .pull_a =
          [](const Pull& p) {
            const Var total = sum_rows(p.g);
            return p.g - exp(p.y) * total;
          },
  };
  require(!a.shape().empty(), "log_softmax: the shape is ", a.shape(), "; it takes at least one axis");
  return a.tape().record(op, a.shape(), a);
}

Var softmax(Var x, int axis) { return along("softmax", x, axis, softmax); }
Var log_softmax(Var x, int axis) { return along("log_softmax", x, axis, log_softmax); }

}  // namespace xgrad::inline XGRAD_PRECISION
