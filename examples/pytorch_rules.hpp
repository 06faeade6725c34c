#pragma once

// The forms in which PyTorch's Adam, RMSprop and Adagrad differ from Keras's, as rules of a user's own, with PyTorch's
// defaults. (Its weight_decay is what a term weight_decay / 2 * sum(square(w)) in the loss does; its SGD moves as
// Keras's does while the learning rate is constant; its lr_decay is InverseTimeDecay with decay_steps 1.)

#include <algorithm>
#include <cmath>

#include <xgrad/optim/optimizer.hpp>

namespace pytorch {

using xgrad::LearningRate, xgrad::Real;

/// Adam in the paper's first form, epsilon beside the corrected root: w -= eta m^ / (sqrt(v^) + epsilon). With a
/// weight_decay, which the Optimizer applies, it is PyTorch's AdamW.
struct Adam {
  LearningRate learning_rate = 1e-3;
  double beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-8;
  bool amsgrad = false;
  std::optional<double> weight_decay = {};

  void at(std::int64_t t, double eta, auto use) const {
    const Real b1 = Real(beta_1), b2 = Real(beta_2), eps = Real(epsilon);
    const Real alpha = Real(eta / (1 - std::pow(beta_1, t))), correction = Real(std::sqrt(1 - std::pow(beta_2, t)));
    const auto moments = [=](Real g, Real& m, Real& v) {
      m = b1 * m + (1 - b1) * g;
      v = b2 * v + (1 - b2) * g * g;
    };
    if (!amsgrad)
      use([=](Real& w, Real g, Real& m, Real& v) {
        moments(g, m, v);
        w -= alpha * m / (std::sqrt(v) / correction + eps);
      });
    else
      use([=](Real& w, Real g, Real& m, Real& v, Real& highest) {
        moments(g, m, v);
        highest = std::max(highest, v);
        w -= alpha * m / (std::sqrt(highest) / correction + eps);
      });
  }
};

/// RMSprop with epsilon beside the root, and the learning rate outside the momentum.
struct RMSprop {
  LearningRate learning_rate = 0.01;
  double alpha = 0.99, epsilon = 1e-8, momentum = 0;
  bool centered = false;

  auto at(std::int64_t, double rate) const {
    const Real eta = Real(rate), keep = Real(alpha), eps = Real(epsilon), mu = Real(momentum), mean = Real(centered);
    return [=](Real& w, Real g, Real& v, Real& average, Real& m) {
      v = keep * v + (1 - keep) * g * g;
      average = mean * (keep * average + (1 - keep) * g);
      m = mu * m + g / (std::sqrt(v - average * average) + eps);
      w -= eta * m;
    };
  }
};

/// Adagrad with epsilon beside the root, from 0.
struct Adagrad {
  LearningRate learning_rate = 0.01;
  double epsilon = 1e-10;

  auto at(std::int64_t, double rate) const {
    return [eta = Real(rate), eps = Real(epsilon)](Real& w, Real g, Real& sum) {
      sum += g * g;
      w -= eta * g / (std::sqrt(sum) + eps);
    };
  }
};

}  // namespace pytorch
