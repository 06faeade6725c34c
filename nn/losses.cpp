#include <xgrad/nn/losses.hpp>

#include <algorithm>
#include <cmath>
#include <variant>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/nn/named.hpp>
#include <xgrad/nn/targets.hpp>

namespace xgrad::inline XGRAD_PRECISION {

using namespace losses;

struct losses::Any {
  std::variant<MeanSquaredError, MeanAbsoluteError, Huber, BinaryCrossentropy, CategoricalCrossentropy,
               SparseCategoricalCrossentropy, Hinge, KLDivergence, Custom>
      loss;
};

namespace {

template <class L>
constexpr bool takes_labels = std::same_as<L, SparseCategoricalCrossentropy>;

template <class L>
constexpr bool takes_probabilities =
    std::same_as<L, BinaryCrossentropy> || std::same_as<L, CategoricalCrossentropy> || std::same_as<L, KLDivergence>;

// How far probabilities that somebody has computed may be outside of [0, 1].
constexpr Real rounding = static_cast<Real>(1e-6);

// Each loss of a batch, of targets whose shape fits: with no weights, or with one more Var for them.

template <class... Weights>
Var compute(const MeanSquaredError&, Var t, Var p, Weights... w) {
  return mean_squared_error(t, p, w...);
}

template <class... Weights>
Var compute(const MeanAbsoluteError&, Var t, Var p, Weights... w) {
  return mean_absolute_error(t, p, w...);
}

template <class... Weights>
Var compute(const Huber& loss, Var t, Var p, Weights... w) {
  return huber(t, p, w..., static_cast<Real>(loss.delta));
}

Var smoothed(Var t, double smoothing, double classes) {
  return smoothing == 0 ? t : t * (1 - smoothing) + smoothing / classes;
}

template <class... Weights>
Var compute(const BinaryCrossentropy& loss, Var t, Var p, Weights... w) {
  t = smoothed(t, loss.label_smoothing, 2);
  return loss.from_logits ? binary_crossentropy_from_logits(t, p, w...) : binary_crossentropy(t, p, w...);
}

template <class... Weights>
Var compute(const CategoricalCrossentropy& loss, Var t, Var p, Weights... w) {
  if (!p.shape().empty()) t = smoothed(t, loss.label_smoothing, static_cast<double>(p.shape().back()));
  return loss.from_logits ? categorical_crossentropy_from_logits(t, p, w...) : categorical_crossentropy(t, p, w...);
}

template <class... Weights>
Var compute(const SparseCategoricalCrossentropy& loss, Var labels, Var p, Weights... w) {
  return loss.from_logits ? softmax_cross_entropy(labels, p, w...) : sparse_categorical_crossentropy(labels, p, w...);
}

// Per sample, the first axis: the sum of all its elements, (n,).
Var sample_sums(Var x) {
  const std::size_t n = x.shape()[0];
  return reshape(sum_to(reshape(x, {n, x.value().size() / n}), {n, 1}), {n});
}

Var weighted_sum(Var x) { return sum(x); }
Var weighted_sum(Var x, Var weights) { return sum(sample_sums(x) * weights); }

template <class... Weights>
Var compute(const Hinge&, Var t, Var p, Weights... w) {
  const Tensor& y = t.value();
  if (std::all_of(y.begin(), y.end(), [](Real label) { return label == 0 || label == 1; })) t = 2 * t - 1;
  const Var loss = maximum(1 - t * p, 0);
  return weighted_sum(loss, w...) / loss.value().size();
}

template <class... Weights>
Var compute(const KLDivergence&, Var t, Var p, Weights... w) {
  t = clip(t, 1e-7, 1);
  const Var loss = t * log(t / clip(p, 1e-7, 1));
  const std::size_t classes = loss.shape().empty() ? 1 : loss.shape().back();
  return weighted_sum(loss, w...) / (loss.value().size() / classes);
}

Var compute(const Custom& loss, Var t, Var p) {
  const Var value = loss.function(t, p);
  if (value.shape().empty()) return value;
  require(!p.shape().empty() && value.shape() == Shape{p.shape()[0]}, "loss: the function's value has shape ",
          value.shape(), " for predictions ", p.shape(), "; it takes a number, or one value per sample, (n,)");
  return mean(value);
}

Var compute(const Custom& loss, Var t, Var p, Var weights) {
  const Var value = loss.function(t, p);
  require<ValueError>(!value.shape().empty(),
                      "loss: the function's value is one number for the batch, which cannot be weighted; return one "
                      "value per sample, (n,)");
  require(value.shape() == weights.shape(), "loss: the function's value has shape ", value.shape(), " for weights ",
          weights.shape(), "; it takes one value per sample, (n,)");
  return mean(value * weights);
}

// The targets in the shape that compute() takes.
template <class L>
Var aligned(const L& loss, Var y_true, Var y_pred) {
  const Shape &t = y_true.shape(), &p = y_pred.shape();
  if constexpr (std::same_as<L, Custom>) {
    require(element_count(p) > 0, loss.name, ": an empty batch: y_pred has shape ", p);
    return same_column(t, p) ? reshape(y_true, p) : y_true;
  } else if constexpr (takes_labels<L>) {
    require_labels(loss.name, t, p);
    return reshape(y_true, {t[0]});
  } else {
    require_alike(loss.name, t, p);
    return reshape(y_true, p);
  }
}

template <class L>
void check(const L& loss) {
  if constexpr (std::same_as<L, Huber>)
    require<ValueError>(loss.delta > 0 && std::isfinite(loss.delta), "huber: delta is ", loss.delta,
                        "; it takes a number above 0");
  if constexpr (requires { loss.label_smoothing; })
    require<ValueError>(loss.label_smoothing >= 0 && loss.label_smoothing <= 1, loss.name, ": label_smoothing is ",
                        loss.label_smoothing, "; it takes 0 to 1");
}

// Throws unless `fits` every element of y, naming the sample of the first that it does not.
template <class Fits, class... Parts>
void check_elements(const Tensor& y, Fits fits, std::string_view who, const char* what, const Parts&... wanted) {
  const auto bad = std::find_if_not(y.data(), y.data() + y.size(), fits);
  if (bad == y.data() + y.size()) return;
  const std::size_t sample = static_cast<std::size_t>(bad - y.data()) / (y.size() / y.shape(0));
  throw ValueError(text(who, ": ", what, " ", *bad, " at sample ", sample, "; it takes ", wanted...));
}

Any any_named(std::string_view name) {
  const std::pair<std::string_view, Any> known[] = {
      {"mse", {MeanSquaredError{}}},
      {"mean_squared_error", {MeanSquaredError{}}},
      {"mae", {MeanAbsoluteError{}}},
      {"mean_absolute_error", {MeanAbsoluteError{}}},
      {"huber", {Huber{}}},
      {"bce", {BinaryCrossentropy{}}},
      {"binary_crossentropy", {BinaryCrossentropy{}}},
      {"categorical_crossentropy", {CategoricalCrossentropy{}}},
      {"sparse_categorical_crossentropy", {SparseCategoricalCrossentropy{}}},
      {"hinge", {Hinge{}}},
      {"kld", {KLDivergence{}}},
      {"kl_divergence", {KLDivergence{}}}};
  return named("loss", known, name);
}

}  // namespace

Loss Loss::named(std::string_view name) { return any_named(name); }

Loss::Loss(Any any) : loss_(std::make_shared<const Any>(std::move(any))) {
  std::visit(
      [this](const auto& l) {
        check(l);
        name_ = l.name;
      },
      loss_->loss);
}

Loss::Loss(MeanSquaredError loss) : Loss(Any{loss}) {}
Loss::Loss(MeanAbsoluteError loss) : Loss(Any{loss}) {}
Loss::Loss(Huber loss) : Loss(Any{loss}) {}
Loss::Loss(BinaryCrossentropy loss) : Loss(Any{loss}) {}
Loss::Loss(CategoricalCrossentropy loss) : Loss(Any{loss}) {}
Loss::Loss(SparseCategoricalCrossentropy loss) : Loss(Any{loss}) {}
Loss::Loss(Hinge loss) : Loss(Any{loss}) {}
Loss::Loss(KLDivergence loss) : Loss(Any{loss}) {}
Loss::Loss(Custom loss) : Loss(Any{std::move(loss)}) {}

Loss::Loss(std::string_view name, Config options)
    : Loss([&] {
        Any any = any_named(name);
        std::visit(
            [&](auto& l) {
              if constexpr (requires { l.config(options); }) l.config(options);
            },
            any.loss);
        return any;
      }()) {}

bool Loss::can_be_saved() const { return !std::holds_alternative<Custom>(loss_->loss); }

void Loss::config(Config& options) const {
  std::visit(
      [&](auto l) {
        if constexpr (requires { l.config(options); }) l.config(options);
      },
      loss_->loss);
}

Var Loss::operator()(Var y_true, Var y_pred) const {
  return std::visit([&](const auto& l) { return compute(l, aligned(l, y_true, y_pred), y_pred); }, loss_->loss);
}

Var Loss::operator()(Var y_true, Var y_pred, Var sample_weight) const {
  const Shape &p = y_pred.shape(), &w = sample_weight.shape();
  require(!p.empty(), name_, ": y_pred has shape (); with sample_weight it takes (n, ...)");
  const Shape samples{p[0]};
  require(w == samples || same_column(w, samples), name_, ": sample_weight has shape ", w,
          "; it takes one weight for each sample, ", samples);
  return std::visit(
      [&](const auto& l) {
        const Var y = aligned(l, y_true, y_pred);
        return compute(l, y, y_pred, reshape(sample_weight, samples));
      },
      loss_->loss);
}

void Loss::check_targets(const Tensor& y_true, const Shape& output) const {
  const Shape y_pred = stacked(y_true.dimension() == 0 ? 0 : y_true.shape(0), output);
  std::visit(
      [&]<class L>(const L& l) {
        if constexpr (takes_labels<L>) {
          require_labels(l.name, y_true.shape(), y_pred);
          const std::size_t classes = output[0];
          check_elements(
              y_true, [end = static_cast<Real>(classes)](Real y) { return y >= 0 && y < end && y == std::floor(y); },
              l.name, "label", "integers from 0 to ", classes - 1, ", for a model with ", classes, " outputs");
        } else if constexpr (takes_probabilities<L>) {
          require_alike(l.name, y_true.shape(), y_pred);
          check_elements(
              y_true, [](Real y) { return y >= -rounding && y <= 1 + rounding; }, l.name, "target",
              "numbers from 0 to 1");
        } else if constexpr (!std::same_as<L, Custom>) {
          require_alike(l.name, y_true.shape(), y_pred);
          check_elements(
              y_true, [](Real y) { return std::isfinite(y); }, l.name, "target", "finite numbers");
        }
      },
      loss_->loss);
}

}  // namespace xgrad::inline XGRAD_PRECISION
