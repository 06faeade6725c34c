#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include <xgrad/core/fields.hpp>
#include <xgrad/nn/metrics/sums.hpp>

namespace xgrad::inline XGRAD_PRECISION::metrics {

// Positives and negatives: a target is positive unless it is 0, a prediction if it is above a threshold. With weights,
// (n,), a sample counts as often as its weight says. A prediction of NaN makes every number NaN that it has a part in.
// positives.cpp

/// A list of numbers, for an option that also takes one number.
struct Numbers : std::vector<double> {
  Numbers() = default;
  /// One number.
  Numbers(double one) : std::vector<double>{one} {}
  /// These numbers.
  Numbers(std::initializer_list<double> all) : std::vector<double>(all) {}
};

/// How often there was each of four cases: positive predictions of positive targets (true) and of others (false), and
/// negative predictions of others (true) and of positive targets (false).
struct Positives {
  double true_positives = 0, false_positives = 0, true_negatives = 0, false_negatives = 0;
};

/// tp / (tp + fp): the share of predictions above the threshold whose target is positive. 0 if none is above it. With a
/// list of thresholds it is several numbers, which are reported as precision_0, precision_1 ...
struct Precision {
  Numbers thresholds = {};  ///< from 0 to 1; none stands for 0.5, and with top_k for one below all predictions
  std::size_t top_k = 0;    ///< only a row's k largest predictions can be positive; 0, Keras's None, is all
  std::optional<double> class_id = {};  ///< the only class, the last axis, that is looked at; none for all

  static constexpr const char* name = "precision";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("thresholds", thresholds)("top_k", top_k)("class_id", class_id); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  std::size_t size() const { return thresholds.empty() ? 1 : thresholds.size(); }
  double result(std::size_t k = 0) const;
  void sums(Sums& f) { f(counts); }

  std::vector<Positives> counts{};
};

/// tp / (tp + fn): the share of positive targets whose prediction is above the threshold. 0 if no target is positive.
/// With a list of thresholds it is several numbers, which are reported as recall_0, recall_1 ...
struct Recall {
  Numbers thresholds = {};  ///< from 0 to 1; none stands for 0.5, and with top_k for one below all predictions
  std::size_t top_k = 0;    ///< only a row's k largest predictions can be positive; 0, Keras's None, is all
  std::optional<double> class_id = {};  ///< the only class, the last axis, that is looked at; none for all

  static constexpr const char* name = "recall";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("thresholds", thresholds)("top_k", top_k)("class_id", class_id); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  std::size_t size() const { return thresholds.empty() ? 1 : thresholds.size(); }
  double result(std::size_t k = 0) const;
  void sums(Sums& f) { f(counts); }

  std::vector<Positives> counts{};
};

/// How many positive targets have a positive prediction, for each threshold.
struct TruePositives {
  Numbers thresholds = {};  ///< from 0 to 1; none stands for 0.5

  static constexpr const char* name = "true_positives";
  void fields(Fields& f) { f("thresholds", thresholds); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  std::size_t size() const { return thresholds.empty() ? 1 : thresholds.size(); }
  double result(std::size_t k = 0) const { return counts.empty() ? 0 : counts.at(k).true_positives; }
  void sums(Sums& f) { f(counts); }

  std::vector<Positives> counts{};
};

/// How many other targets have a positive prediction, for each threshold.
struct FalsePositives {
  Numbers thresholds = {};  ///< from 0 to 1; none stands for 0.5

  static constexpr const char* name = "false_positives";
  void fields(Fields& f) { f("thresholds", thresholds); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  std::size_t size() const { return thresholds.empty() ? 1 : thresholds.size(); }
  double result(std::size_t k = 0) const { return counts.empty() ? 0 : counts.at(k).false_positives; }
  void sums(Sums& f) { f(counts); }

  std::vector<Positives> counts{};
};

/// How many other targets have a negative prediction, for each threshold.
struct TrueNegatives {
  Numbers thresholds = {};  ///< from 0 to 1; none stands for 0.5

  static constexpr const char* name = "true_negatives";
  void fields(Fields& f) { f("thresholds", thresholds); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  std::size_t size() const { return thresholds.empty() ? 1 : thresholds.size(); }
  double result(std::size_t k = 0) const { return counts.empty() ? 0 : counts.at(k).true_negatives; }
  void sums(Sums& f) { f(counts); }

  std::vector<Positives> counts{};
};

/// How many positive targets have a negative prediction, for each threshold.
struct FalseNegatives {
  Numbers thresholds = {};  ///< from 0 to 1; none stands for 0.5

  static constexpr const char* name = "false_negatives";
  void fields(Fields& f) { f("thresholds", thresholds); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  std::size_t size() const { return thresholds.empty() ? 1 : thresholds.size(); }
  double result(std::size_t k = 0) const { return counts.empty() ? 0 : counts.at(k).false_negatives; }
  void sums(Sums& f) { f(counts); }

  std::vector<Positives> counts{};
};

/// (1 + beta^2) tp / ((1 + beta^2) tp + fp + beta^2 fn), the mean of precision and recall in which recall counts beta
/// times as much, for one-hot targets (n, classes) or one class, (n,) or (n, 1). With several classes it is the mean
/// over them ("macro"), their mean weighted by positive targets ("weighted"), the one of all counts together ("micro"),
/// or that of each ("none", Keras's default), which is reported as fbeta_score_0, fbeta_score_1 ...
struct FBetaScore {
  std::string average = "macro";  ///< "macro", "weighted", "micro" or "none"
  double beta = 1;                ///< above 0
  double threshold = 0;  ///< 0 to 1; at 0, which is Keras's None, a sample's largest predictions are the positive ones

