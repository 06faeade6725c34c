#include <algorithm>
#include <cmath>

#include <xgrad/tables/detail/encoding.hpp>
#include <xgrad/tables/detail/measuring.hpp>

namespace xgrad::inline XGRAD_PRECISION::detail {

namespace {

constexpr std::size_t largest_sample = std::size_t{1} << 20;
constexpr std::size_t most_categories = 1000;  // unless max_tokens says otherwise

}  // namespace

void Measuring::look(const Column& column) {
  Values values(name_, feature_, column);
  for (std::size_t row = 0; row < column.size(); ++row, ++rows_) {
    if (values.is_missing(row) && feature_.missing.how != "value" && !feature_.missing.how.empty()) {
      ++missing_;  // what stands for it is not known yet
      continue;
    }
    if (feature_.is_categorical()) {
      const std::string category(values.category(row));
      const std::size_t n = ++counts_[category];
      if (n == 1) are_dates_ = are_dates_ && is_date(category);
      require<ValueError>(counts_.size() <= most_categories || feature_.max_tokens > 0, "FeatureSpace: ", name_,
                          " has more than ", most_categories,
                          " different values; leave the column out, hash it, or "
                          "set max_tokens to how many of the most frequent ones have an index");
    } else if (feature_.is_hashed()) {
      values.category(row);
    } else {
      if (values.is_missing(row)) {
        values.number(row);  // refuses it, or it is a value that was given
        ++missing_;
        continue;
      }
      const double x = values.number(row), from_mean = x - mean_;
      mean_ += from_mean / static_cast<double>(++count_);
      squares_ += from_mean * (x - mean_);
      sample(x);
    }
  }
}

// Keeps all values, or each with the same probability (Vitter's algorithm R).
void Measuring::sample(double x) {
  if (feature_.missing.how != "median" && (feature_.kind != "float_discretized" || feature_.has_boundaries)) return;
  if (sample_.size() < largest_sample) return sample_.push_back(x);
  const auto place = static_cast<std::size_t>(rng_.uniform() * static_cast<double>(count_));
  if (place < largest_sample) sample_[place] = x;
}

double Measuring::median() const {
  std::vector<double> values = sample_;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return values.size() % 2 ? *middle : (*middle + *std::max_element(values.begin(), middle)) / 2;
}

// As Keras's Discretization: the value number i of n, from 1, has the share i / n, and between two it is a line.
double Measuring::quantile(double share) const {
  const double at = share * static_cast<double>(sample_.size()) - 1;
  if (at <= 0) return sample_.front();
  const std::size_t below = std::min(static_cast<std::size_t>(at), sample_.size() - 1);
  const std::size_t above = std::min(below + 1, sample_.size() - 1);
  return sample_[below] + (at - static_cast<double>(below)) * (sample_[above] - sample_[below]);
}

void Measuring::write(Feature& feature) const {
  Fill& fill = feature.missing;
  if (feature.is_categorical()) {
    using Count = std::pair<const std::string, std::size_t>;
    std::vector<const Count*> order;
    for (const Count& each : counts_) order.push_back(&each);
    require<ValueError>(!order.empty(), "FeatureSpace: ", name_, " has no values; leave the column out");
    require<ValueError>(!are_dates_ || feature.max_tokens > 0, "FeatureSpace: ", name_, " holds dates, such as \"",
                        order[0]->first,
                        "\", which are no categories; make numbers of them, such as year, month and "
                        "day, or leave the column out");
    const bool numeric = feature.is_integer();
    std::sort(order.begin(), order.end(), [numeric](const Count* a, const Count* b) {
      if (a->second != b->second) return a->second > b->second;
      return numeric ? std::stoll(a->first) > std::stoll(b->first) : a->first > b->first;
    });
    if (fill.how == "most_frequent") {
      fill.text = numeric ? "" : order[0]->first;
      fill.number = numeric ? std::stod(order[0]->first) : 0;
    }
    if (feature.max_tokens > 0) order.resize(std::min(order.size(), feature.max_tokens - feature.num_oov_indices));
    feature.vocabulary.clear();
    for (const Count* each : order) feature.vocabulary.push_back(each->first);
    return;
  }
  if (feature.is_hashed()) return;
  const bool needs_values = feature.kind == "float_normalized" || (fill.how != "" && fill.how != "value") ||
                            (feature.kind == "float_discretized" && !feature.has_boundaries);
  if (!needs_values) return;
  require<ValueError>(count_ > 0, "FeatureSpace: ", name_, " has no values; leave the column out");
  if (fill.how == "mean") fill.number = mean_;
  if (fill.how == "median") fill.number = median();
  if (feature.kind == "float_normalized") {  // with those that are filled
    const double n = static_cast<double>(count_), m = static_cast<double>(missing_), away = fill.number - mean_;
    feature.mean = m > 0 ? mean_ + away * (m / (n + m)) : mean_;
    const double variance = (squares_ + (m > 0 ? away * away * (n * m / (n + m)) : 0)) / (n + m);
    feature.deviation = variance > 0 ? std::sqrt(variance) : 1;  // as scikit-learn's StandardScaler
    require<ValueError>(std::isfinite(feature.mean) && std::isfinite(feature.deviation),
                        "FeatureSpace: the numbers of ", name_,
                        " are so large that their mean or variance is not finite; scale them by float_rescaled");
  }
  if (feature.kind == "float_discretized" && !feature.has_boundaries) {
    Measuring sorted = *this;
    std::sort(sorted.sample_.begin(), sorted.sample_.end());
    feature.boundaries.clear();
    for (std::size_t k = 1; k < feature.bins; ++k)
      feature.boundaries.push_back(sorted.quantile(static_cast<double>(k) / static_cast<double>(feature.bins)));
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION::detail
