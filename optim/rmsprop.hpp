#pragma once

#include <cmath>

#include <xgrad/optim/optimizer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// RMSprop (Hinton 2012, lecture 6e), in Keras's form, epsilon inside the root, with Keras's defaults.
struct RMSprop {
  Real learning_rate = Real(1e-3), rho = Real(0.9), epsilon = Real(1e-7);

  void check() const {
    require_decay("RMSprop: rho", rho);
    require_epsilon("RMSprop: epsilon", epsilon);
  }

  auto at(std::int64_t) const {
    return [*this](Real& w, Real g, Real& v) {
      v = rho * v + (1 - rho) * g * g;
      w -= learning_rate * g / std::sqrt(v + epsilon);
    };
  }
};

extern template Optimizer::Optimizer(RMSprop);

}  // namespace xgrad::inline XGRAD_PRECISION
