#include <algorithm>

#include <xgrad/nn/losses/detail/values.hpp>
#include <xgrad/nn/losses/types.hpp>

// Losses of probabilities.

namespace xgrad::inline XGRAD_PRECISION::losses {

namespace {

Var smoothed(Var t, double smoothing, double classes) {
  return smoothing == 0 ? t : t * (1 - smoothing) + smoothing / classes;
}

void check_gamma(const char* name, double alpha, double gamma) {
  require<ValueError>(std::isfinite(alpha), name, ": alpha is ", alpha, "; it takes a finite number");
  require<ValueError>(gamma >= 0 && std::isfinite(gamma), name, ": gamma is ", gamma, "; it takes numbers from 0");
}

// A loss of the whole batch, as often as the mean weight says.
Var weighted(Var loss, const Var* weights) { return weights ? loss * mean(*weights) : loss; }

}  // namespace

Var BinaryCrossentropy::operator()(Var t, Var p, const Var* weights) const {
  t = smoothed(t, label_smoothing, 2);
  if (from_logits)
    return weights ? binary_crossentropy_from_logits(t, p, *weights) : binary_crossentropy_from_logits(t, p);
  return weights ? binary_crossentropy(t, p, *weights) : binary_crossentropy(t, p);
}

void BinaryCrossentropy::check() const {
  check_smoothing(name, label_smoothing);
  check_axis(name, axis);
}

Var BinaryFocalCrossentropy::operator()(Var t, Var p, const Var* weights) const {
  t = smoothed(t, label_smoothing, 2);
  if (from_logits) p = sigmoid(p);
  const Var not_t = 1 - t;
  const Var if_true = t * p, if_false = not_t * (1 - p);
  Var losses = binary_crossentropies(t, p);
  losses = pow(1 - (if_true + if_false), gamma) * losses;
  if (apply_class_balancing) {
    const Var if_one = alpha * t, if_zero = (1 - alpha) * not_t;
    losses = (if_one + if_zero) * losses;
  }
  return mean_of(losses, weights);
}

void BinaryFocalCrossentropy::check() const {
  check_gamma(name, alpha, gamma);
  check_smoothing(name, label_smoothing);
  check_axis(name, axis);
}

Var CategoricalCrossentropy::operator()(Var t, Var p, const Var* weights) const {
  if (!p.shape().empty()) t = smoothed(t, label_smoothing, static_cast<double>(p.shape().back()));
  t = moved_last(name, t, axis), p = moved_last(name, p, axis);
  if (from_logits)
    return weights ? categorical_crossentropy_from_logits(t, p, *weights) : categorical_crossentropy_from_logits(t, p);
  return weights ? categorical_crossentropy(t, p, *weights) : categorical_crossentropy(t, p);
}

void CategoricalCrossentropy::check() const {
  check_smoothing(name, label_smoothing);
  check_axis(name, axis);
}

Var CategoricalFocalCrossentropy::operator()(Var t, Var p, const Var* weights) const {
  require(p.shape().size() > 1, name, ": y_pred has shape ", p.shape(), "; it takes rows, (n, ..., classes)");
  t = smoothed(t, label_smoothing, static_cast<double>(p.shape().back()));
  t = moved_last(name, t, axis), p = moved_last(name, p, axis);
  if (from_logits) p = softmax(p);
  p = clip(p / sum_to(p, one_each_row(p)), 1e-7, 1 - 1e-7);
  const Var easy = pow(1 - p, gamma), likelihood = t * log(p);
  return -alpha * mean_of(easy * likelihood, weights, p.shape().back());
}

void CategoricalFocalCrossentropy::check() const {
  check_gamma(name, alpha, gamma);
  check_smoothing(name, label_smoothing);
  check_axis(name, axis);
}

Var SparseCategoricalCrossentropy::operator()(Var labels, Var p, const Var* weights) const {
  Var counts;
  if (ignore_class && p.shape().size() == 2) {
    // In place of a label that does not count stands that of the largest prediction, whose loss is finite.
    const auto ignored = static_cast<Real>(*ignore_class);
    const Var given = labels;
    labels = p.tape().constant(given.shape(), [&](Tensor& y) {
      const std::size_t classes = p.shape()[1];
      for (std::size_t i = 0; i < y.size(); ++i) {
        const Real *row = p.value().data() + i * classes, label = given.value().data()[i];
        y.data()[i] = label == ignored ? static_cast<Real>(std::max_element(row, row + classes) - row) : label;
      }
    });
    counts = p.tape().constant(given.shape(), [&](Tensor& y) {
      for (std::size_t i = 0; i < y.size(); ++i) y.data()[i] = given.value().data()[i] != ignored;
    });
    if (weights) counts = counts * *weights;
    weights = &counts;
  }
  if (from_logits) return weights ? softmax_cross_entropy(labels, p, *weights) : softmax_cross_entropy(labels, p);
  return weights ? sparse_categorical_crossentropy(labels, p, *weights) : sparse_categorical_crossentropy(labels, p);
}

Var Crossentropy::operator()(Var t, Var p, const Var* weights) const {
  if (p.shape().size() < 2 || p.shape().back() == 1)
    return weights ? binary_crossentropy(t, p, *weights) : binary_crossentropy(t, p);
  if (t.shape() == p.shape())
    return weights ? categorical_crossentropy(t, p, *weights) : categorical_crossentropy(t, p);
  return weights ? sparse_categorical_crossentropy(t, p, *weights) : sparse_categorical_crossentropy(t, p);
}

Var KLDivergence::operator()(Var t, Var p, const Var* weights) const {
  t = clip(t, 1e-7, 1);
  const Var loss = t * log(t / clip(p, 1e-7, 1));
  return mean_of(loss, weights, loss.shape().empty() ? 1 : loss.shape().back());
}

Var Dice::operator()(Var t, Var p, const Var* weights) const {
  const Var shared = 2 * sum(t * p), of_t = sum(t), all = sum(p) + of_t;
  return weighted(1 - shared / (all + 1e-7), weights);
}

Var Tversky::operator()(Var t, Var p, const Var* weights) const {
  const Var shared = sum(t * p), missed = alpha * sum((1 - p) * t), wrong = beta * sum(p * (1 - t));
  return weighted(1 - shared / (shared + missed + wrong + 1e-7), weights);
}

Var Custom::operator()(Var t, Var p, const Var* weights) const {
  const Var value = function(t, p);
  if (weights == nullptr) {
    if (value.shape().empty()) return value;
    require(!p.shape().empty() && value.shape() == Shape{p.shape()[0]}, "loss: the function's value has shape ",
            value.shape(), " for predictions ", p.shape(), "; it takes a number, or one value per sample, (n,)");
    return mean(value);
  }
  require<ValueError>(!value.shape().empty(),
                      "loss: the function's value is one number for the batch, which cannot be weighted; return one "
                      "value per sample, (n,)");
  require(value.shape() == weights->shape(), "loss: the function's value has shape ", value.shape(), " for weights ",
          weights->shape(), "; it takes one value per sample, (n,)");
  return mean(value * *weights);
}

}  // namespace xgrad::inline XGRAD_PRECISION::losses
