#include <algorithm>
#include <cmath>
#include <xgrad/autograd/ops/detail/axes.hpp>
#include <xgrad/autograd/ops/detail/logits.hpp>
#include <xgrad/autograd/ops/detail/losses.hpp>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/kernels/elementwise.hpp>
#include <xgrad/core/kernels/math.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Var weighted_mean(const char* who, Var losses, const Given& given) {
  const Var weights = given.beside(losses);
  const Shape samples = losses.shape().empty() ? Shape{} : Shape{losses.shape()[0]};
  require(weights.shape() == samples, who, ": weights of shape ", weights.shape(), "; it takes one for each sample, ",
          samples);
  Shape alone(losses.shape().size(), 1);  // a sample's losses added up, and its other axes kept as 1
  if (!alone.empty()) alone[0] = samples[0];
  const Var sums = reshape(sum_to(losses, alone), samples);
  return sum(sums * weights) / losses.size();
}

Var sum_over_classes(Var x) {
  const Shape& shape = x.shape();
  return reshape(sum_rows(x), Shape(shape.begin(), shape.end() - 1));
}

Var normalised(Var p) { return p / sum_rows(p); }

Var kept_inside(Var p) { return clip(p, 1e-7, 1 - 1e-7); }

namespace {

// The target as a Var, if it has the prediction's shape.
Var matching(const char* who, const Given& given, Var prediction) {
  const Var target = given.beside(prediction);
  require(target.shape() == prediction.shape() && prediction.size() > 0, who, ": the target has shape ", target.shape(),
          " and the prediction ", prediction.shape(), "; it takes equal shapes that are not empty");
  return target;
}

// y = 2 (b - a) c / n    a, b: n elements, of one shape   c: ()
Var error_slope(Var a, Var b, Var c) {
  static constexpr Op op{
      .name = "error_slope",
      .rule = "ā -= 2 c ȳ / n,  b̄ += 2 c ȳ / n,  c̄ += sum(2 (b - a) ȳ) / n",
      .forward =
          [](Tensor& y, In a, In b, In c) {
            const Real scale = 2 * *c.data() / static_cast<Real>(b.size());
            map(y, a, b, [scale](Real a, Real b) { return (b - a) * scale; });
          },
      .pull_a = [](const Pull& p) { return p.g * (p.c * -2 / p.b.size()); },
      .pull_b = [](const Pull& p) { return p.g * (p.c * 2 / p.b.size()); },
      .pull_c =
          [](const Pull& p) {
            const Var error = p.b - p.a;
            return sum(p.g * error) * 2 / p.b.size();
          },
  };
  return b.tape().record(op, b.shape(), a, b, c);
}

}  // namespace

// y = sum((b - a)^2) / n for a target a and a prediction b of n elements
Var mean_squared_error(const Given& target, Var prediction) {
  static constexpr Op op{
      .name = "mean_squared_error",
      .rule = "ā -= 2 (b - a) ȳ / n,  b̄ += 2 (b - a) ȳ / n",
      .forward =
          [](Tensor& y, In a, In b) {
            const double squares = sum(b.size(), [t = a.data(), p = b.data()](std::size_t i) {
              const double error = double{p[i]} - double{t[i]};
              return error * error;
            });
            *y.data() = static_cast<Real>(squares / static_cast<double>(b.size()));
          },
      .pull_a = [](const Pull& p) { return error_slope(p.b, p.a, p.g); },
      .pull_b = [](const Pull& p) { return error_slope(p.a, p.b, p.g); },
  };
  const Var t = matching(op.name, target, prediction);
  return prediction.tape().record(op, {}, t, prediction);
}

Var mean_squared_error(const Given& target, Var prediction, const Given& weights) {
  const Var t = matching("mean_squared_error", target, prediction);
  return weighted_mean("mean_squared_error", square(prediction - t), weights);
}

Var mean_absolute_error(const Given& target, Var prediction) {
  return mean(abs(prediction - matching("mean_absolute_error", target, prediction)));
}

Var mean_absolute_error(const Given& target, Var prediction, const Given& weights) {
  const Var t = matching("mean_absolute_error", target, prediction);
  return weighted_mean("mean_absolute_error", abs(prediction - t), weights);
}

namespace {

Var huber_losses(const Given& target, Var prediction, Real delta) {
  require<ValueError>(delta > 0, "huber: delta is ", delta, "; it takes a number above 0");
  const Var error = prediction - matching("huber", target, prediction);
  const Var inner = clip(error, -delta, delta);  // e^2 / 2 for the inner part, and delta for each unit beyond
  return inner * (error - inner / 2);
}

}  // namespace

Var huber(const Given& target, Var prediction, Real delta) { return mean(huber_losses(target, prediction, delta)); }

Var huber(const Given& target, Var prediction, const Given& weights, Real delta) {
  return weighted_mean("huber", huber_losses(target, prediction, delta), weights);
}

namespace {

Var binary_losses_from_logits(const Given& target, Var z) {
  const Var t = matching("binary_crossentropy", target, z), all = softplus(z);
  return all - t * z;
}

}  // namespace

Var binary_crossentropies(const Given& target, Var probabilities) {
  if (const auto logits = logits_of_sigmoid(probabilities)) return binary_losses_from_logits(target, *logits);
  const Var t = matching("binary_crossentropy", target, probabilities), p = kept_inside(probabilities);
  const Var if_true = t * log(p);
  const Var not_t = 1 - t, if_false = not_t * log(1 - p);
  return -(if_true + if_false);
}

Var binary_crossentropy(const Given& target, Var probabilities) {
  return mean(binary_crossentropies(target, probabilities));
}

Var binary_crossentropy(const Given& target, Var probabilities, const Given& weights) {
  return weighted_mean("binary_crossentropy", binary_crossentropies(target, probabilities), weights);
}

Var binary_crossentropy_from_logits(const Given& target, Var logits) {
  return mean(binary_losses_from_logits(target, logits));
}

Var binary_crossentropy_from_logits(const Given& target, Var logits, const Given& weights) {
  return weighted_mean("binary_crossentropy", binary_losses_from_logits(target, logits), weights);
}

namespace {

Var categorical_losses_from_logits(const Given& target, Var z) {
  const Var t = matching("categorical_crossentropy", target, z);
  require(!z.shape().empty(), "categorical_crossentropy: the shape is ", z.shape(), "; it takes (..., classes)");
  return -sum_over_classes(t * log_softmax(z));
}

Var categorical_losses(const Given& target, Var probabilities) {
  if (const auto logits = logits_of_softmax(probabilities)) return categorical_losses_from_logits(target, *logits);
  const Var t = matching("categorical_crossentropy", target, probabilities);
  require(!probabilities.shape().empty(), "categorical_crossentropy: the shape is (); it takes (..., classes)");
  return -sum_over_classes(t * log(kept_inside(normalised(probabilities))));
}

}  // namespace

Var categorical_crossentropy(const Given& target, Var probabilities) {
  return mean(categorical_losses(target, probabilities));
}

Var categorical_crossentropy(const Given& target, Var probabilities, const Given& weights) {
  return weighted_mean("categorical_crossentropy", categorical_losses(target, probabilities), weights);
}

Var categorical_crossentropy_from_logits(const Given& target, Var logits) {
  return mean(categorical_losses_from_logits(target, logits));
}

Var categorical_crossentropy_from_logits(const Given& target, Var logits, const Given& weights) {
  return weighted_mean("categorical_crossentropy", categorical_losses_from_logits(target, logits), weights);
}

}  // namespace xgrad::inline XGRAD_PRECISION
