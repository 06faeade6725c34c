#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include <xgrad/nn/detail/targets.hpp>
#include <xgrad/nn/metrics/detail/values.hpp>
#include <xgrad/nn/metrics/metrics.hpp>

// Metrics of all thresholds from 0 to 1. Predictions are counted in the bucket between two of them, and then from the
// highest threshold, which nothing is above, down.

namespace xgrad::inline XGRAD_PRECISION::metrics {

namespace {

constexpr std::size_t most_thresholds = 100'000;  // 1.6 MB for each label

Bucket total(std::span<const Bucket> buckets) {
  Bucket all;
  for (const Bucket& bucket : buckets) {
    all.positives += bucket.positives;
    all.negatives += bucket.negatives;
  }
  return all;
}

// The number of the last of n thresholds, evenly from 0 to 1, that p is above; -1 if it is above none.
std::ptrdiff_t bucket_of(Real p, std::size_t n) {
  return static_cast<std::ptrdiff_t>(std::ceil(std::clamp<Real>(p, 0, 1) * static_cast<Real>(n - 1))) - 1;
}

double area(std::span<const Bucket> buckets, bool roc) {
  const auto [positives, negatives] = total(buckets);
  double area = 0, tp = 0, fp = 0;  // at one threshold, and tp_next and fp_next at the next
  for (std::size_t i = buckets.size(); i-- > 0;) {
    const double tp_next = tp + buckets[i].positives, fp_next = fp + buckets[i].negatives;
    if (roc) {
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

}  // namespace

void AUC::check() const {
  require<ValueError>(num_thresholds >= 2, name, ": num_thresholds is ", num_thresholds, "; it takes 2 or more");
  require<ValueError>(num_thresholds <= most_thresholds, name, ": num_thresholds is ", num_thresholds,
                      "; it takes at most 100,000");
  require<ValueError>(curve == "ROC" || curve == "PR", name, ": curve is \"", curve, "\"; it takes ROC or PR");
}

void AUC::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  require_alike(name, y_true.shape(), y_pred.shape());
  require(!multi_label || y_pred.dimension() == 2, name, ": y_pred has shape ", y_pred.shape(),
          "; with multi_label it takes (n, labels)");
  const std::size_t labels = multi_label ? y_pred.shape(1) : 1, each = y_pred.size() / samples_of(y_pred);
  require(buckets.empty() || buckets.size() == labels * num_thresholds, name, ": ", labels, " labels after ",
          buckets.size() / num_thresholds);
  buckets.resize(labels * num_thresholds);
  for (std::size_t i = 0; i < y_pred.size(); ++i) {
    const Real given = y_pred.data()[i], p = from_logits ? 1 / (1 + std::exp(-given)) : given;
    const bool known = !std::isnan(p);
    // Even 0 is above the first threshold, -1e-7.
    const std::ptrdiff_t above = known ? std::max<std::ptrdiff_t>(bucket_of(p, num_thresholds), 0) : 0;
    Bucket& bucket = buckets[i % labels * num_thresholds + static_cast<std::size_t>(above)];
    const double weight = weights ? double{weights->data()[i / each]} : 1;
    (y_true.data()[i] != 0 ? bucket.positives : bucket.negatives) += known ? weight : double{p};
  }
}

double AUC::result() const {
  Mean areas;
  for (std::size_t begin = 0; begin < buckets.size(); begin += num_thresholds) {
    areas.total += area(std::span(buckets).subspan(begin, num_thresholds), curve == "ROC");
    areas.count += 1;
  }
  return areas.result();
}

namespace {

void check_share(const char* who, const char* option, double share, std::size_t n, std::optional<double> class_id) {
  require<ValueError>(share >= 0 && share <= 1, who, ": ", option, " is ", share, "; it takes 0 to 1");
  require<ValueError>(n >= 1 && n <= most_thresholds, who, ": num_thresholds is ", n, "; it takes 1 to 100,000");
  require<ValueError>(!class_id || (*class_id >= 0 && *class_id < 1e9 && *class_id == std::floor(*class_id)), who,
                      ": class_id is ", class_id.value_or(0), "; it takes 0, 1, ...");
}

// Into one more bucket than thresholds: the first is of what is above none.
void sort(std::vector<Bucket>& buckets, const char* who, const Tensor& y_true, const Tensor& y_pred,
          const Tensor* weights, std::size_t n, std::optional<double> class_id) {
  require_alike(who, y_true.shape(), y_pred.shape());
  const std::size_t columns = y_pred.dimension() > 1 ? y_pred.shape().back() : 1;
  require(!class_id || *class_id < static_cast<double>(columns), who, ": class_id is ", class_id.value_or(0),
          " for y_pred of shape ", y_pred.shape());
  buckets.resize(n + 1);
  const std::size_t each = y_pred.size() / samples_of(y_pred), step = class_id ? columns : 1;
  for (std::size_t i = class_id ? static_cast<std::size_t>(*class_id) : 0; i < y_pred.size(); i += step) {
    const Real p = y_pred.data()[i];
    const bool known = !std::isnan(p);
    const std::ptrdiff_t above = !known ? 0 : n == 1 ? (p > Real(0.5)) - 1 : bucket_of(p, n);
    Bucket& bucket = buckets[static_cast<std::size_t>(above + 1)];
    const double weight = weights ? double{weights->data()[i / each]} : 1;
    (y_true.data()[i] != 0 ? bucket.positives : bucket.negatives) += known ? weight : double{p};
  }
}

// The largest second number of shares(tp, fp, tn, fn) at any threshold where the first is at least `least`, to
// rounding.
template <class Shares>
double best(const std::vector<Bucket>& buckets, double least, Shares shares) {
  const auto [positives, negatives] = total(buckets);
  if (std::isnan(positives + negatives)) return positives + negatives;
  double best = 0, tp = 0, fp = 0;
  for (std::size_t i = buckets.size(); i-- > 1;) {
    tp += buckets[i].positives;
    fp += buckets[i].negatives;
    const auto [given, wanted] = shares(tp, fp, negatives - fp, positives - tp);
    if (given >= least - 1e-7) best = std::max(best, wanted);
  }
  return best;
}

}  // namespace

void PrecisionAtRecall::check() const { check_share(name, "recall", recall, num_thresholds, class_id); }
void PrecisionAtRecall::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  sort(buckets, name, y_true, y_pred, weights, num_thresholds, class_id);
}
double PrecisionAtRecall::result() const {
  return best(buckets, recall, [](double tp, double fp, double, double fn) {
    return std::pair(ratio(tp, tp + fn), ratio(tp, tp + fp));
  });
}

void RecallAtPrecision::check() const { check_share(name, "precision", precision, num_thresholds, class_id); }
void RecallAtPrecision::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  sort(buckets, name, y_true, y_pred, weights, num_thresholds, class_id);
}
double RecallAtPrecision::result() const {
  return best(buckets, precision, [](double tp, double fp, double, double fn) {
    return std::pair(ratio(tp, tp + fp), ratio(tp, tp + fn));
  });
}

void SensitivityAtSpecificity::check() const {
  check_share(name, "specificity", specificity, num_thresholds, class_id);
}
void SensitivityAtSpecificity::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  sort(buckets, name, y_true, y_pred, weights, num_thresholds, class_id);
}
double SensitivityAtSpecificity::result() const {
  return best(buckets, specificity, [](double tp, double fp, double tn, double fn) {
    return std::pair(ratio(tn, tn + fp), ratio(tp, tp + fn));
  });
}

void SpecificityAtSensitivity::check() const {
  check_share(name, "sensitivity", sensitivity, num_thresholds, class_id);
}
void SpecificityAtSensitivity::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  sort(buckets, name, y_true, y_pred, weights, num_thresholds, class_id);
}
double SpecificityAtSensitivity::result() const {
  return best(buckets, sensitivity, [](double tp, double fp, double tn, double fn) {
    return std::pair(ratio(tp, tp + fn), ratio(tn, tn + fp));
  });
}

}  // namespace xgrad::inline XGRAD_PRECISION::metrics
