#include <algorithm>
#include <cmath>
#include <utility>
#include <xgrad/autograd/ops/detail/axes.hpp>
#include <xgrad/autograd/ops/detail/logits.hpp>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/kernels/elementwise.hpp>
#include <xgrad/core/kernels/math.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// The target as a Var, if it has the prediction's shape.
Var matching(const char* who, const Given& given, Var prediction) {
  const Var target = given.beside(prediction);
  require(target.shape() == prediction.shape() && prediction.value().size() > 0, who, ": the target has shape ",
          target.shape(), " and the prediction ", prediction.shape(), "; it takes equal shapes that are not empty");
  return target;
}

// From the losses of n samples, each given as (..., k) of which it is the mean, to a number: sum(weights losses) / n.
Var weighted_mean(const char* who, Var losses, const Given& given) {
  const Var weights = given.beside(losses);
  const Shape samples = losses.shape().empty() ? Shape{} : Shape{losses.shape()[0]};
  require(weights.shape() == samples, who, ": weights of shape ", weights.shape(), "; it takes one for each sample, ",
          samples);
  Shape alone(losses.shape().size(), 1);  // a sample's losses added up, and its other axes kept as 1
  if (!alone.empty()) alone[0] = samples[0];
  const Var sums = reshape(sum_to(losses, alone), samples);
  return sum(sums * weights) / losses.value().size();
}

// Summed over the last axis: (..., k) to (...).
Var sum_over_classes(Var x) {
  const Shape& shape = x.shape();
  return reshape(sum_rows(x), Shape(shape.begin(), shape.end() - 1));
}

// Probabilities divided by their sum over the last axis.
Var normalised(Var p) { return p / sum_rows(p); }

// Probabilities off 0 and 1, by Keras's epsilon.
Var kept_inside(Var p) { return clip(p, 1e-7, 1 - 1e-7); }

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
      .pull_a = [](const Pull& p) { return p.g * (p.c * -2 / p.b.value().size()); },
      .pull_b = [](const Pull& p) { return p.g * (p.c * 2 / p.b.value().size()); },
      .pull_c =
          [](const Pull& p) {
            const Var error = p.b - p.a;
            return sum(p.g * error) * 2 / p.b.value().size();
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

Var binary_losses(const Given& target, Var probabilities) {
  if (const auto logits = logits_of_sigmoid(probabilities)) return binary_losses_from_logits(target, *logits);
  const Var t = matching("binary_crossentropy", target, probabilities), p = kept_inside(probabilities);
  const Var if_true = t * log(p);
  const Var not_t = 1 - t, if_false = not_t * log(1 - p);
  return -(if_true + if_false);
}

}  // namespace

Var binary_crossentropy(const Given& target, Var probabilities) { return mean(binary_losses(target, probabilities)); }

