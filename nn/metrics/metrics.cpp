#include <xgrad/nn/metrics/metrics.hpp>

#include <algorithm>
#include <vector>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

template <class M>
Metric make() {
  return Metric(M{});
}

}  // namespace

std::span<const std::pair<std::string_view, std::function<Metric()>>> all_metrics() {
  using namespace metrics;
  using Table = std::vector<std::pair<std::string_view, std::function<Metric()>>>;
  static const Table all = [] {
    Table table{{"accuracy", make<Accuracy>},
                {"acc", make<Accuracy>},
                {"binary_accuracy", make<BinaryAccuracy>},
                {"categorical_accuracy", make<CategoricalAccuracy>},
                {"sparse_categorical_accuracy", make<SparseCategoricalAccuracy>},
                {"top_k_categorical_accuracy", make<TopKCategoricalAccuracy>},
                {"sparse_top_k_categorical_accuracy", make<SparseTopKCategoricalAccuracy>},
                {"precision", make<Precision>},
                {"recall", make<Recall>},
                {"true_positives", make<TruePositives>},
                {"false_positives", make<FalsePositives>},
                {"true_negatives", make<TrueNegatives>},
                {"false_negatives", make<FalseNegatives>},
                {"f1_score", make<F1Score>},
                {"fbeta_score", make<FBetaScore>},
                {"auc", make<AUC>},
                {"precision_at_recall", make<PrecisionAtRecall>},
                {"recall_at_precision", make<RecallAtPrecision>},
                {"sensitivity_at_specificity", make<SensitivityAtSpecificity>},
                {"specificity_at_sensitivity", make<SpecificityAtSensitivity>},
                {"mean_absolute_error", make<MeanAbsoluteError>},
                {"mae", make<MeanAbsoluteError>},
                {"mean_squared_error", make<MeanSquaredError>},
                {"mse", make<MeanSquaredError>},
                {"root_mean_squared_error", make<RootMeanSquaredError>},
                {"rmse", make<RootMeanSquaredError>},
                {"r2_score", make<R2Score>},
                {"cosine_similarity", make<CosineSimilarity>},
                {"log_cosh_error", [] { return Metric(losses::LogCosh{}); }}};
    const std::size_t own = table.size();
    for (const auto& row : all_losses()) {
      const auto& [name, make_loss] = row;
      const auto is_it = [&row](const auto& other) { return other.first == row.first; };
      if (std::any_of(table.begin(), table.begin() + static_cast<std::ptrdiff_t>(own), is_it)) continue;
      table.emplace_back(name, [make_loss = make_loss] {
        const Loss loss = make_loss();
        return Metric(std::string(loss.name()), OfLoss{loss});
      });
    }
    return table;
  }();
  return all;
}

void Metric::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  void* const metric = metric_.get("metric");
  if (weights) {
    require<ValueError>(takes_weights_, name_,
                        ": it takes no weights; its class needs update(y_true, y_pred, weights)");
    const std::size_t n = y_pred.dimension() == 0 ? 0 : y_pred.shape(0);
    require(weights->shape() == Shape{n} || weights->shape() == Shape{n, 1}, name_, ": weights of shape ",
            weights->shape(), " for y_pred ", y_pred.shape(), "; it takes one for each sample, (", n, ",)");
  }
  update_(metric, y_true, y_pred, weights);
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
