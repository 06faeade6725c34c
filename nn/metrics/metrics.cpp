#include <xgrad/nn/metrics/metrics.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

template <class M>
Metric make() {
  return Metric(M{});
}

}  // namespace

std::span<const std::pair<std::string_view, Metric (*)()>> all_metrics() {
  using namespace metrics;
  static constexpr std::pair<std::string_view, Metric (*)()> all[] = {
      {"accuracy", make<Accuracy>},
      {"acc", make<Accuracy>},
      {"binary_accuracy", make<BinaryAccuracy>},
      {"categorical_accuracy", make<CategoricalAccuracy>},
      {"sparse_categorical_accuracy", make<SparseCategoricalAccuracy>},
      {"top_k_categorical_accuracy", make<TopKCategoricalAccuracy>},
      {"sparse_top_k_categorical_accuracy", make<SparseTopKCategoricalAccuracy>},
      {"precision", make<Precision>},
      {"recall", make<Recall>},
      {"f1_score", make<F1Score>},
      {"auc", make<AUC>},
      {"mean_absolute_error", make<MeanAbsoluteError>},
      {"mae", make<MeanAbsoluteError>},
      {"mean_squared_error", make<MeanSquaredError>},
      {"mse", make<MeanSquaredError>},
      {"root_mean_squared_error", make<RootMeanSquaredError>},
      {"rmse", make<RootMeanSquaredError>},
      {"r2_score", make<R2Score>}};
  return all;
}

Metric Metric::named(std::string_view name) {
  Metric metric = find_named("metric", all_metrics(), name)();
  metric.name_ = name;
  return metric;
}

bool Metric::can_be_saved() const {
  for (const auto& [name, make] : all_metrics())
    if (name == kind()) return make().start_.is_like(start_);
  return false;
}

void Metric::fields(Fields& f) {
  std::string kind = start_.name(), name = name_;
  f.needed("kind", kind).needed("name", name);
  if (f.purpose() == Fields::reading) {
    *this = named(kind);
    name_ = name;
  }
  start_.options(f);
  if (f.purpose() == Fields::reading) reset();
}

}  // namespace xgrad::inline XGRAD_PRECISION
