#include <xgrad/nn/losses/losses.hpp>

#include <algorithm>
#include <cmath>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/detail/targets.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace losses {

namespace {

// The function of autograd/ops/ops.hpp with its weights, if there are any.
template <class F>
Var weighted(F loss, Var t, Var p, const Var* weights) {
  return weights ? loss(t, p, *weights) : loss(t, p);
}

Var smoothed(Var t, double smoothing, double classes) {
  return smoothing == 0 ? t : t * (1 - smoothing) + smoothing / classes;
}

void check_smoothing(const char* name, double smoothing) {
  require<ValueError>(smoothing >= 0 && smoothing <= 1, name, ": label_smoothing is ", smoothing, "; it takes 0 to 1");
}

// Per sample, the first axis: the sum of all its elements, (n,).
Var sample_sums(Var x) {
  const std::size_t n = x.shape()[0];
  return reshape(sum_to(reshape(x, {n, x.value().size() / n}), {n, 1}), {n});
}

Var total(Var x, const Var* weights) { return weights ? sum(sample_sums(x) * *weights) : sum(x); }

}  // namespace

Var MeanSquaredError::operator()(Var t, Var p, const Var* weights) const {
  return weighted([](auto... x) { return mean_squared_error(x...); }, t, p, weights);
}

Var MeanAbsoluteError::operator()(Var t, Var p, const Var* weights) const {
  return weighted([](auto... x) { return mean_absolute_error(x...); }, t, p, weights);
}

Var Huber::operator()(Var t, Var p, const Var* weights) const {
  return weighted([d = static_cast<Real>(delta)](auto... x) { return huber(x..., d); }, t, p, weights);
}

void Huber::check() const {
  require<ValueError>(delta > 0 && std::isfinite(delta), "huber: delta is ", delta, "; it takes a number above 0");
}

Var BinaryCrossentropy::operator()(Var t, Var p, const Var* weights) const {
  t = smoothed(t, label_smoothing, 2);
  if (from_logits) return weighted([](auto... x) { return binary_crossentropy_from_logits(x...); }, t, p, weights);
  return weighted([](auto... x) { return binary_crossentropy(x...); }, t, p, weights);
}

void BinaryCrossentropy::check() const { check_smoothing(name, label_smoothing); }

Var CategoricalCrossentropy::operator()(Var t, Var p, const Var* weights) const {
  if (!p.shape().empty()) t = smoothed(t, label_smoothing, static_cast<double>(p.shape().back()));
  if (from_logits) return weighted([](auto... x) { return categorical_crossentropy_from_logits(x...); }, t, p, weights);
  return weighted([](auto... x) { return categorical_crossentropy(x...); }, t, p, weights);
}

void CategoricalCrossentropy::check() const { check_smoothing(name, label_smoothing); }

Var SparseCategoricalCrossentropy::operator()(Var labels, Var p, const Var* weights) const {
  if (from_logits) return weighted([](auto... x) { return softmax_cross_entropy(x...); }, labels, p, weights);
  return weighted([](auto... x) { return sparse_categorical_crossentropy(x...); }, labels, p, weights);
}

Var Hinge::operator()(Var t, Var p, const Var* weights) const {
  const Tensor& y = t.value();
  if (std::all_of(y.begin(), y.end(), [](Real label) { return label == 0 || label == 1; })) t = 2 * t - 1;
  const Var loss = maximum(1 - t * p, 0);
  return total(loss, weights) / loss.value().size();
}

Var KLDivergence::operator()(Var t, Var p, const Var* weights) const {
  t = clip(t, 1e-7, 1);
  const Var loss = t * log(t / clip(p, 1e-7, 1));
  const std::size_t classes = loss.shape().empty() ? 1 : loss.shape().back();
  return total(loss, weights) / (loss.value().size() / classes);
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

}  // namespace losses

