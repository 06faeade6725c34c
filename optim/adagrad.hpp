#pragma once

#include <array>
#include <cmath>

#include <xgrad/optim/optimizer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Adagrad (Duchi, Hazan & Singer 2011): the rate of each weight falls with the sum of its squared gradients. The sum
/// starts at initial_accumulator_value. It has Keras's form, with epsilon inside the root, and Keras's defaults.
struct Adagrad {
  static constexpr const char* name = "adagrad";
  LearningRate learning_rate = 1e-3;
  double initial_accumulator_value = 0.1, epsilon = 1e-7;
  std::optional<double> weight_decay = {}, clipnorm = {}, clipvalue = {}, global_clipnorm = {};
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::size_t ema_overwrite_frequency = 0;
  std::size_t gradient_accumulation_steps = 1;

  void check() const {
    require_from_0("Adagrad: initial_accumulator_value", initial_accumulator_value);
    require_above_0("Adagrad: epsilon", epsilon);
  }
  void fields(Fields& f) { f("initial_accumulator_value", initial_accumulator_value)("epsilon", epsilon); }

  /// The first value of the sum.
  std::array<double, 1> initial_state() const { return {initial_accumulator_value}; }

  auto at(std::int64_t, double rate) const {
    const Real eta = static_cast<Real>(rate), eps = static_cast<Real>(epsilon);
    return [=](Real& w, Real g, Real& sum) {
      sum += g * g;
      w -= eta * g / std::sqrt(sum + eps);
    };
  }
};

extern template Optimizer::Optimizer(Adagrad);

}  // namespace xgrad::inline XGRAD_PRECISION
