#include <algorithm>
#include <numbers>

#include <xgrad/nn/losses/detail/values.hpp>
#include <xgrad/nn/losses/types.hpp>

// Distances and margins.

namespace xgrad::inline XGRAD_PRECISION::losses {

namespace {

constexpr double epsilon = 1e-7;  // Keras's

// Targets of 0 and 1 become -1 and 1.
Var signs(Var t) {
  const Tensor& y = t.value();
  const bool binary = std::all_of(y.begin(), y.end(), [](Real label) { return label == 0 || label == 1; });
  return binary ? 2 * t - 1 : t;
}

Var normalised(Var x) { return x / sqrt(maximum(sum_to(square(x), one_each_row(x)), epsilon * epsilon)); }

void require_rows(const char* who, Var p) {
  require(p.shape().size() > 1, who, ": y_pred has shape ", p.shape(), "; it takes rows, (n, ..., k)");
}

}  // namespace

Var MeanSquaredError::operator()(Var t, Var p, const Var* weights) const {
  return weights ? mean_squared_error(t, p, *weights) : mean_squared_error(t, p);
}

Var MeanAbsoluteError::operator()(Var t, Var p, const Var* weights) const {
  return weights ? mean_absolute_error(t, p, *weights) : mean_absolute_error(t, p);
}

Var MeanAbsolutePercentageError::operator()(Var t, Var p, const Var* weights) const {
  const Var error = t - p, size = maximum(abs(t), epsilon);
  return 100 * mean_of(abs(error / size), weights);
}

Var MeanSquaredLogarithmicError::operator()(Var t, Var p, const Var* weights) const {
  const Var of_p = log1p(maximum(p, epsilon)), of_t = log1p(maximum(t, epsilon));
  return mean_of(square(of_p - of_t), weights);
}

Var Huber::operator()(Var t, Var p, const Var* weights) const {
  const auto d = static_cast<Real>(delta);
  return weights ? huber(t, p, *weights, d) : huber(t, p, d);
}

void Huber::check() const {
  require<ValueError>(delta > 0 && std::isfinite(delta), "huber: delta is ", delta, "; it takes a number above 0");
}

Var LogCosh::operator()(Var t, Var p, const Var* weights) const {
  const Var e = p - t, rest = softplus(-2 * e);
  return mean_of(e + rest - std::numbers::ln2, weights);
}

Var Poisson::operator()(Var t, Var p, const Var* weights) const {
  const Var likelihood = t * log(p + epsilon);
  return mean_of(p - likelihood, weights);
}

Var CosineSimilarity::operator()(Var t, Var p, const Var* weights) const {
  require_rows(name, p);
  const Var its = normalised(moved_last(name, p, axis)), true_one = normalised(moved_last(name, t, axis));
  return -mean_of(sum_to(true_one * its, one_each_row(its)), weights);
}

void CosineSimilarity::check() const { check_axis(name, axis); }

Var Hinge::operator()(Var t, Var p, const Var* weights) const {
  t = signs(t);
  return mean_of(maximum(1 - t * p, 0), weights);
}

Var SquaredHinge::operator()(Var t, Var p, const Var* weights) const {
  t = signs(t);
  return mean_of(square(maximum(1 - t * p, 0)), weights);
}

Var CategoricalHinge::operator()(Var t, Var p, const Var* weights) const {
  require_rows(name, p);
  const Shape rows = one_each_row(p);
  const Var others = (1 - t) * p, wrong = max_to(others, rows), right = sum_to(t * p, rows);
  return mean_of(maximum(wrong - right + 1, 0), weights);
}

}  // namespace xgrad::inline XGRAD_PRECISION::losses
