#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <xgrad/core/named.hpp>
#include <xgrad/nn/metrics/types.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What adds batches up to a number.
template <class M>
concept Accumulates = requires(M m, const Tensor& y) {
  m.update(y, y);
  { m.result() } -> std::convertible_to<double>;
};

/// What is reported of predictions, next to the loss: given by Keras's name ("accuracy", "mse"), as an object
/// (metrics::AUC{.curve = "PR"}), or as a name with an object or with a callable (y_true, y_pred) -> double.
///
/// A metric of one's own is a plain copyable class with
///   void update(const Tensor& y_true, const Tensor& y_pred)   which adds a batch
///   double result() const
/// and, unless it is given with a name, a static `name`.
class Metric {
 public:
  /// Throws ValueError, with the names that there are, for a name that is not one of them. The metric is reported under
  /// the name as given, "mse" or "mean_squared_error", as in Keras.
  template <std::convertible_to<std::string_view> Name>
  Metric(const Name& name) : Metric(named(name)) {}

  /// Throws ValueError for an option out of range.
  template <class M>
  requires(!std::same_as<M, Metric> && Accumulates<M>) Metric(M metric) : Metric(M::name, std::move(metric)) {}

  /// Under another name: Metric("pr_auc", metrics::AUC{.curve = "PR"}).
  template <class M>
  requires(!std::same_as<M, Metric> && Accumulates<M>) Metric(std::string name, M metric)
      : name_(std::move(name)),
        start_(std::move(metric)),
        metric_(start_),
        update_([](void* m, const Tensor& y, const Tensor& p) { static_cast<M*>(m)->update(y, p); }),
        result_([](const void* m) -> double { return static_cast<const M*>(m)->result(); }) {}

  /// The function gives its value for one batch; those of all batches are averaged by their number of samples. Targets
  /// (n,) for predictions (n, 1) are given to it as (n, 1), so that they do not broadcast.
  template <class F>
  requires std::is_invocable_r_v<double, F, const Tensor&, const Tensor&> Metric(std::string name, F function)
      : Metric(std::move(name), metrics::Custom{std::move(function)}) {}

  /// Adds a batch. Throws ShapeError for a batch without samples, and for shapes that do not fit; (n,) fits (n, 1).
  void update(const Tensor& y_true, const Tensor& y_pred) { update_(metric_.get("metric"), y_true, y_pred); }

  /// That of all batches since the last reset.
  double result() const { return result_(metric_.get("metric")); }
  void reset() { metric_ = start_; }

  /// Under which it is reported.
  const std::string& name() const { return name_; }

  /// Keras's name of what it is, "mean_squared_error" for "mse"; empty for a function.
  const std::string& kind() const { return start_.name(); }

  /// Whether kind, name and options say it all: not for a function or a class of one's own.
  bool can_be_saved() const;

  void fields(Fields& f);

 private:
  static Metric named(std::string_view name);

  std::string name_;
  Named start_, metric_;  // as it is before any batch, and now
  void (*update_)(void*, const Tensor&, const Tensor&);
  double (*result_)(const void*);
};

/// The metrics of the library by name, with their defaults; a metric's own name stands before its others.
std::span<const std::pair<std::string_view, Metric (*)()>> all_metrics();

/// How many samples of each class (the row) were predicted as each class (the column): (classes, classes), from labels
/// (n,) or (n, 1) and from predictions (n, classes), of which the largest counts, or predicted labels (n,) or (n, 1).
/// Throws ShapeError, and ValueError for a label that is not an integer below the number of classes.
Tensor confusion_matrix(const Tensor& labels, const Tensor& predictions, std::size_t classes);

/// How many rows of the predictions (n, classes) are largest at their label, labels (n,); the first of equals counts.
/// Throws ShapeError. Keras's sparse_categorical_accuracy is this over n.
std::size_t count_correct(const Tensor& labels, const Tensor& predictions);

}  // namespace xgrad::inline XGRAD_PRECISION
