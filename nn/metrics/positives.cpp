#include <algorithm>
#include <cmath>

#include <xgrad/nn/detail/targets.hpp>
#include <xgrad/nn/metrics/detail/values.hpp>
#include <xgrad/nn/metrics/metrics.hpp>

// Counts of positives and negatives, true and false, and what is made of them.

namespace xgrad::inline XGRAD_PRECISION::metrics {

namespace {

constexpr Real below_all = Real(-1e10);  // what Keras puts in place of predictions that are not among the top k

void check_threshold(const char* who, const char* option, double threshold) {
  require<ValueError>(threshold >= 0 && threshold <= 1, who, ": ", option, " is ", threshold, "; it takes 0 to 1");
}

void check_thresholds(const char* who, const Numbers& thresholds) {
  require<ValueError>(thresholds.size() <= 10'000, who, ": there are ", thresholds.size(),
                      " thresholds; it takes at most 10,000");
  for (const double threshold : thresholds) check_threshold(who, "thresholds", threshold);
}

void check_class(const char* who, std::optional<double> id) {
  require<ValueError>(!id || (*id >= 0 && *id < 1e9 && *id == std::floor(*id)), who, ": class_id is ", id.value_or(0),
                      "; it takes 0, 1, ...");
}

// The extent of the last axis, if there are samples before it, else 1. Throws for targets that do not fit, and for a
// class that there is not.
std::size_t columns_of(const char* who, const Tensor& y_true, const Tensor& y_pred, std::optional<double> class_id) {
  require_alike(who, y_true.shape(), y_pred.shape());
  const std::size_t columns = y_pred.dimension() > 1 ? y_pred.shape().back() : 1;
  require(!class_id || *class_id < static_cast<double>(columns), who, ": class_id is ", class_id.value_or(0),
          " for y_pred of shape ", y_pred.shape());
  return columns;
}

// Calls add(column, is_positive, prediction, weight) for every element, or those of one class. If the prediction is
// NaN, so is the weight.
template <class Add>
void each_target(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights, std::size_t columns,
                 std::optional<double> class_id, Add add) {
  const std::size_t each = y_pred.size() / samples_of(y_pred), step = class_id ? columns : 1;
  for (std::size_t i = class_id ? static_cast<std::size_t>(*class_id) : 0; i < y_pred.size(); i += step) {
    const Real p = y_pred.data()[i];
    const double weight = std::isnan(p) ? double{p} : weights ? double{weights->data()[i / each]} : 1;
    add(i % columns, y_true.data()[i] != 0, i, weight);
  }
}

// Whether a prediction is one of the k largest in its row, of equal ones the first.
bool is_among_top(const Real* row, std::size_t columns, std::size_t at, std::size_t k) {
  std::size_t before = 0;
  for (std::size_t j = 0; j < columns; ++j) before += row[j] > row[at] || (row[j] == row[at] && j < at);
  return before < k;
}

void add(Positives& to, bool positive, bool predicted, double weight) {
  (positive    ? predicted ? to.true_positives : to.false_negatives
   : predicted ? to.false_positives
               : to.true_negatives) += weight;
  if (std::isnan(weight)) to = {weight, weight, weight, weight};
}

void count(std::vector<Positives>& counts, const char* who, const Tensor& y_true, const Tensor& y_pred,
           const Tensor* weights, const Numbers& thresholds, std::size_t top_k = 0,
           std::optional<double> class_id = {}) {
  const std::size_t columns = columns_of(who, y_true, y_pred, class_id);
  require(top_k == 0 || y_pred.dimension() > 1, who, ": y_pred has shape ", y_pred.shape(),
          "; with top_k it takes (n, ..., classes)");
  counts.resize(thresholds.empty() ? 1 : thresholds.size());
  const double usual = top_k > 0 ? double{below_all} : 0.5;
  each_target(y_true, y_pred, weights, columns, class_id,
              [&](std::size_t column, bool positive, std::size_t i, double weight) {
                const Real* const row = y_pred.data() + i - column;
                if (top_k > 0 && has_nan(row, columns)) weight = std::nan("");
                const Real p = top_k > 0 && !is_among_top(row, columns, column, top_k) ? below_all : y_pred.data()[i];
                for (std::size_t k = 0; k < counts.size(); ++k)
                  add(counts[k], positive, p > static_cast<Real>(thresholds.empty() ? usual : thresholds[k]), weight);
              });
}

}  // namespace

void Precision::check() const {
  check_thresholds(name, thresholds);
  check_class(name, class_id);
}
void Precision::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  count(counts, name, y_true, y_pred, weights, thresholds, top_k, class_id);
}
double Precision::result(std::size_t k) const {
  const Positives c = counts.empty() ? Positives{} : counts.at(k);
  return ratio(c.true_positives, c.true_positives + c.false_positives);
}

