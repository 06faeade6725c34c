#pragma once

#include <xgrad/optim/optimizer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Gradient descent, with momentum (Polyak 1964) or Nesterov's momentum (1983) if asked for. It has Keras's form, with
/// the learning rate inside the velocity, and Keras's defaults. The batch size makes it batch, stochastic or mini-batch
/// descent.
struct SGD {
  static constexpr const char* name = "sgd";
  LearningRate learning_rate = 0.01;
  double momentum = 0;
  bool nesterov = false;
  std::optional<double> weight_decay = {}, clipnorm = {}, clipvalue = {}, global_clipnorm = {};
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::size_t ema_overwrite_frequency = 0;
  std::size_t gradient_accumulation_steps = 1;

  void check() const { require_decay("SGD: momentum", momentum); }
  void fields(Fields& f) { f("momentum", momentum)("nesterov", nesterov); }

  void at(std::int64_t, double rate, auto use) const {
    const Real eta = static_cast<Real>(rate), mu = static_cast<Real>(momentum);
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
