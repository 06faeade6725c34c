#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <xgrad/autograd/tape.hpp>
#include <xgrad/core/fields.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The losses as types with options, with Keras's names and defaults. Each is called with targets t, predictions p of a
/// batch and, if there are any, weights of the samples, (n,), and gives the mean loss, a number. Loss makes of that
/// what the option `reduction` says.
namespace losses {

/// What a loss takes for targets: finite numbers or probabilities in the shape of the predictions, labels (n,), one of
/// the last two by the shapes, or, for a function of the user's own, anything.
enum class Targets { numbers, probabilities, labels, by_shape, anything };

// Distances. Of each it takes the mean over all elements. regression.cpp

/// The mean of (p - t)^2.
struct MeanSquaredError {
  static constexpr const char* name = "mean_squared_error";
  std::string reduction = "sum_over_batch_size";  ///< see Loss
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// The mean of |p - t|.
struct MeanAbsoluteError {
  static constexpr const char* name = "mean_absolute_error";
  std::string reduction = "sum_over_batch_size";  ///< see Loss
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// The mean of 100 |p - t| / |t|, where as in Keras |t| is 1e-7 or more.
struct MeanAbsolutePercentageError {
  static constexpr const char* name = "mean_absolute_percentage_error";
  std::string reduction = "sum_over_batch_size";  ///< see Loss
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// The mean of (log(p + 1) - log(t + 1))^2, where as in Keras p and t are 1e-7 or more: below, p has no gradient.
struct MeanSquaredLogarithmicError {
  static constexpr const char* name = "mean_squared_logarithmic_error";
  std::string reduction = "sum_over_batch_size";  ///< see Loss
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// The mean of e^2 / 2 for an error e = p - t up to delta in magnitude, and of delta (|e| - delta / 2) beyond (Huber
/// 1964).
struct Huber {
  static constexpr const char* name = "huber";
  double delta = 1;                               ///< where the parabola becomes a line; above 0
  std::string reduction = "sum_over_batch_size";  ///< see Loss

  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
  void fields(Fields& f) { f("delta", delta); }
  void check() const;  ///< throws ValueError for an option out of range
};

/// The mean of log(cosh(p - t)), computed without overflow: about e^2 / 2 for small errors e, |e| - log 2 for large.
struct LogCosh {
  static constexpr const char* name = "log_cosh";
  std::string reduction = "sum_over_batch_size";  ///< see Loss
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// The mean of p - t log(p + 1e-7): that of Poisson's distribution of mean p, for counts t.
struct Poisson {
  static constexpr const char* name = "poisson";
  std::string reduction = "sum_over_batch_size";  ///< see Loss
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// The mean over the rows of -cos(t, p): -1 for rows of one direction, 1 for opposite ones. As in Keras, a row shorter
/// than 1e-7 is divided by that instead of its length: a row of zeros counts 0.
struct CosineSimilarity {
  static constexpr const char* name = "cosine_similarity";
  static constexpr bool by_rows = true;
  std::int64_t axis = -1;                         ///< that a row lies along; not 0, the samples
  std::string reduction = "sum_over_batch_size";  ///< see Loss

  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
  void fields(Fields& f) { f("axis", axis); }
  void check() const;  ///< throws ValueError for an option out of range
};

// Margins, for targets t of -1 and 1. As in Keras, in a batch whose targets y are all 0 or 1, t is 2 y - 1.
// regression.cpp

/// The mean of max(0, 1 - t p) over all elements.
struct Hinge {
  static constexpr const char* name = "hinge";
  std::string reduction = "sum_over_batch_size";  ///< see Loss
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// The mean of max(0, 1 - t p)^2 over all elements.
struct SquaredHinge {
  static constexpr const char* name = "squared_hinge";
  std::string reduction = "sum_over_batch_size";  ///< see Loss
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// The mean over the rows of max(0, 1 + max((1 - t) p) - sum(t p)), for one-hot targets t, whose 0 and 1 stay.
struct CategoricalHinge {
  static constexpr const char* name = "categorical_hinge";
  static constexpr bool by_rows = true;
  std::string reduction = "sum_over_batch_size";  ///< see Loss
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

// Probabilities that reach 0 or 1 are where Keras's own backends differ: TensorFlow's takes the probabilities of a
// softmax or sigmoid back to their logits, and the others clip them to [1e-7, 1 - 1e-7], so that the gradient is
// exactly 0 for the samples that are most wrong. xgrad does as TensorFlow's; it clips only what no softmax or sigmoid
// computed. probabilistic.cpp

/// The mean of -t log p - (1 - t) log(1 - p) over all elements, for targets t from 0 to 1. With from_logits, p is the
/// sigmoid of the predictions. Label smoothing a turns t into t (1 - a) + a / 2.
struct BinaryCrossentropy {
  static constexpr const char* name = "binary_crossentropy";
  static constexpr Targets targets = Targets::probabilities;
  bool from_logits = false;
  double label_smoothing = 0;                     ///< from 0 to 1
  std::int64_t axis = -1;                         ///< whose mean is one loss, for reductions that count; not 0
  std::string reduction = "sum_over_batch_size";  ///< see Loss

  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
  void fields(Fields& f) { f("from_logits", from_logits)("label_smoothing", label_smoothing)("axis", axis); }
  void check() const;  ///< throws ValueError for an option out of range
};

/// The mean of (1 - q)^gamma times the binary crossentropy of p over all elements, where q = t p + (1 - t) (1 - p) is
/// the probability of the target: samples that are easy count less (Lin et al. 2018). With apply_class_balancing, an
/// element also counts alpha t + (1 - alpha) (1 - t) times.
struct BinaryFocalCrossentropy {
  static constexpr const char* name = "binary_focal_crossentropy";
  static constexpr Targets targets = Targets::probabilities;
  bool apply_class_balancing = false;
  double alpha = 0.25, gamma = 2;  ///< gamma is 0 or more
  bool from_logits = false;
  double label_smoothing = 0;                     ///< from 0 to 1
  std::int64_t axis = -1;                         ///< whose mean is one loss, for reductions that count; not 0
  std::string reduction = "sum_over_batch_size";  ///< see Loss

  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
  void fields(Fields& f) {
    f("apply_class_balancing", apply_class_balancing)("alpha", alpha)("gamma", gamma)("from_logits", from_logits);
    f("label_smoothing", label_smoothing)("axis", axis);
  }
  void check() const;  ///< throws ValueError for an option out of range
};

/// The mean over the rows of -sum t log p, a sum over the classes. With from_logits, p is the softmax of the
/// predictions. Label smoothing a turns t into t (1 - a) + a / k, where as in Keras k is the extent of the last axis.
struct CategoricalCrossentropy {
  static constexpr const char* name = "categorical_crossentropy";
  static constexpr Targets targets = Targets::probabilities;
  static constexpr bool by_rows = true;
  bool from_logits = false;
  double label_smoothing = 0;                     ///< from 0 to 1
  std::int64_t axis = -1;                         ///< of the classes; not 0, the samples
  std::string reduction = "sum_over_batch_size";  ///< see Loss

  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
  void fields(Fields& f) { f("from_logits", from_logits)("label_smoothing", label_smoothing)("axis", axis); }
  void check() const;  ///< throws ValueError for an option out of range
};

/// The mean over the rows of -alpha sum t (1 - p)^gamma log p, a sum over the classes (Lin et al. 2018). p is divided
/// by its sum; with from_logits, it is the softmax of the predictions. As Keras does on all backends, it clips p to
/// [1e-7, 1 - 1e-7]. Label smoothing is that of CategoricalCrossentropy.
struct CategoricalFocalCrossentropy {
  static constexpr const char* name = "categorical_focal_crossentropy";
  static constexpr Targets targets = Targets::probabilities;
  static constexpr bool by_rows = true;
  double alpha = 0.25, gamma = 2;  ///< gamma is 0 or more
  bool from_logits = false;
  double label_smoothing = 0;                     ///< from 0 to 1
  std::int64_t axis = -1;                         ///< of the classes; not 0, the samples
  std::string reduction = "sum_over_batch_size";  ///< see Loss

  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
  void fields(Fields& f) {
    f("alpha", alpha)("gamma", gamma)("from_logits", from_logits)("label_smoothing", label_smoothing)("axis", axis);
  }
  void check() const;  ///< throws ValueError for an option out of range
};

/// The mean over the samples of -log p[label], for labels (n,) and predictions (n, classes). With from_logits, p is the
/// softmax of the predictions. Samples whose label is ignore_class, which may lie outside of the classes, do not count.
struct SparseCategoricalCrossentropy {
  static constexpr const char* name = "sparse_categorical_crossentropy";
  static constexpr Targets targets = Targets::labels;
  static constexpr bool by_rows = true;
  bool from_logits = false;
  std::optional<double> ignore_class = {};        ///< such as -1 or 255
  std::string reduction = "sum_over_batch_size";  ///< see Loss

