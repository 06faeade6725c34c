#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <xgrad/core/named.hpp>
#include <xgrad/nn/losses/losses.hpp>
#include <xgrad/nn/metrics/positives.hpp>
#include <xgrad/nn/metrics/types.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A class that adds batches up to a number, by update(y_true, y_pred) and result(), or to several, which size() says.
template <class M>
concept Accumulates = requires(M m, const Tensor& y) {
  m.update(y, y);
  { m.result() } -> std::convertible_to<double>;
};

/// A number that is reported of predictions, next to the loss. It is given by Keras's name ("accuracy", "mse"), as an
/// object (metrics::AUC{.curve = "PR"}), or as a name with an object or with a callable (y_true, y_pred) -> double.
///
/// A metric of one's own is a plain copyable class with
///   void update(const Tensor& y_true, const Tensor& y_pred)   which adds a batch
///   double result() const
/// and, unless it is given with a name, a static `name`. One for weighted_metrics has update(y_true, y_pred, weights),
/// too, where weights is a const Tensor*, (n,), or null. One of several numbers has std::size_t size() and result(k);
/// they are reported as name_0, name_1 ... A static bool more_is_better tells callbacks which way is up. With
/// void sums(Sums& f), see sums.hpp, it also serves where several processes train together.
class Metric {
 public:
  /// The metric of a name in any of Keras's spellings, with its defaults. It is reported under the name as given, "mse"
  /// or "mean_squared_error", as in Keras. Throws ValueError, which lists the names, for another.
  template <std::convertible_to<std::string_view> Name>
  Metric(const Name& name) : Metric(named(name)) {}

  /// A metric as an object, reported under its class's `name`. Throws ValueError for an option out of range.
  template <class M>
  requires(!std::same_as<M, Metric> && Accumulates<M>) Metric(M metric) : Metric(M::name, std::move(metric)) {}

  /// A metric as an object, reported under another name: Metric("pr_auc", metrics::AUC{.curve = "PR"}). Throws
  /// ValueError for an option out of range.
  template <class M>
  requires(!std::same_as<M, Metric> && Accumulates<M>) Metric(std::string name, M metric)
      : name_(std::move(name)),
        start_(held(std::move(metric))),
        metric_(start_),
        update_([](void* m, const Tensor& y, const Tensor& p, [[maybe_unused]] const Tensor* weights) {
          if constexpr (takes_weights_of<M>)
            static_cast<M*>(m)->update(y, p, weights);
          else
            static_cast<M*>(m)->update(y, p);
        }),
        size_([]([[maybe_unused]] const void* m) -> std::size_t {
          if constexpr (requires(const M& one) { one.result(one.size()); })
            return static_cast<const M*>(m)->size();
          else
            return 1;
        }),
        result_([](const void* m, [[maybe_unused]] std::size_t k) -> double {
          if constexpr (requires(const M& one) { one.result(k); })
            return static_cast<const M*>(m)->result(k);
          else
            return static_cast<const M*>(m)->result();
        }),
        takes_weights_(takes_weights_of<M>) {
    if constexpr (requires(M & one, Sums & f) { one.sums(f); })
      sums_ = [](void* m, Sums& f) { static_cast<M*>(m)->sums(f); };
    if constexpr (requires { bool{M::more_is_better}; }) more_is_better_ = M::more_is_better;
  }

  /// A loss as a metric, reported under its class's `name`: metrics::BinaryCrossentropy{.from_logits = true}. Throws
  /// ValueError for an option out of range.
  template <class L>
  requires(std::is_invocable_r_v<Var, const L&, Var, Var, const Var*>&& requires { L::name; }) Metric(L loss)
      : Metric(L::name, metrics::OfLoss{Loss(std::move(loss))}) {}

  /// A loss as a metric, reported under another name. Throws ValueError for an option out of range.
  template <class L>
  requires(std::is_invocable_r_v<Var, const L&, Var, Var, const Var*>&& requires { L::name; })
      Metric(std::string name, L loss)
      : Metric(std::move(name), metrics::OfLoss{Loss(std::move(loss))}) {}

  /// A function of the user's own, which gives its value for one batch. The result is the mean over all batches, each
  /// weighted by its number of samples. Targets (n,) for predictions (n, 1) are given to the function as (n, 1), so
  /// that they do not broadcast.
  template <class F>
  requires std::is_invocable_r_v<double, F, const Tensor&, const Tensor&> Metric(std::string name, F function)
      : Metric(std::move(name), metrics::Custom{std::move(function)}) {}

  /// Adds a batch, with a weight for each sample, (n,) or (n, 1), or null. Throws ShapeError for a batch without
  /// samples and for shapes that do not fit; (n,) fits (n, 1). Throws ValueError if the metric was moved from, and for
  /// weights that it does not take.
  void update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights = nullptr);

  /// How many numbers the result is: 1, but for one for each threshold or class.
  std::size_t size() const { return size_(metric_.get("metric")); }

  /// The number for all batches since the last reset(), or one of size() numbers; 0 without any batch, but for a class
  /// of the user's own.
  double result(std::size_t k = 0) const { return result_(metric_.get("metric"), k); }

  /// Whether sums() can be called: not of a class of the user's own without such a function.
  bool has_sums() const { return sums_ != nullptr; }

  /// Shows what was added up, so that it can be added to another rank's. Throws ValueError where it cannot be.
  void sums(Sums& f) {
    require<ValueError>(has_sums(), "metric: ", name_, " has no sums(Sums&), by which ranks add it up");
    sums_(metric_.get("metric"), f);
  }

  /// Forgets all batches.
  void reset() { metric_ = start_; }

  /// The name under which the metric is reported.
  const std::string& name() const { return name_; }

  /// Keras's name of the metric, "mean_squared_error" also for "mse". For a class of the user's own, its `name`; "" if
  /// it has none, and for a function.
  const std::string& kind() const { return start_.name(); }

  /// Whether a larger result is a better one. None for a function, and for a class of the user's own that does not say.
  std::optional<bool> more_is_better() const { return more_is_better_; }

  /// Whether it can be one of the weighted_metrics: not a function, nor a class of the user's own without such an
  /// update.
  bool takes_weights() const { return takes_weights_; }

  /// Whether a file can hold the metric by its kind, name and options: not a function or class of the user's own.
  bool can_be_saved() const;

  void fields(Fields& f);  ///< kind, name and options, but not what was added up

 private:
  static Metric named(std::string_view name);

  template <class M>
  static constexpr bool takes_weights_of = requires(M m, const Tensor& y) {
    m.update(y, y, &y);
  };
  template <class M>
  static Named held(M metric) {
    if constexpr (std::same_as<M, metrics::OfLoss>) {
      const std::string kind(metric.loss.name());
      return Named(kind, std::move(metric));
    } else {
      return Named(std::move(metric));
    }
  }

  std::string name_;
  Named start_, metric_;  // as it is before any batch, and now
  void (*update_)(void*, const Tensor&, const Tensor&, const Tensor*);
  std::size_t (*size_)(const void*);
  double (*result_)(const void*, std::size_t);
  void (*sums_)(void*, Sums&) = nullptr;
  bool takes_weights_;
  std::optional<bool> more_is_better_;
};

/// The library's metrics by name. The function beside a name makes that metric, with its defaults. A metric with
/// several names has its own first. Every loss is there, too.
std::span<const std::pair<std::string_view, std::function<Metric()>>> all_metrics();

/// How many samples of each class (the row) were predicted as each class (the column): (classes, classes). Labels are
/// (n,) or (n, 1). Predictions are (n, classes), whose largest entry is the class, or labels again. Throws ShapeError
/// for other shapes and for no samples; ValueError for a label that is not an integer from 0 to classes - 1, and for a
/// prediction of NaN.
Tensor confusion_matrix(const Tensor& labels, const Tensor& predictions, std::size_t classes);

/// How many of n samples have their largest prediction at their label: Keras's sparse_categorical_accuracy times n.
/// Labels are (n,), predictions (n, classes). Of equal predictions the first counts, and a row with NaN is never right.
/// Throws ShapeError for other shapes.
std::size_t count_correct(const Tensor& labels, const Tensor& predictions);

}  // namespace xgrad::inline XGRAD_PRECISION
