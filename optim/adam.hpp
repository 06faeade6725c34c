#pragma once

#include <algorithm>
#include <cmath>

#include <xgrad/optim/optimizer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Adam (Kingma & Ba 2015), with Keras's defaults. As in Keras, it has the form at the end of the paper's section 2:
/// both bias corrections are in the step size alpha, and epsilon ("epsilon hat") is added to the uncorrected root. With
/// amsgrad (Reddi et al. 2018) the root is of the largest v so far.
struct Adam {
  static constexpr const char* name = "adam";
  LearningRate learning_rate = 1e-3;
  double beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7;
  bool amsgrad = false;
  std::optional<double> weight_decay = {}, clipnorm = {}, clipvalue = {}, global_clipnorm = {};
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::size_t ema_overwrite_frequency = 0;
  std::size_t gradient_accumulation_steps = 1;

  void check() const {
    require_decay("Adam: beta_1", beta_1);
    require_decay("Adam: beta_2", beta_2);
    require_above_0("Adam: epsilon", epsilon);
  }
  void fields(Fields& f) { f("beta_1", beta_1)("beta_2", beta_2)("epsilon", epsilon)("amsgrad", amsgrad); }

  void at(std::int64_t t, double eta, auto use) const {
    const double power_1 = std::pow(beta_1, t), power_2 = std::pow(beta_2, t);
    const Real alpha = static_cast<Real>(eta * std::sqrt(1 - power_2) / (1 - power_1));
    const Real take_1 = static_cast<Real>(1 - beta_1), take_2 = static_cast<Real>(1 - beta_2);
    const Real eps = static_cast<Real>(epsilon);
    if (!amsgrad)
      use([=](Real& w, Real g, Real& m, Real& v) {
        m += (g - m) * take_1;
        v += (g * g - v) * take_2;
        w -= alpha * m / (std::sqrt(v) + eps);
      });
    else
      use([=](Real& w, Real g, Real& m, Real& v, Real& highest) {
        m += (g - m) * take_1;
        v += (g * g - v) * take_2;
        highest = std::max(highest, v);
        w -= alpha * m / (std::sqrt(highest) + eps);
      });
  }
};

extern template Optimizer::Optimizer(Adam);

}  // namespace xgrad::inline XGRAD_PRECISION
