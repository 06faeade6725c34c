#pragma once

#include <cmath>

#include <xgrad/optim/optimizer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Adam (Kingma & Ba 2015), with Keras's defaults and, like Keras, in the paper's second form, that of section 2's end:
/// both bias corrections in the step size alpha, and epsilon ("epsilon hat") beside the uncorrected root.
struct Adam {
  Real learning_rate = Real(1e-3), beta_1 = Real(0.9), beta_2 = Real(0.999), epsilon = Real(1e-7);

  void check() const {
    require_decay("Adam: beta_1", beta_1);
    require_decay("Adam: beta_2", beta_2);
    require_epsilon("Adam: epsilon", epsilon);
  }

  auto at(std::int64_t t) const {
    const Real power_1 = std::pow(beta_1, static_cast<Real>(t)), power_2 = std::pow(beta_2, static_cast<Real>(t));
    const Real alpha = learning_rate * std::sqrt(1 - power_2) / (1 - power_1);
    return [*this, alpha](Real& w, Real g, Real& m, Real& v) {
      m += (g - m) * (1 - beta_1);
      v += (g * g - v) * (1 - beta_2);
      w -= alpha * m / (std::sqrt(v) + epsilon);
    };
  }
};

extern template Optimizer::Optimizer(Adam);

}  // namespace xgrad::inline XGRAD_PRECISION
