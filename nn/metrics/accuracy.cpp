#include <algorithm>

#include <xgrad/nn/detail/targets.hpp>
#include <xgrad/nn/metrics/detail/values.hpp>
#include <xgrad/nn/metrics/metrics.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

std::size_t largest(const Real* row, std::size_t classes) {
  return static_cast<std::size_t>(std::max_element(row, row + classes) - row);
}

bool largest_at(const Real* row, std::size_t classes, Real label) {
  const std::size_t best = largest(row, classes);
  const bool there = static_cast<Real>(best) == label, is_number = row[best] == row[best];
  return there & is_number;  // no branch: it would be a coin toss
}

// Whether fewer than k of the row are above the one at the label; beside NaN, nothing is known to be below.
bool among_top(const Real* row, std::size_t classes, Real label, std::size_t k) {
  if (!(label >= 0 && label < static_cast<Real>(classes))) return false;
  const Real x = row[static_cast<std::size_t>(label)];
  return static_cast<std::size_t>(std::count_if(row, row + classes, [x](Real other) { return !(other <= x); })) < k;
}

// Adds how many rows (..., classes) of the predictions are right, by their number.
template <class Right>
void add_rows(metrics::Mean& correct, const Tensor& y_pred, const Tensor* weights, Right right) {
  const std::size_t classes = y_pred.shape().back(), rows = y_pred.size() / classes;
  const bool nan = has_nan(y_pred.data(), y_pred.size());
  const auto is_right = [&](std::size_t i) {
    const Real* const row = y_pred.data() + i * classes;
    return right(i, row, classes) && !(nan && has_nan(row, classes));
  };
  if (weights) return add_values(correct, rows, y_pred, weights, is_right);
  std::size_t n = 0;
  for (std::size_t i = 0; i < rows; ++i) n += is_right(i);
  correct.total += static_cast<double>(n);
  correct.count += static_cast<double>(rows);
}

void require_one_hot(const char* who, const Tensor& y_true, const Tensor& y_pred) {
  require_alike(who, y_true.shape(), y_pred.shape());
  require(y_pred.dimension() > 1 && y_true.dimension() > 1, who, ": y_true has shape ", y_true.shape(), " and y_pred ",
          y_pred.shape(), "; it takes one-hot targets for (n, classes)");
}

// Adds how many right(row, classes, label) are, of one-hot targets or of labels.
template <class Right>
void add_one_hot(metrics::Mean& correct, const char* who, const Tensor& y_true, const Tensor& y_pred,
                 const Tensor* weights, Right right) {
  require_one_hot(who, y_true, y_pred);
  add_rows(correct, y_pred, weights, [&](std::size_t i, const Real* row, std::size_t classes) {
    return right(row, classes, static_cast<Real>(largest(y_true.data() + i * classes, classes)));
  });
}

template <class Right>
void add_sparse(metrics::Mean& correct, const char* who, const Tensor& y_true, const Tensor& y_pred,
                const Tensor* weights, Right right) {
  require_labels(who, y_true.shape(), y_pred.shape());
  add_rows(correct, y_pred, weights,
           [&](std::size_t i, const Real* row, std::size_t classes) { return right(row, classes, y_true.data()[i]); });
}

void add_binary(metrics::Mean& correct, const char* who, const Tensor& y_true, const Tensor& y_pred,
                const Tensor* weights, Real threshold) {
  require_alike(who, y_true.shape(), y_pred.shape());
  const auto is_right = [&](std::size_t i) {
    const Real y = y_true.data()[i], p = y_pred.data()[i];
    return y == 1 ? p > threshold : y == 0 && p <= threshold;
  };
  if (weights) return add_values(correct, y_pred.size(), y_pred, weights, is_right);
  std::size_t n = 0;
  for (std::size_t i = 0; i < y_pred.size(); ++i) n += is_right(i);
  correct.total += static_cast<double>(n);
  correct.count += static_cast<double>(y_pred.size());
}

void require_k(const char* who, std::size_t k) { require<ValueError>(k > 0, who, ": k is 0; it takes 1 or more"); }

}  // namespace

namespace metrics {

void Accuracy::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  const Shape &t = y_true.shape(), &p = y_pred.shape();
  if (p.size() < 2 || p.back() == 1)
    add_binary(correct, name, y_true, y_pred, weights, static_cast<Real>(0.5));
  else if (t.size() < p.size() || t.back() == 1)
    add_sparse(correct, name, y_true, y_pred, weights, largest_at);
  else
    add_one_hot(correct, name, y_true, y_pred, weights, largest_at);
}

void BinaryAccuracy::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  add_binary(correct, name, y_true, y_pred, weights, static_cast<Real>(threshold));
}

void CategoricalAccuracy::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  add_one_hot(correct, name, y_true, y_pred, weights, largest_at);
}

void SparseCategoricalAccuracy::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  add_sparse(correct, name, y_true, y_pred, weights, largest_at);
}

void TopKCategoricalAccuracy::check() const { require_k(name, k); }
void TopKCategoricalAccuracy::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  add_one_hot(correct, name, y_true, y_pred, weights,
              [this](const Real* row, std::size_t classes, Real label) { return among_top(row, classes, label, k); });
}

void SparseTopKCategoricalAccuracy::check() const { require_k(name, k); }
void SparseTopKCategoricalAccuracy::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  add_sparse(correct, name, y_true, y_pred, weights,
             [this](const Real* row, std::size_t classes, Real label) { return among_top(row, classes, label, k); });
}

void OfLoss::update(const Tensor& y_true, const Tensor& y_pred, const Tensor* weights) {
  if (scratch.tape == nullptr) scratch.tape.reset(new Tape);
  Tape& tape = *scratch.tape;
  tape.rewind();
  const Var t = tape.borrow(y_true), p = tape.borrow(y_pred);
  const Var w = weights ? tape.borrow(*weights) : Var();
  // a number for the whole batch is one value, as in Keras
  const double n = loss.is_of_batch() && !weights ? 1 : static_cast<double>(samples_of(y_pred));
  value.total += n * double{loss.mean(t, p, weights ? &w : nullptr).item()};
  value.count += weights ? loss.counted(y_true, weights) : n;
}

void Custom::update(const Tensor& y_true, const Tensor& y_pred) {
  require(y_pred.dimension() > 0 && y_pred.size() > 0, "metric: an empty batch: y_pred has shape ", y_pred.shape());
  const double samples = static_cast<double>(y_pred.shape(0));
  if (same_column(y_true.shape(), y_pred.shape())) {
    Tensor alike = y_true;
    alike.reshape(y_pred.shape());
    value.total += samples * function(alike, y_pred);
  } else {
    value.total += samples * function(y_true, y_pred);
  }
  value.count += samples;
}

}  // namespace metrics

std::size_t count_correct(const Tensor& labels, const Tensor& predictions) {
  require(predictions.dimension() == 2 && labels.shape() == Shape{predictions.shape(0)} && predictions.shape(1) > 0,
          "count_correct: labels ", labels.shape(), " with predictions ", predictions.shape(),
          "; it takes (n,) with (n, classes)");
  const std::size_t classes = predictions.shape(1);
  std::size_t correct = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const Real* const row = predictions.data() + i * classes;
    correct += largest_at(row, classes, labels.data()[i]) && !has_nan(row, classes);
  }
  return correct;
}

}  // namespace xgrad::inline XGRAD_PRECISION
