#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <xgrad/nn/losses/losses.hpp>
#include <xgrad/nn/metrics/sums.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The metrics as types with options, with Keras's names and defaults. update() adds what a metric needs of a batch, in
/// double, so that it does not matter how the data was cut into batches. It throws ShapeError for shapes that do not
/// fit and for a batch without samples. With weights, (n,), a sample counts as often as its weight says. result() is
/// the number for all batches, 0 without any. It is NaN if a prediction was NaN, but for the accuracies, for which such
/// a prediction is wrong.
namespace metrics {

/// A sum of numbers and their count, for a mean.
struct Mean {
  double total = 0, count = 0;

  double result() const { return count == 0 ? 0 : total / count; }
};

// The share of predictions that are right. Of equal ones in a row the first counts, and a row with NaN is never right.
// accuracy.cpp

/// What Keras's name "accuracy" stands for, by the shapes: BinaryAccuracy for predictions (n,) or (..., 1),
/// SparseCategoricalAccuracy for labels, else CategoricalAccuracy. (Keras's class Accuracy compares for equality.)
struct Accuracy {
  static constexpr const char* name = "accuracy";
  static constexpr bool more_is_better = true;
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  double result() const { return correct.result(); }
  void sums(Sums& f) { f(correct); }

  Mean correct{};
};

/// The share of predictions that are above the threshold where the target is 1, and not above it where the target is 0.
struct BinaryAccuracy {
  double threshold = 0.5;

  static constexpr const char* name = "binary_accuracy";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("threshold", threshold); }
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  double result() const { return correct.result(); }
  void sums(Sums& f) { f(correct); }

  Mean correct{};
};

/// The share of rows whose largest prediction is where the target's largest entry is, for targets and predictions
/// (n, ..., classes).
struct CategoricalAccuracy {
  static constexpr const char* name = "categorical_accuracy";
  static constexpr bool more_is_better = true;
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  double result() const { return correct.result(); }
  void sums(Sums& f) { f(correct); }

  Mean correct{};
};

/// The share of samples whose largest prediction is at their label, for labels (n,) or (n, 1) and predictions
/// (n, classes).
struct SparseCategoricalAccuracy {
  static constexpr const char* name = "sparse_categorical_accuracy";
  static constexpr bool more_is_better = true;
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  double result() const { return correct.result(); }
  void sums(Sums& f) { f(correct); }

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
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  double result() const { return correct.result(); }
  void sums(Sums& f) { f(correct); }

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
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  double result() const { return correct.result(); }
  void sums(Sums& f) { f(correct); }

  Mean correct{};
};

// Distances, over all elements. regression.cpp

/// The mean of |y_pred - y_true| over all elements.
struct MeanAbsoluteError {
  static constexpr const char* name = "mean_absolute_error";
  static constexpr bool more_is_better = false;
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  double result() const { return error.result(); }
  void sums(Sums& f) { f(error); }

  Mean error{};
};

/// The mean of (y_pred - y_true)^2 over all elements.
struct MeanSquaredError {
  static constexpr const char* name = "mean_squared_error";
  static constexpr bool more_is_better = false;
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  double result() const { return error.result(); }
  void sums(Sums& f) { f(error); }

  Mean error{};
};

/// The root of the mean of (y_pred - y_true)^2 over all elements of all batches. It is not the mean of the batches'
/// roots.
struct RootMeanSquaredError {
  static constexpr const char* name = "root_mean_squared_error";
  static constexpr bool more_is_better = false;
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  double result() const;
  void sums(Sums& f) { f(error); }

  Mean error{};
};

/// The mean over the rows of cos(y_true, y_pred): 1 for rows of one direction, -1 for opposite ones, 0 for a row of
/// zeros. It is the negative of the loss of that name, as in Keras.
struct CosineSimilarity {
  std::int64_t axis = -1;  ///< that a row lies along; not 0, the samples

  static constexpr const char* name = "cosine_similarity";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("axis", axis); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  double result() const { return cosine.result(); }
  void sums(Sums& f) { f(cosine); }

  Mean cosine{};
};

/// The coefficient of determination, 1 - sum (y - y_pred)^2 / sum (y - mean y)^2, for (n,); of the outputs' for
/// (n, outputs) their mean ("uniform_average"), their mean weighted by their variances ("variance_weighted_average"),
/// or each ("none"). With p num_regressors, 1 - (1 - R2) (n - 1) / (n - p - 1) of it for n targets, in Keras's count
/// all elements. As in Keras, an output whose targets are all equal counts 0, and NaN if all of its predictions are
/// right.
struct R2Score {
  std::string class_aggregation = "uniform_average";
  std::size_t num_regressors = 0;  ///< not applied where it is n - 1 or more

  static constexpr const char* name = "r2_score";
  static constexpr bool more_is_better = true;
  void fields(Fields& f) { f("class_aggregation", class_aggregation)("num_regressors", num_regressors); }
  void check() const;  ///< throws ValueError for an option out of range
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  std::size_t size() const { return class_aggregation == "none" ? outputs.size() : 1; }
  double result(std::size_t k = 0) const;
  void sums(Sums& f);

  /// The sums of an output. Those of y and y^2 are of y less the first y: for targets far from 0 they would otherwise
  /// lose the digits in which the targets differ.
  struct Output {
    double first = 0, sum = 0, squares = 0, residual = 0;
  };
  std::vector<Output> outputs{};
  double count = 0, elements = 0;
};

/// A loss as a metric: the mean of the samples' losses, with weights over the sum of the weights. Its reduction does
/// not matter. As in Keras, samples that SparseCategoricalCrossentropy ignores count as 0, and with weights not at all.
struct OfLoss {
  Loss loss;

  static constexpr bool more_is_better = false;
  void fields(Fields& f) { loss.options(f); }
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);
  double result() const { return value.result(); }

  /// What a loss is recorded on. A copy has its own.
  struct Scratch {
    Scratch() = default;
    Scratch(const Scratch&) {}
    Scratch& operator=(const Scratch&) { return *this; }
    std::unique_ptr<Tape> tape;
  };
  void sums(Sums& f) { f(value); }

  Mean value{};
  Scratch scratch{};
};

// The losses that Keras has among its metrics, too: Metric(metrics::BinaryCrossentropy{.from_logits = true}).

using losses::BinaryCrossentropy, losses::CategoricalCrossentropy, losses::CategoricalHinge, losses::Hinge,
    losses::KLDivergence, losses::MeanAbsolutePercentageError, losses::MeanSquaredLogarithmicError, losses::Poisson,
    losses::SparseCategoricalCrossentropy, losses::SquaredHinge;
/// Keras's name for losses::LogCosh among the metrics.
using LogCoshError = losses::LogCosh;

/// A function of the user's own, which gives its value for one batch. The result is the mean over all batches, each
/// weighted by its number of samples.
struct Custom {
  std::function<double(const Tensor& y_true, const Tensor& y_pred)> function;

  void update(const Tensor& y_true, const Tensor& y_pred);
  double result() const { return value.result(); }
  void sums(Sums& f) { f(value); }

  Mean value{};
};

}  // namespace metrics

}  // namespace xgrad::inline XGRAD_PRECISION