void Recall::check() const {
  check_thresholds(name, thresholds);
  check_class(name, class_id);
}
void Recall::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  count(counts, name, y_true, y_pred, weights, thresholds, top_k, class_id);
}
double Recall::result(std::size_t k) const {
  const Positives c = counts.empty() ? Positives{} : counts.at(k);
  return ratio(c.true_positives, c.true_positives + c.false_negatives);
}

void TruePositives::check() const { check_thresholds(name, thresholds); }
void TruePositives::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  count(counts, name, y_true, y_pred, weights, thresholds);
}
void FalsePositives::check() const { check_thresholds(name, thresholds); }
void FalsePositives::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  count(counts, name, y_true, y_pred, weights, thresholds);
}
void TrueNegatives::check() const { check_thresholds(name, thresholds); }
void TrueNegatives::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  count(counts, name, y_true, y_pred, weights, thresholds);
}
void FalseNegatives::check() const { check_thresholds(name, thresholds); }
void FalseNegatives::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  count(counts, name, y_true, y_pred, weights, thresholds);
}

namespace {

void check_average(const char* who, const std::string& average) {
  require<ValueError>(average == "macro" || average == "micro" || average == "weighted" || average == "none", who,
                      ": average is \"", average, "\"; it takes macro, micro, weighted or none");
}

void count_classes(std::vector<Positives>& classes, const char* who, const Tensor& y_true, const Tensor& y_pred,
                   const Tensor* weights, double threshold) {
  require_alike(who, y_true.shape(), y_pred.shape());
  require(y_pred.dimension() <= 2, who, ": y_pred has shape ", y_pred.shape(), "; it takes (n, classes)");
  const std::size_t n = y_pred.dimension() == 2 ? y_pred.shape(1) : 1;
  if (classes.empty()) classes.resize(n);
  require(classes.size() == n, who, ": ", n, " classes after ", classes.size());
  for (std::size_t i = 0; i < y_pred.size(); i += n) {
    const Real *t = y_true.data() + i, *p = y_pred.data() + i;
    const Real top = *std::max_element(p, p + n);
    const bool nan = has_nan(p, n);
    const double weight = nan ? std::nan("") : weights ? double{weights->data()[i / n]} : 1;
    for (std::size_t k = 0; k < n; ++k) {
      // A row of zeros has no largest prediction: as Keras, not all of them.
      const bool positive = threshold > 0 ? p[k] > static_cast<Real>(threshold) : p[k] >= top && std::abs(p[k]) > 1e-9;
      // as in Keras, a target between 0 and 1 is partly positive
      const double t_k = t[k];
      (positive ? classes[k].true_positives : classes[k].false_negatives) += weight * t_k;
      (positive ? classes[k].false_positives : classes[k].true_negatives) += weight * (1 - t_k);
      if (nan) classes[k] = {weight, weight, weight, weight};
    }
  }
}

double f_score(const std::vector<Positives>& classes, const std::string& average, double beta, std::size_t k) {
  const auto score = [more = beta * beta](const Positives& c) {
    const double found = (1 + more) * c.true_positives;
    return ratio(found, found + c.false_positives + more * c.false_negatives);
  };
  if (average == "none") return score(classes.at(k));
  Positives all;
  double total = 0, weights = 0;
  for (const Positives& c : classes) {
    all.true_positives += c.true_positives;
    all.false_positives += c.false_positives;
    all.false_negatives += c.false_negatives;
    const double weight = average == "weighted" ? c.true_positives + c.false_negatives : 1;
    total += weight * score(c);
    weights += weight;
  }
  return average == "micro" ? score(all) : ratio(total, weights);
}

}  // namespace

void FBetaScore::check() const {
  check_average(name, average);
  require<ValueError>(beta > 0 && std::isfinite(beta), name, ": beta is ", beta, "; it takes a number above 0");
  check_threshold(name, "threshold", threshold);
}
void FBetaScore::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  count_classes(classes, name, y_true, y_pred, weights, threshold);
}
double FBetaScore::result(std::size_t k) const { return f_score(classes, average, beta, k); }

void F1Score::check() const {
  check_average(name, average);
  check_threshold(name, "threshold", threshold);
}
void F1Score::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  count_classes(classes, name, y_true, y_pred, weights, threshold);
}
double F1Score::result(std::size_t k) const { return f_score(classes, average, 1, k); }

}  // namespace xgrad::inline XGRAD_PRECISION::metrics
