#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include <xgrad/core/fields.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Throws ValueError unless a decay rate is in [0, 1). The message begins with `name`, such as "Adam: beta_1".
inline void require_decay(const char* name, double value) {
  require<ValueError>(value >= 0 && value < 1, name, " is ", value, "; it takes 0 up to but not including 1");
}

/// Throws ValueError unless a number is finite and above 0, also when it is rounded to Real and denormals are 0. The
/// message begins with `name`, such as "Adam: epsilon".
inline void require_above_0(const char* name, double value) {
  const Real real = static_cast<Real>(value);
  require<ValueError>(real >= std::numeric_limits<Real>::min() && std::isfinite(real), name, " is ", value,
                      "; it takes a number above 0");
}

/// Throws ValueError unless a number is finite, also when it is rounded to Real, and not below 0. The message begins
/// with `name`, such as "weight_decay".
inline void require_from_0(const char* name, double value) {
  require<ValueError>(value >= 0 && std::isfinite(static_cast<Real>(value)), name, " is ", value,
                      "; it takes a number from 0");
}

/// The most steps that an optimizer counts: up to here a double counts them, too.
constexpr std::int64_t most_steps = std::int64_t{1} << 53;

/// The options that every optimizer of Keras takes beside those of its rule. A rule has any of them as members; the
/// Optimizer finds them by their names. It applies them in this order: the mean of accumulated gradients, clipping,
/// weight decay.
struct SharedOptions {
  std::optional<double> weight_decay;     ///< w -= w weight_decay learning_rate, apart from the gradient
  std::optional<double> clipnorm;         ///< the greatest norm of one parameter's gradient; a longer one is shortened
  std::optional<double> clipvalue;        ///< the greatest magnitude of an entry
  std::optional<double> global_clipnorm;  ///< the greatest norm of all gradients together
  bool use_ema = false;                   ///< whether moving averages of the weights are kept: see Optimizer::State
  double ema_momentum = 0.99;             ///< the share of the average that stays at each call of step(), 0 to 1

  /// The weights become their averages after every so many updates; 0 for never, Keras's None.
  std::size_t ema_overwrite_frequency = 0;
  std::size_t gradient_accumulation_steps = 1;  ///< move once in so many calls, along the mean of their gradients

  /// The shared options of a rule, by the names of its members.
  template <class Rule>
  static SharedOptions of(const Rule& rule) {
    SharedOptions shared;
    if constexpr (requires { rule.weight_decay; }) shared.weight_decay = rule.weight_decay;
    if constexpr (requires { rule.clipnorm; }) shared.clipnorm = rule.clipnorm;
    if constexpr (requires { rule.clipvalue; }) shared.clipvalue = rule.clipvalue;
    if constexpr (requires { rule.global_clipnorm; }) shared.global_clipnorm = rule.global_clipnorm;
    if constexpr (requires { rule.use_ema; }) shared.use_ema = rule.use_ema;
    if constexpr (requires { rule.ema_momentum; }) shared.ema_momentum = rule.ema_momentum;
    if constexpr (requires { rule.ema_overwrite_frequency; })
      shared.ema_overwrite_frequency = rule.ema_overwrite_frequency;
    if constexpr (requires { rule.gradient_accumulation_steps; })
      shared.gradient_accumulation_steps = rule.gradient_accumulation_steps;
    return shared;
  }

  /// Throws ValueError for an option out of range, and for two kinds of clipping at once.
  void check() const {
    if (weight_decay) require_from_0("weight_decay", *weight_decay);
    if (clipnorm) require_above_0("clipnorm", *clipnorm);
    if (clipvalue) require_above_0("clipvalue", *clipvalue);
    if (global_clipnorm) require_above_0("global_clipnorm", *global_clipnorm);
    const auto said = [](const std::optional<double>& x) { return x ? shortest(*x) : "none"; };
    require<ValueError>(clipnorm.has_value() + clipvalue.has_value() + global_clipnorm.has_value() <= 1, "clipnorm is ",
                        said(clipnorm), ", clipvalue ", said(clipvalue), ", global_clipnorm ", said(global_clipnorm),
                        "; only one of them can be set");
    require<ValueError>(ema_momentum >= 0 && ema_momentum <= 1, "ema_momentum is ", ema_momentum, "; it takes 0 to 1");
    require<ValueError>(gradient_accumulation_steps > 0, "gradient_accumulation_steps is 0; it takes at least 1");
    require<ValueError>(std::cmp_less_equal(gradient_accumulation_steps, most_steps), "gradient_accumulation_steps is ",
                        gradient_accumulation_steps, "; it takes at most ", most_steps);
  }
  void fields(Fields& f) {
    f("weight_decay", weight_decay)("clipnorm", clipnorm)("clipvalue", clipvalue);
    f("global_clipnorm", global_clipnorm)("use_ema", use_ema)("ema_momentum", ema_momentum);
    f("ema_overwrite_frequency", ema_overwrite_frequency);
    f("gradient_accumulation_steps", gradient_accumulation_steps);
  }
};

}  // namespace xgrad::inline XGRAD_PRECISION
