#pragma once

#include <xgrad/optim/adam.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// AdamW (Loshchilov & Hutter 2019): Adam with decoupled weight decay, w -= w weight_decay learning_rate. Every rule
/// has that option; this one has a default for it, 0.004 as in Keras.
struct AdamW {
  static constexpr const char* name = "adamw";
  LearningRate learning_rate = 1e-3;
  std::optional<double> weight_decay = 0.004;
  double beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7;
  bool amsgrad = false;
  std::optional<double> clipnorm = {}, clipvalue = {}, global_clipnorm = {};
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::size_t ema_overwrite_frequency = 0;
  std::size_t gradient_accumulation_steps = 1;

  void check() const {
    require<ValueError>(weight_decay.has_value(), "AdamW: weight_decay is none; it takes a number from 0");
    require_decay("AdamW: beta_1", beta_1);
    require_decay("AdamW: beta_2", beta_2);
    require_above_0("AdamW: epsilon", epsilon);
  }
  void fields(Fields& f) { f("beta_1", beta_1)("beta_2", beta_2)("epsilon", epsilon)("amsgrad", amsgrad); }

  void at(std::int64_t t, double eta, auto use) const {
    Adam{.beta_1 = beta_1, .beta_2 = beta_2, .epsilon = epsilon, .amsgrad = amsgrad}.at(t, eta, use);
  }
};

extern template Optimizer::Optimizer(AdamW);

}  // namespace xgrad::inline XGRAD_PRECISION
