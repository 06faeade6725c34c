#include <xgrad/nn/metrics.hpp>

#include <typeinfo>

#include <xgrad/nn/named.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

template <class M>
Metric make(std::string name) {
  return Metric(std::move(name), M{});
}

}  // namespace

Metric Metric::named(std::string_view name) {
  using namespace metrics;
  constexpr std::pair<std::string_view, Metric (*)(std::string)> known[] = {
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
      {"mae", make<MeanAbsoluteError>},
      {"mean_absolute_error", make<MeanAbsoluteError>},
      {"mse", make<MeanSquaredError>},
      {"mean_squared_error", make<MeanSquaredError>},
      {"rmse", make<RootMeanSquaredError>},
      {"root_mean_squared_error", make<RootMeanSquaredError>},
      {"r2_score", make<R2Score>}};
  return xgrad::named("metric", known, name)(std::string(name));
}

Metric::Metric(std::string_view kind, std::string name, Config options) : Metric(kind) {
  name_ = std::move(name);
  self_->config(options);
  reset();
}

Metric::Metric(const Metric& other) : name_(other.name_), kind_(other.kind_), self_(other.self_->copy()) {}
Metric::Metric(Metric&&) noexcept = default;
Metric& Metric::operator=(const Metric& other) { return *this = Metric(other); }
Metric& Metric::operator=(Metric&&) noexcept = default;
Metric::~Metric() = default;

bool Metric::can_be_saved() const {
  try {
    const Metric same = named(kind_);
    const Interface &a = *self_, &b = *same.self_;
    return typeid(a) == typeid(b);
  } catch (const ValueError&) {
    return false;
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION
