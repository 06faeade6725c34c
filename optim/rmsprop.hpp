#pragma once

#include <algorithm>
#include <cmath>

#include <xgrad/optim/optimizer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// RMSprop (Hinton 2012, lecture 6e): the step is the gradient over its running root mean square. It has Keras's form,
/// with epsilon inside the root, and Keras's defaults. If centered, the root is of the gradient's variance (Graves
/// 2013). With momentum, a running sum of steps is taken instead of the step.
struct RMSprop {
  static constexpr const char* name = "rmsprop";
  LearningRate learning_rate = 1e-3;
  double rho = 0.9, momentum = 0, epsilon = 1e-7;
  bool centered = false;
  std::optional<double> weight_decay = {}, clipnorm = {}, clipvalue = {}, global_clipnorm = {};
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::size_t ema_overwrite_frequency = 0;
  std::size_t gradient_accumulation_steps = 1;

  void check() const {
    require_decay("RMSprop: rho", rho);
    require_decay("RMSprop: momentum", momentum);
    require_above_0("RMSprop: epsilon", epsilon);
  }
  void fields(Fields& f) { f("rho", rho)("momentum", momentum)("epsilon", epsilon)("centered", centered); }

  void at(std::int64_t, double rate, auto use) const {
    const Real eta = static_cast<Real>(rate), mu = static_cast<Real>(momentum), eps = static_cast<Real>(epsilon);
    const Real keep = static_cast<Real>(rho), take = static_cast<Real>(1 - rho);
    const auto plain = [=](Real g, Real& v) {
      v = keep * v + take * g * g;
      return eta * g / std::sqrt(v + eps);
    };
    const auto about_mean = [=](Real g, Real& v, Real& mean) {
      v = keep * v + take * g * g;
      mean = keep * mean + take * g;
      return eta * g / std::sqrt(std::max(v - mean * mean, Real(0)) + eps);  // rounding may have gone below 0
    };
    if (mu == 0 && !centered)
      use([=](Real& w, Real g, Real& v) { w -= plain(g, v); });
    else if (mu == 0)
      use([=](Real& w, Real g, Real& v, Real& mean) { w -= about_mean(g, v, mean); });
    else if (!centered)
      use([=](Real& w, Real g, Real& v, Real& m) {
        m = mu * m + plain(g, v);
        w -= m;
      });
    else
      use([=](Real& w, Real g, Real& v, Real& m, Real& mean) {
        m = mu * m + about_mean(g, v, mean);
        w -= m;
      });
  }
};

extern template Optimizer::Optimizer(RMSprop);

}  // namespace xgrad::inline XGRAD_PRECISION
