#include <cmath>

#include <xgrad/nn/detail/targets.hpp>
#include <xgrad/nn/metrics/metrics.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// Adds measure(y_pred - y_true) for every element.
template <class Measure>
void add_errors(metrics::Mean& mean, const char* who, const Tensor& y_true, const Tensor& y_pred, Measure measure) {
  require_alike(who, y_true.shape(), y_pred.shape());
  for (std::size_t i = 0; i < y_pred.size(); ++i)
    mean.total += measure(double{y_pred.data()[i]} - double{y_true.data()[i]});
  mean.count += static_cast<double>(y_pred.size());
}

double squared(double error) { return error * error; }

}  // namespace

namespace metrics {

void MeanAbsoluteError::update(const Tensor& y_true, const Tensor& y_pred) {
  add_errors(error, name, y_true, y_pred, [](double e) { return std::abs(e); });
}

void MeanSquaredError::update(const Tensor& y_true, const Tensor& y_pred) {
  add_errors(error, name, y_true, y_pred, squared);
}

void RootMeanSquaredError::update(const Tensor& y_true, const Tensor& y_pred) {
  add_errors(error, name, y_true, y_pred, squared);
}

double RootMeanSquaredError::result() const { return std::sqrt(error.result()); }

void R2Score::update(const Tensor& y_true, const Tensor& y_pred) {
  require_alike(name, y_true.shape(), y_pred.shape());
  require(y_pred.dimension() <= 2, name, ": y_pred has shape ", y_pred.shape(), "; it takes (n, outputs)");
  const std::size_t n = y_pred.dimension() == 2 ? y_pred.shape(1) : 1;
  if (outputs.empty())
    for (std::size_t k = 0; k < n; ++k) outputs.push_back({.first = y_true.data()[k]});
  require(outputs.size() == n, name, ": ", n, " outputs after ", outputs.size());
  for (std::size_t i = 0; i < y_pred.size(); ++i) {
    Output& output = outputs[i % n];
    const double from_first = double{y_true.data()[i]} - output.first;
    output.sum += from_first;
    output.squares += from_first * from_first;
    output.residual += squared(double{y_true.data()[i]} - double{y_pred.data()[i]});
  }
  const std::size_t samples = y_pred.size() / n;
  count += static_cast<double>(samples);
}

double R2Score::result() const {
  Mean scores;
  for (const Output& output : outputs) {
    const double total = output.squares - output.sum * output.sum / count;
    scores.total += total == 0 && output.residual > 0 ? 0 : 1 - output.residual / total;
    scores.count += 1;
  }
  return scores.result();
}

}  // namespace metrics

}  // namespace xgrad::inline XGRAD_PRECISION
