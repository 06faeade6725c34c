#pragma once

#include <algorithm>
#include <cmath>

#include <xgrad/optim/optimizer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Adamax (Kingma & Ba 2015, section 7.1): Adam with the largest recent magnitude u of the gradient in place of the
/// root. It has Keras's form, which adds epsilon to u, and Keras's defaults.
struct Adamax {
  static constexpr const char* name = "adamax";
  LearningRate learning_rate = 1e-3;
  double beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7;
  std::optional<double> weight_decay = {}, clipnorm = {}, clipvalue = {}, global_clipnorm = {};
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::size_t ema_overwrite_frequency = 0;
  std::size_t gradient_accumulation_steps = 1;

  void check() const {
    require_decay("Adamax: beta_1", beta_1);
    require_decay("Adamax: beta_2", beta_2);
    require_above_0("Adamax: epsilon", epsilon);
  }
  void fields(Fields& f) { f("beta_1", beta_1)("beta_2", beta_2)("epsilon", epsilon); }

  auto at(std::int64_t t, double eta) const {
    const Real alpha = static_cast<Real>(eta / (1 - std::pow(beta_1, t)));
    const Real take = static_cast<Real>(1 - beta_1), keep = static_cast<Real>(beta_2);
    const Real eps = static_cast<Real>(epsilon);
    return [=](Real& w, Real g, Real& m, Real& u) {
      m += (g - m) * take;
      u = std::max(keep * u, std::abs(g));
      w -= alpha * m / (u + eps);
    };
  }
};

extern template Optimizer::Optimizer(Adamax);

}  // namespace xgrad::inline XGRAD_PRECISION
