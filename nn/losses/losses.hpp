#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <xgrad/core/named.hpp>
#include <xgrad/nn/losses/types.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What training makes small. It is given by Keras's name ("mse"), as an object (losses::Huber{.delta = 2}), or as a
/// callable (Var y_true, Var y_pred) -> Var.
///
/// The loss of a sample is the mean over its elements or rows. What the loss of a batch is says the option `reduction`:
///   "sum_over_batch_size", "mean"   the sum of the samples' losses, each times its weight if there are weights, over
///                                   the number of samples (not over the sum of the weights)
///   "mean_with_sample_weight"       that sum over the sum of the weights, which are taken for constants
///   "sum"                           that sum; for outputs (n, ..., k) it is one over all rows' losses
/// Samples that SparseCategoricalCrossentropy ignores are not in these numbers; where nothing is counted, the loss is
/// 0. Keras's None, a loss for each sample, cannot be trained on, and is refused. An epoch's loss is the mean of the
/// batches' losses, each weighted by its number of samples, whatever the reduction.
///
/// Targets (n,) stand for (n, 1), and the reverse. No other difference in shape is bridged, least of all by
/// broadcasting.
class Loss {
 public:
  /// The loss of a name in any of Keras's spellings, with its defaults. Throws ValueError, which lists the names, for
  /// another.
  template <std::convertible_to<std::string_view> Name>
  Loss(const Name& name) : Loss(named(name)) {}

  /// A loss as an object with its options. Throws ValueError for an option out of range.
  template <class L>
  requires(!std::same_as<L, Loss> && std::is_invocable_r_v<Var, const L&, Var, Var, const Var*>) Loss(L loss)
      : loss_(std::move(loss)), counting_([](void* l) { return Counting(*static_cast<L*>(l)); }) {
    if constexpr (requires { L::targets; }) targets_ = L::targets;
    check_reduction();
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

  /// A part of a loss: that of some samples of a batch, all of whose targets and weights, or null, are given, too. The
  /// mean over the parts, each weighted by its number of samples, is the loss of the batch. Throws what the loss of a
  /// batch does.
  Var part(Var y_true, Var y_pred, const Var* sample_weight, const Tensor& all_true, const Tensor* all_weights) const;

  /// The mean over the samples, each times its weight if there are weights, (n,), whatever the reduction is. What a
  /// sample that is ignored counts is 0. Throws what the loss of a batch does.
  Var mean(Var y_true, Var y_pred, const Var* sample_weight = nullptr) const;

  /// How many samples count, of targets (n,): those that are not ignored, each as often as its weight says.
  double counted(const Tensor& y_true, const Tensor* weights) const;

  /// Whether the loss is one of the whole batch, and not of its samples: Dice and Tversky.
  bool is_of_batch() const { return counting_(loss_.get("loss")).of_batch; }

  /// Whether part() needs the whole batch.
  bool counts_batch() const;

  /// Checks all targets of a data set at once, for a model whose outputs have this shape, the batch left out. Throws
  /// ShapeError if the shapes do not fit. Throws ValueError, which names the first sample that does not fit, unless
  /// labels are integers below the number of classes, the targets of the other crossentropies and of the divergence lie
  /// within [0, 1], give or take 1e-6, and those of other losses are finite. It accepts any targets for a function of
  /// the user's.
  void check_targets(const Tensor& y_true, const Shape& output) const;

  /// What shows that these predictions are not what the loss takes, as a sentence for the user; "" if nothing does.
  /// Probabilities lie within [0, 1], those of classes add up to 1; logits do not; and there is more than one class.
  std::string doubts(const Tensor& y_pred) const;

  /// Keras's name of the loss, "mean_squared_error" also for "mse"; "loss" for a function of the user's.
  std::string_view name() const { return loss_.name().empty() ? std::string_view("loss") : loss_.name(); }

  /// Whether a file can hold the loss by its name and options: not a function of the user's.
  bool can_be_saved() const;

  void fields(Fields& f);                        ///< the name, the options and the reduction
  void options(Fields& f) { loss_.options(f); }  ///< the options alone

 private:
  // What there is in a loss of how its values are counted.
  struct Counting {
    template <class L>
    explicit Counting(L& loss) {
      if constexpr (requires {
                      { loss.reduction } -> std::same_as<std::string&>;
                    })
        reduction = &loss.reduction;
      if constexpr (requires { loss.ignore_class; }) ignored = loss.ignore_class;
      if constexpr (requires { loss.axis; }) axis = loss.axis;
      if constexpr (requires { L::by_rows; }) by_rows = L::by_rows;
      if constexpr (requires { L::of_batch; }) of_batch = L::of_batch;
    }

    std::string* reduction = nullptr;
    std::optional<double> ignored{};
    std::int64_t axis = -1;
    bool by_rows = false, of_batch = false;
  };

  static Loss named(std::string_view name);
  void check_reduction() const;
  losses::Targets targets_for(const Shape& y_true, const Shape& y_pred) const;
  Var aligned(Var y_true, Var y_pred) const;
  double factor(const Shape& part, const Tensor& all_true, const Tensor* all_weights) const;

  Callable<Var(Var, Var, const Var*)> loss_;
  Counting (*counting_)(void*) = nullptr;
  losses::Targets targets_ = losses::Targets::numbers;
};

/// The library's losses by name. The function beside a name makes that loss, with its defaults. A loss with several
/// names has its own first.
std::span<const std::pair<std::string_view, Loss (*)()>> all_losses();

}  // namespace xgrad::inline XGRAD_PRECISION
