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

/// The losses by type, for their options: Keras's names and defaults. What each computes stands in
/// autograd/ops/ops.hpp.
namespace losses {

/// What a loss takes for targets: numbers or probabilities in the shape of the predictions, or labels.
enum class Targets { numbers, probabilities, labels, anything };

/// (p - t)^2.
struct MeanSquaredError {
  static constexpr const char* name = "mean_squared_error";
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// |p - t|.
struct MeanAbsoluteError {
  static constexpr const char* name = "mean_absolute_error";
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// e^2 / 2 for an error e up to delta, and delta (|e| - delta / 2) beyond.
struct Huber {
  static constexpr const char* name = "huber";
  double delta = 1;  ///< above 0

  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
  void fields(Fields& f) { f("delta", delta); }
  void check() const;
};

// Probabilities that reach 0 or 1 are where Keras's own backends differ: TensorFlow's takes the probabilities of a
// softmax or sigmoid back to their logits, and the others clip them to [1e-7, 1 - 1e-7], so that the gradient is
// exactly 0 for the samples that are most wrong. xgrad does as TensorFlow's; it clips only what no softmax or sigmoid
// computed.

/// -t log p - (1 - t) log(1 - p) for targets t from 0 to 1, which label smoothing a turns into t (1 - a) + a / 2.
struct BinaryCrossentropy {
  static constexpr const char* name = "binary_crossentropy";
  static constexpr Targets targets = Targets::probabilities;
  bool from_logits = false;
  double label_smoothing = 0;  ///< from 0 to 1

  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
  void fields(Fields& f) { f("from_logits", from_logits)("label_smoothing", label_smoothing); }
  void check() const;
};

/// -sum t log p over the classes, the last axis; smoothing turns t into t (1 - a) + a / classes.
struct CategoricalCrossentropy {
  static constexpr const char* name = "categorical_crossentropy";
  static constexpr Targets targets = Targets::probabilities;
  bool from_logits = false;
  double label_smoothing = 0;  ///< from 0 to 1

  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
  void fields(Fields& f) { f("from_logits", from_logits)("label_smoothing", label_smoothing); }
  void check() const;
};

/// -log p[label], for labels (n,) or (n, 1).
struct SparseCategoricalCrossentropy {
  static constexpr const char* name = "sparse_categorical_crossentropy";
  static constexpr Targets targets = Targets::labels;
  bool from_logits = false;

  Var operator()(Var labels, Var p, const Var* weights = nullptr) const;
  void fields(Fields& f) { f("from_logits", from_logits); }
};

/// max(0, 1 - t p) for targets -1 and 1. A batch whose targets are all 0 or 1 is taken for t = 2 y - 1, as in Keras.
struct Hinge {
  static constexpr const char* name = "hinge";
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// sum t log(t / p) over the last axis, both kept within [1e-7, 1].
struct KLDivergence {
  static constexpr const char* name = "kl_divergence";
  static constexpr Targets targets = Targets::probabilities;
  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

/// A function of one's own. Its value is a number, or has one element for each sample, (n,).
struct Custom {
  static constexpr Targets targets = Targets::anything;
  std::function<Var(Var y_true, Var y_pred)> function;

  Var operator()(Var t, Var p, const Var* weights = nullptr) const;
};

}  // namespace losses

/// What training makes small: given by Keras's name ("mse"), as an object (losses::Huber{.delta = 2}), or as a callable
/// (Var y_true, Var y_pred) -> Var.
///
/// The value of a batch is Keras's "sum_over_batch_size", the sum of the samples' losses, times their weights if there
/// are any, over how many samples there are (not over the sum of the weights). A sample's loss is the mean over all its
/// elements. Targets (n,) stand for (n, 1) and the reverse; no other difference in shape is bridged, least of all by
/// broadcasting.
class Loss {
 public:
  /// Throws ValueError, with the names that there are, for a name that is not one of them.
  template <std::convertible_to<std::string_view> Name>
  Loss(const Name& name) : Loss(named(name)) {}

  /// Throws ValueError for an option out of range.
  template <class L>
  requires(!std::same_as<L, Loss> && std::is_invocable_r_v<Var, const L&, Var, Var, const Var*>) Loss(L loss)
      : loss_(std::move(loss)) {
    if constexpr (requires { L::targets; }) targets_ = L::targets;
  }
  template <class F>
  requires(!std::same_as<F, Loss> && std::is_invocable_r_v<Var, F, Var, Var> &&
           !std::is_invocable_r_v<Var, const F&, Var, Var, const Var*>) Loss(F function)
      : Loss(losses::Custom{std::move(function)}) {}

  /// The loss of a batch, a number. Throws ShapeError for shapes that do not fit or a batch without samples, and
  /// ValueError for labels out of range.
  Var operator()(Var y_true, Var y_pred) const;

  /// The loss with a weight for each sample, (n,) or (n, 1). Throws ValueError if it is a function whose value is one
  /// number for the whole batch.
  Var operator()(Var y_true, Var y_pred, Var sample_weight) const;

  /// Looks once at all targets of a data set, for a model whose outputs have this shape, which leaves out the batch.
  /// Throws ShapeError if it does not fit; ValueError, naming the first sample that does not, unless labels are
  /// integers below the number of classes, the targets of the other crossentropies and of the divergence lie within [0,
  /// 1], and those of the rest are finite. It knows nothing about a function's targets.
  void check_targets(const Tensor& y_true, const Shape& output) const;

  /// Keras's name, "mean_squared_error" for "mse"; "loss" for a function.
  std::string_view name() const { return loss_.name().empty() ? std::string_view("loss") : loss_.name(); }

  /// Whether name and options say it all: not for a function.
  bool can_be_saved() const;

  void fields(Fields& f);

 private:
  static Loss named(std::string_view name);
  Var aligned(Var y_true, Var y_pred) const;

  Callable<Var(Var, Var, const Var*)> loss_;
  losses::Targets targets_ = losses::Targets::numbers;
};

/// The losses of the library by name, with their defaults; a loss's own name stands before its others.
std::span<const std::pair<std::string_view, Loss (*)()>> all_losses();

}  // namespace xgrad::inline XGRAD_PRECISION
