#pragma once

#include <cmath>

#include <xgrad/optim/optimizer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Adadelta (Zeiler 2012): the step is the gradient times the ratio of two running root mean squares, of past steps d
/// and of gradients, so that it has the unit of the weights. The learning rate multiplies the step: it is 1 in the
/// paper, and 0.001 by default in Keras, whose form this is.
struct Adadelta {
  static constexpr const char* name = "adadelta";
  LearningRate learning_rate = 1e-3;
  double rho = 0.95, epsilon = 1e-7;
  std::optional<double> weight_decay = {}, clipnorm = {}, clipvalue = {}, global_clipnorm = {};
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::size_t ema_overwrite_frequency = 0;
  std::size_t gradient_accumulation_steps = 1;

  void check() const {
    require_decay("Adadelta: rho", rho);
    require_above_0("Adadelta: epsilon", epsilon);
  }
  void fields(Fields& f) { f("rho", rho)("epsilon", epsilon); }

  auto at(std::int64_t, double rate) const {
    const Real eta = static_cast<Real>(rate), eps = static_cast<Real>(epsilon);
    const Real keep = static_cast<Real>(rho), take = static_cast<Real>(1 - rho);
    return [=](Real& w, Real g, Real& of_g, Real& of_d) {
      of_g = keep * of_g + take * g * g;
      const Real d = std::sqrt(of_d + eps) * g / std::sqrt(of_g + eps);
      of_d = keep * of_d + take * d * d;
      w -= eta * d;
    };
  }
};

extern template Optimizer::Optimizer(Adadelta);

}  // namespace xgrad::inline XGRAD_PRECISION