  Var operator()(Var labels, Var p, const Var* weights = nullptr) const;
  void fields(Fields& f) { f("from_logits", from_logits)("ignore_class", ignore_class); }
};

/// What Keras's name "crossentropy" stands for, by the shapes: BinaryCrossentropy for predictions (n,) or (..., 1),
/// SparseCategoricalCrossentropy for labels, else CategoricalCrossentropy.
struct Crossentropy {
  static constexpr const char* name = "crossentropy";
  static constexpr Targets targets = Targets::by_shape;
  std::string reduction = "sum_over_batch_size";  ///< see Loss
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// The mean over the rows of sum t log(t / p), a sum over the last axis. As in Keras, t and p are clipped to [1e-7, 1].
struct KLDivergence {
  static constexpr const char* name = "kl_divergence";
  static constexpr Targets targets = Targets::probabilities;
  static constexpr bool by_rows = true;
  std::string reduction = "sum_over_batch_size";  ///< see Loss
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// 1 - 2 sum(t p) / (sum t + sum p + 1e-7), with sums over the whole batch: an overlap (Dice 1945). With weights, that
/// number times their mean. It is no mean over samples, so fit takes it with one worker only.
struct Dice {
  static constexpr const char* name = "dice";
  static constexpr Targets targets = Targets::probabilities;
  static constexpr bool of_batch = true;
  std::string reduction = "sum_over_batch_size";  ///< of a number and the weights, if there are any: see Loss
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// 1 - s / (s + alpha sum((1 - p) t) + beta sum(p (1 - t)) + 1e-7) for s = sum(t p), with sums over the whole batch
/// (Salehi et al. 2017). With weights, that number times their mean. It is no mean over samples, so fit takes it with
/// one worker only.
struct Tversky {
  static constexpr const char* name = "tversky";
  static constexpr Targets targets = Targets::probabilities;
  static constexpr bool of_batch = true;
  double alpha = 0.5, beta = 0.5;                 ///< weights of what is missed, and of what is found wrongly
  std::string reduction = "sum_over_batch_size";  ///< of a number and the weights, if there are any: see Loss

  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
  void fields(Fields& f) { f("alpha", alpha)("beta", beta); }
};

/// A function of the user's own, of targets and predictions. Its value is a number, or has the loss of each sample,
/// (n,). Weights can only be applied to the latter: with them, a number throws ValueError.
struct Custom {
  static constexpr Targets targets = Targets::anything;
  std::function<Var(Var y_true, Var y_pred)> function;

  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

}  // namespace losses

}  // namespace xgrad::inline XGRAD_PRECISION
