#pragma once

#include <functional>
#include <string>
#include <vector>

#include <xgrad/core/fields.hpp>
#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The metrics as types with options, with Keras's names and defaults. update() adds what a metric needs of a batch, in
/// double, so that it does not matter how the data was cut into batches. It throws ShapeError for shapes that do not
/// fit and for a batch without samples. result() is the number for all batches, 0 without any.
namespace metrics {

/// A sum of numbers and their count, for a mean.
struct Mean {
  double total = 0, count = 0;

  double result() const { return count == 0 ? 0 : total / count; }
};

// The share of predictions that are right. Of equal ones in a row the first counts, and NaN is never right.
// accuracy.cpp

/// What Keras's name "accuracy" stands for, by the shapes: BinaryAccuracy for predictions (n,) or (..., 1),
/// SparseCategoricalAccuracy for labels, else CategoricalAccuracy. (Keras's class Accuracy compares for equality.)
struct Accuracy {
  static constexpr const char* name = "accuracy";
  static constexpr bool more_is_better = true;
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return correct.result(); }

  Mean correct{};
};

/// The share of predictions that are above the threshold where the target is 1, and not above it where the target is 0.
struct BinaryAccuracy {
  double threshold = 0.5;

  static constexpr const char* name = "binary_accuracy";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("threshold", threshold); }
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return correct.result(); }

  Mean correct{};
};

/// The share of rows whose largest prediction is where the target's largest entry is, for targets and predictions
/// (n, ..., classes).
struct CategoricalAccuracy {
  static constexpr const char* name = "categorical_accuracy";
  static constexpr bool more_is_better = true;
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return correct.result(); }

  Mean correct{};
};

/// The share of samples whose largest prediction is at their label, for labels (n,) or (n, 1) and predictions
/// (n, classes).
struct SparseCategoricalAccuracy {
  static constexpr const char* name = "sparse_categorical_accuracy";
  static constexpr bool more_is_better = true;
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return correct.result(); }

  Mean correct{};
};

/// The share of rows in which fewer than k predictions are above the one where the target's largest entry is, for
/// targets and predictions (n, ..., classes).
struct TopKCategoricalAccuracy {
  std::size_t k = 5;  ///< 1 or more

  static constexpr const char* name = "top_k_categorical_accuracy";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("k", k); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return correct.result(); }

  Mean correct{};
};

/// The share of samples of which fewer than k predictions are above the one at their label, for labels (n,) or (n, 1)
/// and predictions (n, classes).
struct SparseTopKCategoricalAccuracy {
  std::size_t k = 5;  ///< 1 or more

  static constexpr const char* name = "sparse_top_k_categorical_accuracy";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("k", k); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return correct.result(); }

  Mean correct{};
};

// Positives and negatives: a target is positive unless it is 0. positives.cpp

/// tp / (tp + fp): the share of predictions above the threshold whose target is positive. 0 if none is above it.
struct Precision {
  double thresholds = 0.5;  ///< from 0 to 1; only one

  static constexpr const char* name = "precision";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("thresholds", thresholds); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return positive.result(); }

  Mean positive{};
};

/// tp / (tp + fn): the share of positive targets whose prediction is above the threshold. 0 if no target is positive.
struct Recall {
  double thresholds = 0.5;  ///< from 0 to 1; only one

  static constexpr const char* name = "recall";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("thresholds", thresholds); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return found.result(); }

  Mean found{};
};

/// The harmonic mean of precision and recall, 2 tp / (2 tp + fp + fn), for one-hot targets (n, classes) or one class,
/// (n,) or (n, 1). With several classes it is the mean over them ("macro"), their mean weighted by positive targets
/// ("weighted"), or the one of all counts together ("micro"). Keras's default, a list of all classes, has no place
/// here.
struct F1Score {
  std::string average = "macro";  ///< "macro", "weighted" or "micro"
  double threshold = 0;  ///< 0 to 1; at 0, which is Keras's None, a sample's largest predictions are the positive ones

  static constexpr const char* name = "f1_score";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("average", average)("threshold", threshold); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const;

  struct Counts {
    double true_positives = 0, false_positives = 0, false_negatives = 0;
  };
  std::vector<Counts> classes{};
};

/// The area under the curve of true over false positive rates ("ROC"), or of precision over recall ("PR"), with a point
/// for each of num_thresholds thresholds. ROC is summed by trapezoids. PR is interpolated between its points as in
/// Davis & Goadrich (2006). The area is 0 without a positive target, for ROC also without a negative one; NaN if a
/// prediction was NaN.
struct AUC {
  std::size_t num_thresholds = 200;  ///< 2 or more: one below 0, one above 1, the others evenly between
  std::string curve = "ROC";         ///< "ROC" or "PR"

  static constexpr const char* name = "auc";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("num_thresholds", num_thresholds)("curve", curve); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const;

  /// How many targets have their prediction above threshold i, but not above threshold i + 1.
  struct Bucket {
    double positives = 0, negatives = 0;
  };
  std::vector<Bucket> buckets{};
};

// Distances, over all elements. regression.cpp

/// The mean of |y_pred - y_true| over all elements.
struct MeanAbsoluteError {
  static constexpr const char* name = "mean_absolute_error";
  static constexpr bool more_is_better = false;
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return error.result(); }

  Mean error{};
};

/// The mean of (y_pred - y_true)^2 over all elements.
struct MeanSquaredError {
  static constexpr const char* name = "mean_squared_error";
  static constexpr bool more_is_better = false;
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return error.result(); }

  Mean error{};
};

/// The root of the mean of (y_pred - y_true)^2 over all elements of all batches. It is not the mean of the batches'
/// roots.
struct RootMeanSquaredError {
  static constexpr const char* name = "root_mean_squared_error";
  static constexpr bool more_is_better = false;
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const;

  Mean error{};
};

/// The coefficient of determination, 1 - sum (y - y_pred)^2 / sum (y - mean y)^2, for (n,); the mean over the outputs
/// for (n, outputs). As in Keras, an output whose targets are all equal counts 0, and NaN if all of its predictions are
/// right.
struct R2Score {
  static constexpr const char* name = "r2_score";
  static constexpr bool more_is_better = true;
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const;

  /// The sums of an output. Those of y and y^2 are of y less the first y: for targets far from 0 they would otherwise
  /// lose the digits in which the targets differ.
  struct Output {
    double first = 0, sum = 0, squares = 0, residual = 0;
  };
  std::vector<Output> outputs{};
  double count = 0;
};

/// A function of the user's own, which gives its value for one batch. The result is the mean over all batches, each
/// weighted by its number of samples.
struct Custom {
  std::function<double(const Tensor& y_true, const Tensor& y_pred)> function;

  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return value.result(); }

  Mean value{};
};

}  // namespace metrics

}  // namespace xgrad::inline XGRAD_PRECISION
