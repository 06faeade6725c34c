#pragma once

#include <functional>
#include <string>
#include <vector>

#include <xgrad/core/fields.hpp>
#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The metrics by type, for their options: Keras's names and defaults. Each adds up, in double, what it needs of the
/// batches that update() is given, so that how the data was cut into batches does not matter. Without any, the result
/// is 0.
namespace metrics {

/// A sum and how many were added.
struct Mean {
  double total = 0, count = 0;

  double result() const { return count == 0 ? 0 : total / count; }
};

// How many are right. The predictions are (..., classes); of equal ones the first counts, and NaN is never right.
// accuracy.cpp

/// What "accuracy" stands for, by the shapes: BinaryAccuracy for one prediction per sample, SparseCategoricalAccuracy
/// for labels, else CategoricalAccuracy. (Keras's class of this name compares for equality instead.)
struct Accuracy {
  static constexpr const char* name = "accuracy";
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return correct.result(); }

  Mean correct{};
};

/// How many predictions are above the threshold where the target is 1, and not above it where it is 0.
struct BinaryAccuracy {
  double threshold = 0.5;

  static constexpr const char* name = "binary_accuracy";
  void fields(Fields& f) { f("threshold", threshold); }
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return correct.result(); }

  Mean correct{};
};

/// How many samples have their largest prediction where the target has its largest.
struct CategoricalAccuracy {
  static constexpr const char* name = "categorical_accuracy";
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return correct.result(); }

  Mean correct{};
};

/// How many samples have their largest prediction at their label; labels (n,) or (n, 1).
struct SparseCategoricalAccuracy {
  static constexpr const char* name = "sparse_categorical_accuracy";
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return correct.result(); }

  Mean correct{};
};

/// How many samples have fewer than k predictions above the one at the target's largest.
struct TopKCategoricalAccuracy {
  std::size_t k = 5;  ///< 1 or more

  static constexpr const char* name = "top_k_categorical_accuracy";
  void fields(Fields& f) { f("k", k); }
  void check() const;
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return correct.result(); }

  Mean correct{};
};

/// How many samples have fewer than k predictions above the one at their label.
struct SparseTopKCategoricalAccuracy {
  std::size_t k = 5;  ///< 1 or more

  static constexpr const char* name = "sparse_top_k_categorical_accuracy";
  void fields(Fields& f) { f("k", k); }
  void check() const;
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return correct.result(); }

  Mean correct{};
};

// Positives and negatives: a target is positive unless it is 0. positives.cpp

/// Of the predictions above the threshold, the share whose target is positive; 0 if there are none.
struct Precision {
  double thresholds = 0.5;  ///< from 0 to 1; only one

  static constexpr const char* name = "precision";
  void fields(Fields& f) { f("thresholds", thresholds); }
  void check() const;
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return positive.result(); }

  Mean positive{};
};

/// Of the positive targets, the share whose prediction is above the threshold; 0 if there are none.
struct Recall {
  double thresholds = 0.5;  ///< from 0 to 1; only one

  static constexpr const char* name = "recall";
  void fields(Fields& f) { f("thresholds", thresholds); }
  void check() const;
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return found.result(); }

  Mean found{};
};

/// The harmonic mean of precision and recall, 2 tp / (2 tp + fp + fn), for one-hot targets (n, classes) or one class,
/// (n,) or (n, 1): the mean over the classes ("macro"), the same weighted by their positives ("weighted"), or one for
/// all counts together ("micro"). Keras gives a list of all classes by default, for which there is no place here.
struct F1Score {
  std::string average = "macro";
  double threshold = 0;  ///< up to 1; at 0, Keras's None, a sample's largest predictions are the positive ones

  static constexpr const char* name = "f1_score";
  void fields(Fields& f) { f("average", average)("threshold", threshold); }
  void check() const;
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const;

  struct Counts {
    double true_positives = 0, false_positives = 0, false_negatives = 0;
  };
  std::vector<Counts> classes{};
};

/// The area under the curve of true over false positives ("ROC"), or of precision over recall ("PR"), which the
/// threshold draws in so many steps from 0 to 1. ROC is summed by trapezoids, PR between its points as in Davis &
/// Goadrich 2006. It is 0 without any positive target, and ROC without any negative one; NaN if a prediction was.
struct AUC {
  std::size_t num_thresholds = 200;  ///< 2 or more: one below 0, one above 1, the others evenly between
  std::string curve = "ROC";

  static constexpr const char* name = "auc";
  void fields(Fields& f) { f("num_thresholds", num_thresholds)("curve", curve); }
  void check() const;
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const;

  // How many targets have their prediction above threshold i, but not above the next.
  struct Bucket {
    double positives = 0, negatives = 0;
  };
  std::vector<Bucket> buckets{};
};

// Distances, over all elements. regression.cpp

/// The mean of |y_pred - y_true|.
struct MeanAbsoluteError {
  static constexpr const char* name = "mean_absolute_error";
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return error.result(); }

  Mean error{};
};

/// The mean of (y_pred - y_true)^2.
struct MeanSquaredError {
  static constexpr const char* name = "mean_squared_error";
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return error.result(); }

  Mean error{};
};

/// The root of that over all batches, which is not the mean of the batches' roots.
struct RootMeanSquaredError {
  static constexpr const char* name = "root_mean_squared_error";
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const;

  Mean error{};
};

/// 1 - sum (y - y_pred)^2 / sum (y - mean y)^2 for each output of (n,) or (n, outputs), averaged over them. As in
/// Keras, an output whose targets are all equal counts 0, and NaN if all of its predictions are right.
struct R2Score {
  static constexpr const char* name = "r2_score";
  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const;

  // Sums of y and y^2 are taken from the first y on: for targets far from 0 they would lose what differs among them.
  struct Output {
    double first = 0, sum = 0, squares = 0, residual = 0;
  };
  std::vector<Output> outputs{};
  double count = 0;
};

/// A function of one's own for one batch; the batches are averaged by their number of samples.
struct Custom {
  std::function<double(const Tensor& y_true, const Tensor& y_pred)> function;

  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return value.result(); }

  Mean value{};
};

}  // namespace metrics

}  // namespace xgrad::inline XGRAD_PRECISION
