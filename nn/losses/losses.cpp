#include <xgrad/nn/losses/losses.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/detail/targets.hpp>

namespace xgrad::inline XGRAD_PRECISION {

std::span<const std::pair<std::string_view, Loss (*)()>> all_losses() {
  static constexpr auto make = []<class L>(L) -> Loss (*)() { return [] { return Loss(L{}); }; };
  using namespace losses;
  static const std::pair<std::string_view, Loss (*)()> all[] = {
      {"mean_squared_error", make(MeanSquaredError{})},
      {"mse", make(MeanSquaredError{})},
      {"mean_absolute_error", make(MeanAbsoluteError{})},
      {"mae", make(MeanAbsoluteError{})},
      {"mean_absolute_percentage_error", make(MeanAbsolutePercentageError{})},
      {"mape", make(MeanAbsolutePercentageError{})},
      {"mean_squared_logarithmic_error", make(MeanSquaredLogarithmicError{})},
      {"msle", make(MeanSquaredLogarithmicError{})},
      {"huber", make(Huber{})},
      {"log_cosh", make(LogCosh{})},
      {"poisson", make(Poisson{})},
      {"cosine_similarity", make(CosineSimilarity{})},
      {"binary_crossentropy", make(BinaryCrossentropy{})},
      {"bce", make(BinaryCrossentropy{})},
      {"categorical_crossentropy", make(CategoricalCrossentropy{})},
      {"sparse_categorical_crossentropy", make(SparseCategoricalCrossentropy{})},
      {"crossentropy", make(Crossentropy{})},
      {"ce", make(Crossentropy{})},
      {"binary_focal_crossentropy", make(BinaryFocalCrossentropy{})},
      {"categorical_focal_crossentropy", make(CategoricalFocalCrossentropy{})},
      {"hinge", make(Hinge{})},
      {"squared_hinge", make(SquaredHinge{})},
      {"categorical_hinge", make(CategoricalHinge{})},
      {"kl_divergence", make(KLDivergence{})},
      {"kld", make(KLDivergence{})},
      {"dice", make(Dice{})},
      {"tversky", make(Tversky{})}};
  return all;
}

Loss Loss::named(std::string_view name) { return find_named("loss", all_losses(), name)(); }

bool Loss::can_be_saved() const {
  for (const auto& [name, make] : all_losses())
    if (name == loss_.name()) return make().loss_.is_like(loss_);
  return false;
}

void Loss::fields(Fields& f) {
  named_fields("loss", *this, &Loss::loss_, f);
  if (std::string* const reduction = counting_(loss_.get("loss")).reduction) f("reduction", *reduction);
  check_reduction();
}

void Loss::check_reduction() const {
  const std::string* const reduction = counting_(loss_.get("loss")).reduction;
  if (reduction == nullptr) return;
  for (const char* known : {"sum_over_batch_size", "mean", "sum", "mean_with_sample_weight"})
    if (*reduction == known) return;
  throw ValueError(text(name(), ": reduction is \"", *reduction,
                        "\"; it takes sum_over_batch_size, mean, sum or mean_with_sample_weight"));
}

// Of a loss whose targets depend on the shapes, as Keras chooses.
losses::Targets Loss::targets_for(const Shape& t, const Shape& p) const {
  using enum losses::Targets;
  if (targets_ != by_shape) return targets_;
  const bool binary = p.size() < 2 || p.back() == 1;
  return !binary && !t.empty() && (t.size() < p.size() || t.back() == 1) ? labels : probabilities;
}

// The targets in the shape that the loss takes.
Var Loss::aligned(Var y_true, Var y_pred) const {
  const Shape &t = y_true.shape(), &p = y_pred.shape();
  const losses::Targets targets = targets_for(t, p);
  if (targets == losses::Targets::anything) {
    require(element_count(p) > 0, name(), ": an empty batch: y_pred has shape ", p);
    return same_column(t, p) ? reshape(y_true, p) : y_true;
  }
  if (targets == losses::Targets::labels) {
    require_labels(name(), t, p);
    return reshape(y_true, {t[0]});
  }
  require_alike(name(), t, p);
  return reshape(y_true, p);
}

Var Loss::mean(Var y_true, Var y_pred, const Var* sample_weight) const {
  if (sample_weight == nullptr) return loss_(aligned(y_true, y_pred), y_pred, nullptr);
  const Shape &p = y_pred.shape(), &w = sample_weight->shape();
  require(!p.empty(), name(), ": y_pred has shape (); with sample_weight it takes (n, ...)");
  const Shape samples{p[0]};
  require(w == samples || same_column(w, samples), name(), ": sample_weight has shape ", w,
          "; it takes one weight for each sample, ", samples);
  const Var y = aligned(y_true, y_pred), weights = reshape(*sample_weight, samples);
  return loss_(y, y_pred, &weights);
}

Var Loss::part(Var y_true, Var y_pred, const Var* weight, const Tensor& all_true, const Tensor* all_weights) const {
  const Var loss = mean(y_true, y_pred, weight);
  const double by = factor(y_pred.shape(), all_true, all_weights);
  return by == 1 ? loss : loss * by;
}

Var Loss::operator()(Var y_true, Var y_pred) const { return part(y_true, y_pred, nullptr, y_true.value(), nullptr); }

Var Loss::operator()(Var y_true, Var y_pred, Var sample_weight) const {
  return part(y_true, y_pred, &sample_weight, y_true.value(), &sample_weight.value());
}

bool Loss::counts_batch() const {
  const Counting c = counting_(loss_.get("loss"));
  return c.reduction && (c.ignored || (*c.reduction != "sum_over_batch_size" && *c.reduction != "mean"));
}

double Loss::counted(const Tensor& y_true, const Tensor* weights) const {
  const std::optional<double> ignored = counting_(loss_.get("loss")).ignored;
  const std::size_t n = y_true.dimension() == 0 ? 1 : y_true.shape(0);
  double count = 0;
  for (std::size_t i = 0; i < n; ++i)
    if (!ignored || y_true.data()[i] != static_cast<Real>(*ignored)) count += weights ? double{weights->data()[i]} : 1;
  return count;
}

// By what the mean over the samples of a batch is multiplied to make it what the reduction says. `part` is the shape of
// some of its predictions.
double Loss::factor(const Shape& part, const Tensor& all_true, const Tensor* all_weights) const {
  if (!counts_batch()) return 1;
  const Counting c = counting_(loss_.get("loss"));
  const double n = part.empty() ? 1 : static_cast<double>(all_true.shape(0));
  if (*c.reduction == "sum") {
    if (c.of_batch) return all_weights ? n : 1;
    const auto rank = static_cast<std::int64_t>(part.size()), axis = c.axis < 0 ? c.axis + rank : c.axis;
    if (rank < 2) return c.by_rows ? 1 : n;
    require(axis > 0 && axis < rank, name(), ": axis ", c.axis, " of predictions ", part, "; it takes 1 to ", rank - 1);
    return n * static_cast<double>(element_count(part) / part[0] / part[static_cast<std::size_t>(axis)]);
  }
  const double count = counted(all_true, *c.reduction == "mean_with_sample_weight" ? all_weights : nullptr);
  return count == 0 ? 0 : n / count;
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
  const losses::Targets targets = targets_for(y_true.shape(), y_pred);
  if (targets == losses::Targets::anything) return;
  if (targets == losses::Targets::labels) {
    require_labels(name(), y_true.shape(), y_pred);
    const std::size_t classes = output[0];
    const auto end = static_cast<Real>(classes);
    const std::optional<double> ignored = counting_(loss_.get("loss")).ignored;
    const auto fits = [&](Real y) {
      return (y >= 0 && y < end && y == std::floor(y)) || (ignored && y == static_cast<Real>(*ignored));
    };
    check_elements(y_true, fits, name(), "label", "integers from 0 to ", classes - 1, ", for a model with ", classes,
                   " outputs");
    return;
  }
  require_alike(name(), y_true.shape(), y_pred);
  if (targets == losses::Targets::probabilities)
    check_elements(
        y_true, [](Real y) { return y >= -rounding && y <= 1 + rounding; }, name(), "target", "numbers from 0 to 1");
  else
    check_elements(
        y_true, [](Real y) { return std::isfinite(y); }, name(), "target", "finite numbers");
}

std::string Loss::doubts(const Tensor& y_pred) const {
  const auto* const categorical = loss_.as<losses::CategoricalCrossentropy>();
  const auto* const sparse = loss_.as<losses::SparseCategoricalCrossentropy>();
  const auto* const binary = loss_.as<losses::BinaryCrossentropy>();
  const bool of_classes = categorical || sparse, takes_logits = (categorical && categorical->from_logits) ||
                                                                (sparse && sparse->from_logits) ||
                                                                (binary && binary->from_logits);
  if (!of_classes && !binary && targets_ != losses::Targets::probabilities) return "";
  const std::size_t classes = y_pred.shape().back();
  if (of_classes && classes == 1) return text(name(), " of one class; binary_crossentropy?");

  std::optional<double> odd;  // what shows that they are no probabilities
  for (const Real p : y_pred)
    if (!odd && (p < -rounding || p > 1 + rounding)) odd = p;
  const std::string given = odd ? text("the model gives ", *odd) : "";
  for (std::size_t i = 0; of_classes && !odd && i < y_pred.size(); i += classes) {
    const double total = std::accumulate(y_pred.data() + i, y_pred.data() + i + classes, 0.0);
    if (std::abs(total - 1) > 0.01) odd = total;
  }
  if (takes_logits)
    return of_classes && !odd ? text(name(), " from_logits, and the model gives probabilities; linear?") : "";
  if (!odd) return "";
  return text(name(), " takes probabilities, and ",
              given.empty() ? text("a row of the model's adds up to ", *odd) : given,
              binary       ? "; sigmoid, or from_logits?"
              : of_classes ? "; softmax, or from_logits?"
                           : "; softmax?");
}

}  // namespace xgrad::inline XGRAD_PRECISION