  static constexpr const char* name = "fbeta_score";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("average", average)("beta", beta)("threshold", threshold); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  std::size_t size() const { return average == "none" ? classes.size() : 1; }
  double result(std::size_t k = 0) const;
  void sums(Sums& f) { f(classes); }

  std::vector<Positives> classes{};
};

/// The harmonic mean of precision and recall, 2 tp / (2 tp + fp + fn), for one-hot targets (n, classes) or one class,
/// (n,) or (n, 1). With several classes it is the mean over them ("macro"), their mean weighted by positive targets
/// ("weighted"), the one of all counts together ("micro"), or that of each ("none", Keras's default), which is reported
/// as f1_score_0, f1_score_1 ... As in Keras, without a threshold all predictions of one class are positive.
struct F1Score {
  std::string average = "macro";  ///< "macro", "weighted", "micro" or "none"
  double threshold = 0;  ///< 0 to 1; at 0, which is Keras's None, a sample's largest predictions are the positive ones

  static constexpr const char* name = "f1_score";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("average", average)("threshold", threshold); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  std::size_t size() const { return average == "none" ? classes.size() : 1; }
  double result(std::size_t k = 0) const;
  void sums(Sums& f) { f(classes); }

  std::vector<Positives> classes{};
};

/// How many targets have their prediction above threshold i, but not above threshold i + 1.
struct Bucket {
  double positives = 0, negatives = 0;
};

/// The area under the curve of true over false positive rates ("ROC"), or of precision over recall ("PR"), with a point
/// for each of num_thresholds thresholds. ROC is summed by trapezoids. PR is interpolated between its points as in
/// Davis & Goadrich (2006). The area is 0 without a positive target, for ROC also without a negative one.
struct AUC {
  std::size_t num_thresholds = 200;  ///< 2 to 100,000: one below 0, one above 1, the others evenly between
  std::string curve = "ROC";         ///< "ROC" or "PR"
  bool multi_label = false;          ///< whether it is the mean of the areas of each column of (n, labels)
  bool from_logits = false;          ///< whether the sigmoid of a prediction is meant

  static constexpr const char* name = "auc";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) {
    f("num_thresholds", num_thresholds)("curve", curve)("multi_label", multi_label)("from_logits", from_logits);
  }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  double result() const;
  void sums(Sums& f) { f(buckets); }

  std::vector<Bucket> buckets{};  ///< num_thresholds for each label
};

// The best of one share at any of num_thresholds evenly from 0 to 1 at which another share is at least a given one; 0
// if it is at none. Keras has no default for the given share.

/// The best tp / (tp + fp) where tp / (tp + fn) is at least `recall`.
struct PrecisionAtRecall {
  double recall = 0.5;                  ///< from 0 to 1
  std::size_t num_thresholds = 200;     ///< 1 to 100,000; 1 is the threshold 0.5
  std::optional<double> class_id = {};  ///< the only class, the last axis, that is looked at; none for all

  static constexpr const char* name = "precision_at_recall";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("recall", recall)("num_thresholds", num_thresholds)("class_id", class_id); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  double result() const;
  void sums(Sums& f) { f(buckets); }

  std::vector<Bucket> buckets{};
};

/// The best tp / (tp + fn) where tp / (tp + fp) is at least `precision`.
struct RecallAtPrecision {
  double precision = 0.5;               ///< from 0 to 1
  std::size_t num_thresholds = 200;     ///< 1 to 100,000; 1 is the threshold 0.5
  std::optional<double> class_id = {};  ///< the only class, the last axis, that is looked at; none for all

  static constexpr const char* name = "recall_at_precision";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("precision", precision)("num_thresholds", num_thresholds)("class_id", class_id); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  double result() const;
  void sums(Sums& f) { f(buckets); }

  std::vector<Bucket> buckets{};
};

/// The best tp / (tp + fn) where tn / (tn + fp) is at least `specificity`.
struct SensitivityAtSpecificity {
  double specificity = 0.5;             ///< from 0 to 1
  std::size_t num_thresholds = 200;     ///< 1 to 100,000; 1 is the threshold 0.5
  std::optional<double> class_id = {};  ///< the only class, the last axis, that is looked at; none for all

  static constexpr const char* name = "sensitivity_at_specificity";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("specificity", specificity)("num_thresholds", num_thresholds)("class_id", class_id); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  double result() const;
  void sums(Sums& f) { f(buckets); }

  std::vector<Bucket> buckets{};
};

/// The best tn / (tn + fp) where tp / (tp + fn) is at least `sensitivity`.
struct SpecificityAtSensitivity {
  double sensitivity = 0.5;             ///< from 0 to 1
  std::size_t num_thresholds = 200;     ///< 1 to 100,000; 1 is the threshold 0.5
  std::optional<double> class_id = {};  ///< the only class, the last axis, that is looked at; none for all

  static constexpr const char* name = "specificity_at_sensitivity";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("sensitivity", sensitivity)("num_thresholds", num_thresholds)("class_id", class_id); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  double result() const;
  void sums(Sums& f) { f(buckets); }

  std::vector<Bucket> buckets{};
};

}  // namespace xgrad::inline XGRAD_PRECISION::metrics
