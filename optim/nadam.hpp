#pragma once

#include <algorithm>
#include <cmath>

#include <xgrad/optim/optimizer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Nadam (Dozat 2016): Adam with Nesterov's momentum, whose weight mu rises slowly to beta_1. It has Keras's form, in
/// which m itself decays by beta_1 and epsilon is added to the corrected root, and Keras's defaults.
struct Nadam {
  static constexpr const char* name = "nadam";
  LearningRate learning_rate = 1e-3;
  double beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7;
  std::optional<double> weight_decay = {}, clipnorm = {}, clipvalue = {}, global_clipnorm = {};
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::size_t ema_overwrite_frequency = 0;
  std::size_t gradient_accumulation_steps = 1;

  void check() const {
    require_decay("Nadam: beta_1", beta_1);
    require_decay("Nadam: beta_2", beta_2);
    require_above_0("Nadam: epsilon", epsilon);
  }
  void fields(Fields& f) { f("beta_1", beta_1)("beta_2", beta_2)("epsilon", epsilon); }

  /// The weight of the momentum in update t, mu(t) = beta_1 (1 - 0.96^t / 2).
  double mu(std::int64_t t) const { return beta_1 * (1 - std::pow(0.96, t) / 2); }

  /// mu(1) mu(2) ... mu(t). From the thousandth factor on, mu is beta_1 to the last digit.
  double mu_product(std::int64_t t) const {
    const std::int64_t factors = std::min<std::int64_t>(t, 1000);
    double product = std::pow(beta_1, t - factors);
    for (std::int64_t i = 1; i <= factors; ++i) product *= mu(i);
    return product;
  }

  auto at(std::int64_t t, double eta) const {
    const double product = mu_product(t);
    const Real of_m = static_cast<Real>(eta * mu(t + 1) / (1 - product * mu(t + 1)));
    const Real of_g = static_cast<Real>(eta * (1 - mu(t)) / (1 - product));
    const Real correction = static_cast<Real>(1 / (1 - std::pow(beta_2, t)));
    const Real take_1 = static_cast<Real>(1 - beta_1), take_2 = static_cast<Real>(1 - beta_2);
    const Real eps = static_cast<Real>(epsilon);
    return [=](Real& w, Real g, Real& m, Real& v) {
      m += (g - m) * take_1;
      v += (g * g - v) * take_2;
      w -= (of_m * m + of_g * g) / (std::sqrt(v * correction) + eps);
    };
  }
};

extern template Optimizer::Optimizer(Nadam);

}  // namespace xgrad::inline XGRAD_PRECISION