std::span<const std::pair<std::string_view, Loss (*)()>> all_losses() {
  static constexpr auto make = []<class L>(L) -> Loss (*)() { return [] { return Loss(L{}); }; };
  using namespace losses;
  static const std::pair<std::string_view, Loss (*)()> all[] = {
      {"mean_squared_error", make(MeanSquaredError{})},
      {"mse", make(MeanSquaredError{})},
      {"mean_absolute_error", make(MeanAbsoluteError{})},
      {"mae", make(MeanAbsoluteError{})},
      {"huber", make(Huber{})},
      {"binary_crossentropy", make(BinaryCrossentropy{})},
      {"bce", make(BinaryCrossentropy{})},
      {"categorical_crossentropy", make(CategoricalCrossentropy{})},
      {"sparse_categorical_crossentropy", make(SparseCategoricalCrossentropy{})},
      {"hinge", make(Hinge{})},
      {"kl_divergence", make(KLDivergence{})},
      {"kld", make(KLDivergence{})}};
  return all;
}

Loss Loss::named(std::string_view name) { return find_named("loss", all_losses(), name)(); }

bool Loss::can_be_saved() const {
  for (const auto& [name, make] : all_losses())
    if (name == loss_.name()) return make().loss_.is_like(loss_);
  return false;
}

void Loss::fields(Fields& f) { named_fields("loss", *this, &Loss::loss_, f); }

// The targets in the shape that the loss takes.
Var Loss::aligned(Var y_true, Var y_pred) const {
  const Shape &t = y_true.shape(), &p = y_pred.shape();
  if (targets_ == losses::Targets::anything) {
    require(element_count(p) > 0, name(), ": an empty batch: y_pred has shape ", p);
    return same_column(t, p) ? reshape(y_true, p) : y_true;
  }
  if (targets_ == losses::Targets::labels) {
    require_labels(name(), t, p);
    return reshape(y_true, {t[0]});
  }
  require_alike(name(), t, p);
  return reshape(y_true, p);
}

Var Loss::operator()(Var y_true, Var y_pred) const { return loss_(aligned(y_true, y_pred), y_pred, nullptr); }

Var Loss::operator()(Var y_true, Var y_pred, Var sample_weight) const {
  const Shape &p = y_pred.shape(), &w = sample_weight.shape();
  require(!p.empty(), name(), ": y_pred has shape (); with sample_weight it takes (n, ...)");
  const Shape samples{p[0]};
  require(w == samples || same_column(w, samples), name(), ": sample_weight has shape ", w,
          "; it takes one weight for each sample, ", samples);
  const Var y = aligned(y_true, y_pred), weights = reshape(sample_weight, samples);
  return loss_(y, y_pred, &weights);
}

namespace {

// How far probabilities that somebody has computed may be outside of [0, 1].
constexpr Real rounding = static_cast<Real>(1e-6);

// Throws unless `fits` every element of y, naming the sample of the first that it does not.
template <class Fits, class... Parts>
void check_elements(const Tensor& y, Fits fits, std::string_view who, const char* what, const Parts&... wanted) {
  const auto bad = std::find_if_not(y.data(), y.data() + y.size(), fits);
  if (bad == y.data() + y.size()) return;
  const std::size_t sample = static_cast<std::size_t>(bad - y.data()) / (y.size() / y.shape(0));
  throw ValueError(text(who, ": ", what, " ", *bad, " at sample ", sample, "; it takes ", wanted...));
}

}  // namespace

void Loss::check_targets(const Tensor& y_true, const Shape& output) const {
  const Shape y_pred = stacked(y_true.dimension() == 0 ? 0 : y_true.shape(0), output);
  if (targets_ == losses::Targets::anything) return;
  if (targets_ == losses::Targets::labels) {
    require_labels(name(), y_true.shape(), y_pred);
    const std::size_t classes = output[0];
    check_elements(
        y_true, [end = static_cast<Real>(classes)](Real y) { return y >= 0 && y < end && y == std::floor(y); }, name(),
        "label", "integers from 0 to ", classes - 1, ", for a model with ", classes, " outputs");
    return;
  }
  require_alike(name(), y_true.shape(), y_pred);
  if (targets_ == losses::Targets::probabilities)
    check_elements(
        y_true, [](Real y) { return y >= -rounding && y <= 1 + rounding; }, name(), "target", "numbers from 0 to 1");
  else
    check_elements(
        y_true, [](Real y) { return std::isfinite(y); }, name(), "target", "finite numbers");
}

}  // namespace xgrad::inline XGRAD_PRECISION
