#pragma once

#include <concepts>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <xgrad/autograd/tape.hpp>
#include <xgrad/core/named.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The losses as types with options, with Keras's names and defaults. Each is called with targets t, predictions p of a
/// batch and, if there are any, weights of the samples, (n,), and gives the mean loss, a number.
namespace losses {

/// What a loss takes for targets: finite numbers or probabilities in the shape of the predictions, labels (n,), or, for
/// a function of the user's own, anything.
enum class Targets { numbers, probabilities, labels, anything };

/// The mean of (p - t)^2 over all elements.
struct MeanSquaredError {
  static constexpr const char* name = "mean_squared_error";
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// The mean of |p - t| over all elements.
struct MeanAbsoluteError {
  static constexpr const char* name = "mean_absolute_error";
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// The mean over all elements of e^2 / 2 for an error e = p - t up to delta in magnitude, and of delta (|e| - delta /
/// 2) beyond (Huber 1964).
struct Huber {
  static constexpr const char* name = "huber";
  double delta = 1;  ///< where the parabola becomes a line; above 0

  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
  void fields(Fields& f) { f("delta", delta); }
  void check() const;  ///< throws ValueError for an option out of range
};

// Probabilities that reach 0 or 1 are where Keras's own backends differ: TensorFlow's takes the probabilities of a
// softmax or sigmoid back to their logits, and the others clip them to [1e-7, 1 - 1e-7], so that the gradient is
// exactly 0 for the samples that are most wrong. xgrad does as TensorFlow's; it clips only what no softmax or sigmoid
// computed.

/// The mean of -t log p - (1 - t) log(1 - p) over all elements, for targets t from 0 to 1. With from_logits, p is the
/// sigmoid of the predictions. Label smoothing a turns t into t (1 - a) + a / 2.
struct BinaryCrossentropy {
  static constexpr const char* name = "binary_crossentropy";
  static constexpr Targets targets = Targets::probabilities;
  bool from_logits = false;
  double label_smoothing = 0;  ///< from 0 to 1

  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
  void fields(Fields& f) { f("from_logits", from_logits)("label_smoothing", label_smoothing); }
  void check() const;  ///< throws ValueError for an option out of range
};

/// The mean over the rows of -sum t log p, a sum over the classes, the last axis. With from_logits, p is the softmax of
/// the predictions. Label smoothing a turns t into t (1 - a) + a / classes.
struct CategoricalCrossentropy {
  static constexpr const char* name = "categorical_crossentropy";
  static constexpr Targets targets = Targets::probabilities;
  bool from_logits = false;
  double label_smoothing = 0;  ///< from 0 to 1

  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
  void fields(Fields& f) { f("from_logits", from_logits)("label_smoothing", label_smoothing); }
  void check() const;  ///< throws ValueError for an option out of range
};

/// The mean over the samples of -log p[label], for labels (n,) and predictions (n, classes). With from_logits, p is the
/// softmax of the predictions.
struct SparseCategoricalCrossentropy {
  static constexpr const char* name = "sparse_categorical_crossentropy";
  static constexpr Targets targets = Targets::labels;
  bool from_logits = false;

  Var operator()(Var labels, Var p, const Var* weights = nullptr) const;
  void fields(Fields& f) { f("from_logits", from_logits); }
};

/// The mean of max(0, 1 - t p) over all elements, for targets t of -1 and 1. As in Keras, in a batch whose targets y
/// are all 0 or 1, t is 2 y - 1.
struct Hinge {
  static constexpr const char* name = "hinge";
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// The mean over the rows of sum t log(t / p), a sum over the last axis. As in Keras, t and p are clipped to [1e-7, 1].
struct KLDivergence {
  static constexpr const char* name = "kl_divergence";
  static constexpr Targets targets = Targets::probabilities;
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// A function of the user's own, of targets and predictions. Its value is a number, or has the loss of each sample,
/// (n,). Weights can only be applied to the latter: with them, a number throws ValueError.
struct Custom {
  static constexpr Targets targets = Targets::anything;
  std::function<Var(Var y_true, Var y_pred)> function;

  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

}  // namespace losses

/// What training makes small. It is given by Keras's name ("mse"), as an object (losses::Huber{.delta = 2}), or as a
/// callable (Var y_true, Var y_pred) -> Var.
///
/// The loss of a sample is the mean over its elements; for the categorical crossentropies and the divergence, over its
/// rows. The loss of a batch is Keras's "sum_over_batch_size": the sum of the samples' losses, each times its weight if
/// there are weights, over the number of samples (not over the sum of the weights). Targets (n,) stand for (n, 1), and
/// the reverse. No other difference in shape is bridged, least of all by broadcasting.
class Loss {
 public:
  /// The loss of a name in any of Keras's spellings, with its defaults. Throws ValueError, which lists the names, for
  /// another.
  template <std::convertible_to<std::string_view> Name>
  Loss(const Name& name) : Loss(named(name)) {}

  /// A loss as an object with its options. Throws ValueError for an option out of range.
  template <class L>
  requires(!std::same_as<L, Loss> && std::is_invocable_r_v<Var, const L&, Var, Var, const Var*>) Loss(L loss)
      : loss_(std::move(loss)) {
    if constexpr (requires { L::targets; }) targets_ = L::targets;
  }

  /// A function of the user's own, (Var y_true, Var y_pred) -> Var: see losses::Custom.
  template <class F>
  requires(!std::same_as<F, Loss> && std::is_invocable_r_v<Var, F, Var, Var> &&
           !std::is_invocable_r_v<Var, const F&, Var, Var, const Var*>) Loss(F function)
      : Loss(losses::Custom{std::move(function)}) {}

  /// The loss of a batch, a number. Throws ShapeError for shapes that do not fit and for a batch without samples;
  /// ValueError for labels out of range.
  Var operator()(Var y_true, Var y_pred) const;

  /// The loss of a batch with a weight for each sample, (n,) or (n, 1). Throws ShapeError for shapes that do not fit
  /// and for a batch without samples; ValueError for labels out of range, and for a function of the user's whose value
  /// is one number for the whole batch.
  Var operator()(Var y_true, Var y_pred, Var sample_weight) const;

  /// Checks all targets of a data set at once, for a model whose outputs have this shape, the batch left out. Throws
  /// ShapeError if the shapes do not fit. Throws ValueError, which names the first sample that does not fit, unless
  /// labels are integers below the number of classes, the targets of the other crossentropies and of the divergence lie
  /// within [0, 1], give or take 1e-6, and those of other losses are finite. It accepts any targets for a function of
  /// the user's.
  void check_targets(const Tensor& y_true, const Shape& output) const;

  /// Keras's name of the loss, "mean_squared_error" also for "mse"; "loss" for a function of the user's.
  std::string_view name() const { return loss_.name().empty() ? std::string_view("loss") : loss_.name(); }

  /// Whether a file can hold the loss by its name and options: not a function of the user's.
  bool can_be_saved() const;

  void fields(Fields& f);  ///< the name and the options

 private:
  static Loss named(std::string_view name);
  Var aligned(Var y_true, Var y_pred) const;

  Callable<Var(Var, Var, const Var*)> loss_;
  losses::Targets targets_ = losses::Targets::numbers;
};

/// The library's losses by name. The function beside a name makes that loss, with its defaults. A loss with several
/// names has its own first.
std::span<const std::pair<std::string_view, Loss (*)()>> all_losses();

}  // namespace xgrad::inline XGRAD_PRECISION