Var binary_crossentropy(const Given& target, Var probabilities, const Given& weights) {
  return weighted_mean("binary_crossentropy", binary_losses(target, probabilities), weights);
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

namespace {

// The labels as a Var, if they are n integers below k for an x of shape (n, k).
Var labels_for(const char* who, const Given& given, Var x) {
  const Var labels = given.beside(x);
  const std::size_t classes = x.shape().size() == 2 ? x.shape()[1] : 0;
  require(classes > 0 && x.shape()[0] > 0 && labels.shape() == Shape{x.shape()[0]}, who, ": labels ", labels.shape(),
          " with predictions ", x.shape(), "; it takes (n,) with (n, classes), not empty");
  for (std::size_t row = 0; row < labels.value().size(); ++row) {
    const Real label = labels.value().data()[row];
    require<ValueError>(label >= 0 && label < static_cast<Real>(classes) && label == std::floor(label), who, ": label ",
                        label, " at row ", row, "; it takes integers from 0 to ", classes - 1);
  }
  return labels;
}

// Softmax with cross-entropy. The logits z of a sample give p_k = e^z_k / sum_j e^z_j, and its label t the loss
//
//   L = -log p_t = log(sum_j e^z_j) - z_t
//   dL/dz_k = e^z_k / sum_j e^z_j - [k = t] = p_k - [k = t]
//
// where [k = t] is 1 if k = t, else 0: it is element k of the one-hot vector of t. So z̄ = (p - one_hot(t)) L̄, for the
// mean over n samples divided by n.

// y = (b - one_hot(a)) c    a: labels, (n,)   b: (n, classes)   c: a number for each sample, (n,); or (), then y is
// also divided by n
Var cross_entropy_slope(Var a, Var b, Var c) {
  static constexpr Op op{
      .name = "cross_entropy_slope",
      .rule = "b̄ += c ȳ,  c̄ += sum((b - one_hot(a)) ȳ),  both divided by n for a mean",
      .forward =
          [](Tensor& y, In a, In b, In c) {
            const std::size_t n = a.size(), classes = b.shape(1);
            for (std::size_t row = 0; row < n; ++row) {
              const Real scale = c.dimension() == 0 ? *c.data() / static_cast<Real>(n) : c.data()[row];
              const Real* const p = b.data() + row * classes;
              Real* const slope = y.data() + row * classes;
              for (std::size_t k = 0; k < classes; ++k) slope[k] = p[k] * scale;
              const auto label = static_cast<std::size_t>(a.data()[row]);
              slope[label] = (p[label] - 1) * scale;
            }
          },
      .pull_b =
          [](const Pull& p) { return p.g * (p.c.shape().empty() ? p.c / p.a.value().size() : expand_dims(p.c, 1)); },
      .pull_c =
          [](const Pull& p) {
            const Var by_class = p.g * cross_entropy_slope(p.a, p.b, p.c.tape().constant(p.c.shape(), 1));
            return p.c.shape().empty() ? sum(by_class) : sum_over_classes(by_class);
          },
  };
  return b.tape().record(op, b.shape(), a, b, c);
}

// From labels a, logits b and c = softmax(b): the loss of every sample if the shape is theirs, (n,), or their mean if
// it is (). The rule gives the whole of b̄, so c gets no gradient. But c stands in the rule: through it the second
// derivative goes back to b.
Var sparse_losses(Var a, Var b, Var c, const Shape& shape) {
  static constexpr Op op{
      .name = "softmax_cross_entropy",
      .rule = "b̄ += (c - one_hot(a)) ȳ, divided by n for a mean",
      .forward =
          [](Tensor& y, In a, In b, In c) {
            const bool by_sample = y.dimension() == 1;
            const std::size_t n = a.size(), classes = b.shape(1);
            // A loss is log(1 / p[label]). Their sum so far is total + log(product): one logarithm for many factors.
            double total = 0, product = 1;
            for (std::size_t row = 0; row < n; ++row) {
              const Real *z = b.data() + row * classes, *p = c.data() + row * classes;
              auto k = static_cast<std::size_t>(a.data()[row]);
              if (p[k] < Real(1e-30)) {  // where few digits are left, or none, p[k] = p[largest] e^(z[k] - z[largest])
                const auto largest = static_cast<std::size_t>(std::max_element(z, z + classes) - z);
                total += double{z[largest]} - z[k];
                k = largest;
              }
              // 1 / p[k]: the sum, which is 1 but for rounding, has the digits that a p near 1 has lost
              product *= sum(p, classes) / p[k];
              if (by_sample || product > 1e200) total += std::log(product), product = 1;
              if (by_sample) y.data()[row] = static_cast<Real>(std::exchange(total, 0));
            }
            if (!by_sample) *y.data() = static_cast<Real>((total + std::log(product)) / static_cast<double>(n));
          },
      .pull_b = [](const Pull& p) { return cross_entropy_slope(p.a, p.c, p.g); },
  };
  return b.tape().record(op, shape, a, b, c);
}

// From probabilities that no softmax has just computed.
Var sparse_losses(Var labels, Var probabilities) {
  return -log(kept_inside(take_along_axis(normalised(probabilities), labels)));
}

}  // namespace

Var sparse_categorical_crossentropy(const Given& given, Var probabilities) {
  const Var labels = labels_for("sparse_categorical_crossentropy", given, probabilities);
  if (const auto logits = logits_of_softmax(probabilities)) return sparse_losses(labels, *logits, probabilities, {});
  return mean(sparse_losses(labels, probabilities));
}

Var sparse_categorical_crossentropy(const Given& given, Var probabilities, const Given& weights) {
  const char* who = "sparse_categorical_crossentropy";
  const Var labels = labels_for(who, given, probabilities);
  const auto logits = logits_of_softmax(probabilities);
  return weighted_mean(
      who,
      logits ? sparse_losses(labels, *logits, probabilities, labels.shape()) : sparse_losses(labels, probabilities),
      weights);
}

Var softmax_cross_entropy(const Given& given, Var logits) {
  const Var labels = labels_for("softmax_cross_entropy", given, logits);
  return sparse_losses(labels, logits, softmax(logits), {});
}

Var softmax_cross_entropy(const Given& given, Var logits, const Given& weights) {
  const char* who = "softmax_cross_entropy";
  const Var labels = labels_for(who, given, logits);
  return weighted_mean(who, sparse_losses(labels, logits, softmax(logits), labels.shape()), weights);
}

}  // namespace xgrad::inline XGRAD_PRECISION
