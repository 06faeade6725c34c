#include <algorithm>
#include <cmath>
#include <utility>
#include <xgrad/autograd/ops/detail/logits.hpp>
#include <xgrad/autograd/ops/detail/losses.hpp>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/kernels/elementwise.hpp>
#include <xgrad/core/kernels/math.hpp>

// Softmax with cross-entropy, for labels.

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// The labels as a Var, if they are n integers below k for an x of shape (n, k).
Var labels_for(const char* who, const Given& given, Var x) {
  const Var labels = given.beside(x);
  const std::size_t classes = x.shape().size() == 2 ? x.shape()[1] : 0;
  require(classes > 0 && x.shape()[0] > 0 && labels.shape() == Shape{x.shape()[0]}, who, ": labels ", labels.shape(),
          " with predictions ", x.shape(), "; it takes (n,) with (n, classes), not empty");
  for (std::size_t row = 0; row < labels.size(); ++row) {
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
      .pull_b = [](const Pull& p) { return p.g * (p.c.shape().empty() ? p.c / p.a.size() : expand_dims(p.c, 1)); },
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
