#include <xgrad/optim/lbfgs.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <xgrad/optim/line_search.hpp>
#include <xgrad/optim/options.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

double sum_of_magnitudes(const Vector& a) {
  return std::accumulate(a.begin(), a.end(), 0.0, [](double sum, double x) { return sum + std::abs(x); });
}

double largest_magnitude(const Vector& a) {
  return std::accumulate(a.begin(), a.end(), 0.0, [](double most, double x) { return std::max(most, std::abs(x)); });
}

// a += c b
void add(Vector& a, double c, const Vector& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += c * b[i];
}

}  // namespace

LBFGS::LBFGS(LBFGSOptions options) : options_(options) {
  require_above_0("LBFGS: learning_rate", options.learning_rate);
  require_from_0("LBFGS: tolerance_gradient", options.tolerance_gradient);
  require_from_0("LBFGS: tolerance_change", options.tolerance_change);
  require<ValueError>(options.max_iterations > 0, "LBFGS: max_iterations is 0; it takes at least 1");
  require<ValueError>(options.history_size > 0, "LBFGS: history_size is 0; it takes at least 1");
  require<ValueError>(options.max_evaluations != std::size_t{0}, "LBFGS: max_evaluations is 0; it takes at least 1");
  if (!options_.max_evaluations) options_.max_evaluations = options.max_iterations * 5 / 4;
}

double LBFGS::step(std::span<Parameter* const> parameters, const std::function<double()>& closure) {
  read_values(parameters);
  std::size_t evaluations = 0;
  const auto evaluate = [&](double t) {
    try {
      move_to(t, parameters);
      ++evaluations;
      const double loss = closure();
      read_gradient(parameters);
      return LinePoint{t, loss, dot(direction_, gradient_)};
    } catch (...) {
      move_to(0, parameters);
      throw;
    }
  };
  const auto check_finite = [&](double loss) {
    const double sum = sum_of_magnitudes(gradient_);
    if (std::isfinite(loss) && std::isfinite(sum)) return;
    move_to(0, parameters);
    throw ValueError(
        text("LBFGS: the loss is ", loss, ", the sum of the gradient's magnitudes ", sum, "; it takes finite ones"));
  };

  const double loss_before = evaluate(0).loss;
  check_finite(loss_before);
  double loss = loss_before;
  for (std::size_t i = 1; i <= options_.max_iterations; ++i) {
    if (largest_magnitude(gradient_) <= options_.tolerance_gradient) break;
    const bool first_ever = direction_.empty();
    remember();
    find_direction();
    gradient_before_ = gradient_;
    length_ = 0;
    const LinePoint start{0, loss, dot(direction_, gradient_)};
    if (!(start.slope <= -options_.tolerance_change)) break;

    read_values(parameters);
    const double first = options_.learning_rate * (first_ever ? std::min(1.0, 1 / sum_of_magnitudes(gradient_)) : 1);
    LinePoint end;
    if (options_.strong_wolfe) {
      double asked = 0;
      const auto ask = [&](double t) { return evaluate(asked = t); };
      const double narrowest = options_.tolerance_change / largest_magnitude(direction_);
      end = search_line(std::ref(ask), start, first, narrowest);
      if (asked != end.t) end = evaluate(end.t);
    } else if (i < options_.max_iterations) {
      end = evaluate(first);
      check_finite(end.loss);
    } else {  // the next call will ask for the loss
      move_to(first, parameters);
      end.t = first;
    }
    length_ = end.t;
    const double change = std::abs(end.loss - loss);
    loss = end.loss;
    if (evaluations >= *options_.max_evaluations || change < options_.tolerance_change ||
        length_ * largest_magnitude(direction_) <= options_.tolerance_change)
      break;
  }
  return loss_before;
}

void LBFGS::read_values(std::span<Parameter* const> parameters) {
  std::size_t n = 0;
  for (const Parameter* p : parameters) n += p->value().size();
  require<ValueError>(direction_.empty() || direction_.size() == n, "LBFGS: parameters of ", n, " weights after ",
                      direction_.size(), "; it takes the same parameters at every step");
  x_.clear();
  for (const Parameter* p : parameters) x_.insert(x_.end(), p->value().begin(), p->value().end());
}

void LBFGS::read_gradient(std::span<Parameter* const> parameters) {
  gradient_.clear();
  for (Parameter* p : parameters) {
    require<ValueError>(p->fresh && p->gradient.size() == p->value().size(), "LBFGS: parameter ", p->label,
                        " has no gradient after the closure; run backward() in it");
    gradient_.insert(gradient_.end(), p->gradient.begin(), p->gradient.end());
    p->fresh = false;
  }
}

// The point x + t d.
void LBFGS::move_to(double t, std::span<Parameter* const> parameters) const {
  std::size_t i = 0;
  for (Parameter* p : parameters)
    for (Real& w : p->edit()) {
      w = static_cast<Real>(t == 0 ? x_[i] : x_[i] + t * direction_[i]);
      ++i;
    }
}

// The last step s and what it changed in the gradient, y, unless s . y shows no positive curvature beyond rounding.
// That is measured by |s| |y|, so the unit of the loss does not matter. PyTorch has s . y > 1e-10 there, which in
// another unit forgets every step.
void LBFGS::remember() {
  double curvature = 0, squares_of_s = 0, squares_of_y = 0;
  for (std::size_t i = 0; i < direction_.size(); ++i) {
    const double s = length_ * direction_[i], y = gradient_[i] - gradient_before_[i];
    curvature += y * s;
    squares_of_s += s * s;
    squares_of_y += y * y;
  }
  if (!(curvature > std::numeric_limits<double>::epsilon() * std::sqrt(squares_of_s) * std::sqrt(squares_of_y))) return;
  if (history_.size() < options_.history_size)
    history_.emplace_back();
  else
    std::rotate(history_.begin(), history_.begin() + 1, history_.end());
  Pair& last = history_.back();
  last.s = direction_;
  for (double& s : last.s) s *= length_;
  last.y = gradient_;
  add(last.y, -1, gradient_before_);
  last.rho = 1 / curvature;
  inverse_curvature_ = curvature / squares_of_y;
}

// d = -H g by two loops over the history, from H = (s . y) / (y . y) of the last step.
void LBFGS::find_direction() {
  Vector& d = direction_;
  d = gradient_;
  for (double& entry : d) entry = -entry;
  for (auto p = history_.rbegin(); p != history_.rend(); ++p) {
    p->alpha = p->rho * dot(p->s, d);
    add(d, -p->alpha, p->y);
  }
  for (double& entry : d) entry *= inverse_curvature_;
  for (const Pair& p : history_) add(d, p.alpha - p.rho * dot(p.y, d), p.s);
}

}  // namespace xgrad::inline XGRAD_PRECISION
