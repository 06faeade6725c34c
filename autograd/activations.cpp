#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>
#include <xgrad/autograd/axes.hpp>
#include <xgrad/autograd/logits.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/elementwise.hpp>
#include <xgrad/core/math.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Var tanh(Var x) {
  static constexpr Op op{
      .name = "tanh",
      .rule = "x' += y' (1 - y^2)",
      .forward = [](Tensor& y, In x) { map(y, x, [](Real x) { return std::tanh(x); }); },
      .pull_a = [](const Pull& p) { return p.g * (1 - square(p.y)); },
  };
  return record_elementwise(op, x);
}

namespace {

constexpr Op sigmoid_op{
    .name = "sigmoid",
    .rule = "x' += y' y (1 - y)",
    .forward = [](Tensor& y, In x) { map(y, x, [](Real x) { return 1 / (1 + exponential(-x)); }); },
    .pull_a = [](const Pull& p) { return p.g * p.y * (1 - p.y); },
};

// The input of the operation that made y, if that is op itself.
std::optional<Var> input_of(const Op& op, Var y) {
  const Record& made = y.tape()[y.line()];
  if (made.op != &op) return {};
  return y.tape().var(made.inputs[0]);
}

}  // namespace

Var sigmoid(Var x) { return record_elementwise(sigmoid_op, x); }
std::optional<Var> logits_of_sigmoid(Var p) { return input_of(sigmoid_op, p); }

Var softplus(Var x) {
  static constexpr Op op{
      .name = "softplus",
      .rule = "x' += y' sigmoid(x)",
      .forward = [](Tensor& y,
                    In x) { map(y, x, [](Real x) { return (x < 0 ? 0 : x) + std::log1p(std::exp(-std::abs(x))); }); },
      .pull_a = [](const Pull& p) { return p.g * sigmoid(p.a); },
  };
  return record_elementwise(op, x);
}

Var relu(Var x) {
  static constexpr Op op{
      .name = "relu",
      .rule = "x' += y' where x > 0",
      .forward = [](Tensor& y, In x) { map(y, x, [](Real x) { return x < 0 ? Real{0} : x; }); },
      .pull_a = [](const Pull& p) { return gate(p.g, p.a); },
  };
  return record_elementwise(op, x);
}

Var gate(Var g, Var x) {
  static constexpr Op op{
      .name = "gate",
      .rule = "g' += y' where x > 0",
      .forward = [](Tensor& y, In g, In x) { map(y, g, x, [](Real g, Real x) { return x > 0 ? g : Real{0}; }); },
      .pull_a = [](const Pull& p) { return gate(p.g, p.b); },
  };
  require(g.shape() == x.shape(), "gate: g has shape ", g.shape(), " and x ", x.shape(), "; it takes equal shapes");
  return g.tape().record(op, g.shape(), g, x);
}

Var leaky_relu(Var x) { return leaky_relu(x, Real(0.2)); }
Var leaky_relu(Var x, Real slope) {
  const Var below = slope * x;
  return where(greater(x, 0), x, below);
}

Var elu(Var x) { return elu(x, 1); }

Var elu(Var x, Real alpha) {
  static constexpr Op op{
      .name = "elu",
      .rule = "x' += y' where x > 0, y' (y + alpha) elsewhere",
      .forward =
          [](Tensor& y, In x, const Attributes& with) {
            map(y, x, [alpha = with.number](Real x) { return x > 0 ? x : alpha * std::expm1(x); });
          },
      .pull_a =
          [](const Pull& p) {
            const Var below = p.y + p.with.number;
            return p.g * where(greater(p.a, 0), 1, below);
          },
      .attributes = [](const Attributes& with) { return text("alpha=", with.number); },
  };
  return x.tape().record(op, x.shape(), {.number = alpha}, x);
}

Var selu(Var x) {
  constexpr double scale = 1.05070098735548049342, alpha = 1.67326324235437728482;
  return scale * elu(x, static_cast<Real>(alpha));
}

Var silu(Var x) { return x * sigmoid(x); }

Var gelu(Var x) { return x * (erf(x / std::numbers::sqrt2) + 1) / 2; }

Var gelu_tanh(Var x) {
  const double root = std::sqrt(2 / std::numbers::pi);
  const Var inner = clip(x, -10, 10);  // beyond, the tanh is 1 to the last digit, and the cube may overflow
  return x * (tanh(root * (inner + 0.044715 * (inner * square(inner)))) + 1) / 2;
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

constexpr Op softmax_op{
    .name = "softmax",
    .rule = "x' += y (y' - sum(y' y))",
    .forward = [](Tensor& y, In x) { softmax(y, x); },
    .pull_a = [](const Pull& p) { return p.y * (p.g - sum_rows(p.g * p.y)); },
};

}  // namespace

Var softmax(Var x) {
  require(!x.shape().empty(), "softmax: the shape is ", x.shape(), "; it takes at least one axis");
  return x.tape().record(softmax_op, x.shape(), x);
}

std::optional<Var> logits_of_softmax(Var p) { return input_of(softmax_op, p); }

Var log_softmax(Var x) {
  static constexpr Op op{
      .name = "log_softmax",
      .rule = "x' += y' - e^y sum(y')",
      .forward = [](Tensor& y, In x) { log_softmax(y, x); },
      .pull_a =
          [](const Pull& p) {
            const Var total = sum_rows(p.g);
            return p.g - exp(p.y) * total;
          },
  };
  require(!x.shape().empty(), "log_softmax: the shape is ", x.shape(), "; it takes at least one axis");
  return x.tape().record(op, x.shape(), x);
}

Var softmax(Var x, int axis) { return along("softmax", x, axis, softmax); }
Var log_softmax(Var x, int axis) { return along("log_softmax", x, axis, log_softmax); }

}  // namespace xgrad::inline XGRAD_PRECISION
