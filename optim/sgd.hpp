#pragma once

#include <xgrad/optim/optimizer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Gradient descent, with momentum (Polyak 1964) or Nesterov's (1983) if asked for; Keras's form and defaults. Whether
/// it is batch, stochastic or mini-batch descent is a matter of how many samples the gradient is of.
struct SGD {
  Real learning_rate = Real(0.01), momentum = 0;
  bool nesterov = false;

  void check() const { require_decay("SGD: momentum", momentum); }

  void at(std::int64_t, auto use) const {
    const Real eta = learning_rate, mu = momentum;
    if (mu == 0)
      use([=](Real& w, Real g) { w -= eta * g; });
    else if (!nesterov)
      use([=](Real& w, Real g, Real& v) {
        v = mu * v - eta * g;
        w += v;
      });
    else
      use([=](Real& w, Real g, Real& v) {
        v = mu * v - eta * g;
        w += mu * v - eta * g;
      });
  }
};

extern template Optimizer::Optimizer(SGD);

}  // namespace xgrad::inline XGRAD_PRECISION
