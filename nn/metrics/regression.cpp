#include <algorithm>
#include <cmath>

#include <xgrad/nn/detail/targets.hpp>
#include <xgrad/nn/metrics/detail/values.hpp>
#include <xgrad/nn/metrics/metrics.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// Adds measure(y_pred - y_true) for every element.
template <class Measure>
void add_errors(metrics::Mean& mean, const char* who, const Tensor& y_true, const Tensor& y_pred, const Tensor* weights,
                Measure measure) {
  require_alike(who, y_true.shape(), y_pred.shape());
  add_values(mean, y_pred.size(), y_pred, weights,
             [&](std::size_t i) { return measure(double{y_pred.data()[i]} - double{y_true.data()[i]}); });
}

double squared(double error) { return error * error; }

}  // namespace

namespace metrics {

void MeanAbsoluteError::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  add_errors(error, name, y_true, y_pred, weights, [](double e) { return std::abs(e); });
}

void MeanSquaredError::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  add_errors(error, name, y_true, y_pred, weights, squared);
}

void RootMeanSquaredError::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  add_errors(error, name, y_true, y_pred, weights, squared);
}

double RootMeanSquaredError::result() const { return std::sqrt(error.result()); }

void CosineSimilarity::check() const {
  require<ValueError>(axis != 0, name, ": axis is 0; it takes -1, the last, or another but 0, the samples");
}

void CosineSimilarity::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  require_alike(name, y_true.shape(), y_pred.shape());
  const auto rank = static_cast<std::int64_t>(y_pred.dimension()), along = axis < 0 ? axis + rank : axis;
  require(along > 0 && along < rank, name, ": axis ", axis, " of y_pred ", y_pred.shape(),
          "; it takes rows, (n, ..., k)");
  const std::size_t k = y_pred.shape()[static_cast<std::size_t>(along)];
  std::size_t inner = 1;  // elements from one of a row to the next
  for (std::int64_t a = along + 1; a < rank; ++a) inner *= y_pred.shape()[static_cast<std::size_t>(a)];
  add_values(cosine, y_pred.size() / k, y_pred, weights, [&](std::size_t row) {
    double product = 0, of_t = 0, of_p = 0;
    for (std::size_t j = 0, i = row / inner * inner * k + row % inner; j < k; ++j, i += inner) {
      const double t = y_true.data()[i], p = y_pred.data()[i];
      product += t * p;
      of_t += t * t;
      of_p += p * p;
    }
    return product / (std::max(std::sqrt(of_t), 1e-7) * std::max(std::sqrt(of_p), 1e-7));
  });
}

void R2Score::check() const {
  const std::string& by = class_aggregation;
  require<ValueError>(by == "uniform_average" || by == "variance_weighted_average" || by == "none", name,
                      ": class_aggregation is \"", by,
                      "\"; it takes uniform_average, variance_weighted_average or none");
}

void R2Score::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  require_alike(name, y_true.shape(), y_pred.shape());
  require(y_pred.dimension() <= 2, name, ": y_pred has shape ", y_pred.shape(), "; it takes (n, outputs)");
  const std::size_t n = y_pred.dimension() == 2 ? y_pred.shape(1) : 1;
  if (outputs.empty())
    for (std::size_t k = 0; k < n; ++k) outputs.push_back({.first = y_true.data()[k]});
  require(outputs.size() == n, name, ": ", n, " outputs after ", outputs.size());
  for (std::size_t i = 0; i < y_pred.size(); ++i) {
    Output& output = outputs[i % n];
    const double weight = weights ? weights->data()[i / n] : 1;
    const double from_first = double{y_true.data()[i]} - output.first;
    output.sum += weight * from_first;
    output.squares += weight * from_first * from_first;
    output.residual += weight * squared(double{y_true.data()[i]} - double{y_pred.data()[i]});
    if (i % n == 0) count += weight;
  }
  elements += static_cast<double>(y_pred.size());
}

// Another rank's sums are of its targets less its own first one: they are moved to this first one.
void R2Score::sums(Sums& f) {
  R2Score other;
  if (f.adds())
    f(other.outputs)(other.count)(other.elements);
  else
    f(outputs)(count)(elements);
  if (other.outputs.empty()) return;
  if (outputs.empty()) outputs = std::exchange(other.outputs, {});
  require(other.outputs.empty() || outputs.size() == other.outputs.size(), name, ": ", outputs.size(),
          " outputs on one rank and ", other.outputs.size(), " on another");
  for (std::size_t k = 0; k < other.outputs.size(); ++k) {
    const Output& b = other.outputs[k];
    Output& a = outputs[k];
    const double by = b.first - a.first;
    a.sum += b.sum + other.count * by;
    a.squares += b.squares + 2 * by * b.sum + other.count * by * by;
    a.residual += b.residual;
  }
  count += other.count;
  elements += other.elements;
}

double R2Score::result(std::size_t k) const {
  const auto variance = [&](const Output& output) { return output.squares - output.sum * output.sum / count; };
  const auto score = [&](const Output& output) {
    const double total = variance(output);
    return total == 0 && output.residual > 0 ? 0 : 1 - output.residual / total;
  };
  if (outputs.empty()) return 0;
  Mean scores;
  for (const Output& output : outputs) {
    const double weight = class_aggregation == "uniform_average" ? 1 : variance(output);
    scores.total += weight * score(output);
    scores.count += weight;
  }
  const double r2 = class_aggregation == "none" ? score(outputs.at(k)) : scores.total / scores.count;
  const double p = static_cast<double>(num_regressors);
  return p == 0 || p >= elements - 1 ? r2 : 1 - (1 - r2) * (elements - 1) / (elements - p - 1);
}

}  // namespace metrics

}  // namespace xgrad::inline XGRAD_PRECISION
