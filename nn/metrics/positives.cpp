#include <algorithm>
#include <cmath>

#include <xgrad/nn/detail/targets.hpp>
#include <xgrad/nn/metrics/metrics.hpp>

// Counts of positives and negatives, true and false, and what is made of them.

namespace xgrad::inline XGRAD_PRECISION {

namespace {

double ratio(double a, double b) { return b == 0 ? 0 : a / b; }

void require_threshold(const char* who, const char* option, double threshold) {
  require<ValueError>(threshold >= 0 && threshold <= 1, who, ": ", option, " is ", threshold, "; it takes 0 to 1");
}

}  // namespace

namespace metrics {

void Precision::check() const { require_threshold(name, "thresholds", thresholds); }
void Precision::update(const Tensor& y_true, const Tensor& y_pred) {
  require_alike(name, y_true.shape(), y_pred.shape());
  const Real threshold = static_cast<Real>(thresholds);
  for (std::size_t i = 0; i < y_pred.size(); ++i) {
    if (y_pred.data()[i] > threshold) {
      positive.total += y_true.data()[i] != 0;
      positive.count += 1;
    }
  }
}

void Recall::check() const { require_threshold(name, "thresholds", thresholds); }
void Recall::update(const Tensor& y_true, const Tensor& y_pred) {
  require_alike(name, y_true.shape(), y_pred.shape());
  const Real threshold = static_cast<Real>(thresholds);
  for (std::size_t i = 0; i < y_pred.size(); ++i) {
    if (y_true.data()[i] != 0) {
      found.total += y_pred.data()[i] > threshold;
      found.count += 1;
    }
  }
}

void F1Score::check() const {
  require<ValueError>(average == "macro" || average == "micro" || average == "weighted", name, ": average is \"",
                      average, "\"; it takes macro, micro or weighted");
  require_threshold(name, "threshold", threshold);
}

void F1Score::update(const Tensor& y_true, const Tensor& y_pred) {
  require_alike(name, y_true.shape(), y_pred.shape());
  require(y_pred.dimension() <= 2, name, ": y_pred has shape ", y_pred.shape(), "; it takes (n, classes)");
  const std::size_t n = y_pred.dimension() == 2 ? y_pred.shape(1) : 1;
  require<ValueError>(n > 1 || threshold > 0, name, ": one prediction for each sample, ", y_pred.shape(),
                      ", takes a threshold, such as 0.5");
  if (classes.empty()) classes.resize(n);
  require(classes.size() == n, name, ": ", n, " classes after ", classes.size());
  for (std::size_t i = 0; i < y_pred.size(); i += n) {
    const Real *t = y_true.data() + i, *p = y_pred.data() + i;
    const Real top = *std::max_element(p, p + n);
    for (std::size_t k = 0; k < n; ++k) {
      // A row of zeros has no largest prediction: as Keras, not all of them.
      const bool positive = threshold > 0 ? p[k] > static_cast<Real>(threshold) : p[k] >= top && std::abs(p[k]) > 1e-9;
      classes[k].true_positives += positive && t[k] != 0;
      classes[k].false_positives += positive && t[k] == 0;
      classes[k].false_negatives += !positive && t[k] != 0;
    }
  }
}

double F1Score::result() const {
  const auto f1 = [](const Counts& c) {
    return ratio(2 * c.true_positives, 2 * c.true_positives + c.false_positives + c.false_negatives);
  };
  Counts all;
  double total = 0, weights = 0;
  for (const Counts& c : classes) {
    all.true_positives += c.true_positives;
    all.false_positives += c.false_positives;
    all.false_negatives += c.false_negatives;
    const double weight = average == "weighted" ? c.true_positives + c.false_negatives : 1;
    total += weight * f1(c);
    weights += weight;
  }
  return average == "micro" ? f1(all) : ratio(total, weights);
}

void AUC::check() const {
  require<ValueError>(num_thresholds >= 2, name, ": num_thresholds is ", num_thresholds, "; it takes 2 or more");
  require<ValueError>(curve == "ROC" || curve == "PR", name, ": curve is \"", curve, "\"; it takes ROC or PR");
}

void AUC::update(const Tensor& y_true, const Tensor& y_pred) {
  require_alike(name, y_true.shape(), y_pred.shape());
  buckets.resize(num_thresholds);
  const Real steps = static_cast<Real>(num_thresholds - 1);
  for (std::size_t i = 0; i < y_pred.size(); ++i) {
    const Real p = y_pred.data()[i];
    // p is above the thresholds 0, 1/steps, 2/steps ... that are below it, and even 0 is above the first, -1e-7.
    const bool known = !std::isnan(p);
    const Real above = known ? std::max(std::ceil(std::clamp<Real>(p, 0, 1) * steps) - 1, Real(0)) : 0;
    Bucket& bucket = buckets[static_cast<std::size_t>(above)];
    (y_true.data()[i] != 0 ? bucket.positives : bucket.negatives) += known ? 1 : double{p};
  }
}

double AUC::result() const {
  double positives = 0, negatives = 0;
  for (const Bucket& bucket : buckets) {
    positives += bucket.positives;
    negatives += bucket.negatives;
  }
  // From the highest threshold, which nothing is above, down: (tp, fp) at one, and (tp_next, fp_next) at the next.
  double area = 0, tp = 0, fp = 0;
  for (std::size_t i = buckets.size(); i-- > 0;) {
    const double tp_next = tp + buckets[i].positives, fp_next = fp + buckets[i].negatives;
    if (curve == "ROC") {
      area += ratio(fp_next - fp, negatives) * ratio(tp_next + tp, positives) / 2;
    } else {
      // Between the points tp is linear in all = tp + fp, so that precision tp / all integrates to a logarithm.
      const double all = tp + fp, all_next = tp_next + fp_next;
      const double slope = ratio(tp_next - tp, all_next - all), intercept = tp - slope * all;
      const double log_ratio = all > 0 && all_next > 0 ? std::log(all_next / all) : 0;
      area += ratio(slope * (tp_next - tp + intercept * log_ratio), positives);
    }
    tp = tp_next;
    fp = fp_next;
  }
  return area;
}

}  // namespace metrics

Tensor confusion_matrix(const Tensor& labels, const Tensor& predictions, std::size_t classes) {
  const bool rows = predictions.dimension() == 2 && predictions.shape(1) > 1;
  if (rows)
    require_labels("confusion_matrix", labels.shape(), predictions.shape());
  else
    require_alike("confusion_matrix", labels.shape(), predictions.shape());
  require(!rows || predictions.shape(1) == classes, "confusion_matrix: predictions of shape ", predictions.shape(),
          " for ", classes, " classes; it takes (n, ", classes, "), or labels");
  const auto index = [&](const char* what, Real label, std::size_t sample) {
    require<ValueError>(label >= 0 && label < static_cast<Real>(classes) && label == std::floor(label),
                        "confusion_matrix: ", what, " ", label, " at sample ", sample,
                        "; it takes integers from 0, for ", classes, " classes");
    return static_cast<std::size_t>(label);
  };
  Tensor counts = zeros({classes, classes});
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const Real* p = predictions.data() + (rows ? i * classes : i);
    const std::size_t actual = index("label", labels.data()[i], i);
    const std::size_t predicted =
        rows ? static_cast<std::size_t>(std::max_element(p, p + classes) - p) : index("prediction", *p, i);
    counts(actual, predicted) += 1;
  }
  return counts;
}

}  // namespace xgrad::inline XGRAD_PRECISION
