#pragma once

// What every optimiser shares: the loop over the parameters, the time, the state, and the check for a gradient.

#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <xgrad/core/denormals.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/parameter.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Moves parameters by one rule, such as Adam{.learning_rate = 1e-3}. A rule is a struct with a `learning_rate` and one
/// function at(t), which returns what happens to one weight w with gradient g in step t = 1, 2, ...: a callable
///   (Real& w, Real g, Real& s1, ...)
/// with as many state variables, zero at first, as the rule keeps for each weight. A rule whose state depends on its
/// options has instead at(t, use), which calls use(callable) once. A rule may have check(), which throws ValueError for
/// options out of range. No other code is needed for a rule of one's own.
class Optimizer {
 public:
  template <class Rule>
  requires requires(Rule rule) { rule.learning_rate; }
  Optimizer(Rule rule);

  /// One step for each of the parameters, which must be the same ones in the same order at every call. Throws
  /// ValueError naming the parameter, before any is changed, if one has no fresh gradient.
  void step(std::span<Parameter* const> parameters) { step_(*this, parameters); }

  std::int64_t steps() const { return steps_; }
  Real learning_rate() const { return learning_rate_; }

 private:
  template <class Update, class... State>
  static void apply(Update update, Real* w, const Real* g, std::size_t n, State*... state) {
    for (std::size_t i = 0; i < n; ++i) update(w[i], g[i], state[i]...);
  }

  template <class Update>
  void update_all(Update update, std::span<Parameter* const> parameters);
  void check(std::span<Parameter* const> parameters, std::size_t states);

  std::function<void(Optimizer&, std::span<Parameter* const>)> step_;
  Real learning_rate_;
  std::int64_t steps_ = 0;
  std::vector<std::vector<Tensor>> state_;  // by parameter, then by state variable
};

namespace detail {

// How many state variables an update takes, by trying.
template <class Update>
constexpr std::size_t state_count() {
  if constexpr (std::is_invocable_v<Update, Real&, Real>)
    return 0;
  else if constexpr (std::is_invocable_v<Update, Real&, Real, Real&>)
    return 1;
  else if constexpr (std::is_invocable_v<Update, Real&, Real, Real&, Real&>)
    return 2;
  else
    return 3;
}

}  // namespace detail

template <class Update>
void Optimizer::update_all(Update update, std::span<Parameter* const> parameters) {
  constexpr std::size_t states = detail::state_count<Update>();
  check(parameters, states);
  const FlushDenormals flush;
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    Parameter& p = *parameters[k];
    Real* const w = p.edit().data();
    const Real* const g = p.gradient.data();
    const std::size_t n = p.value().size();
    [&]<std::size_t... s>(std::index_sequence<s...>) { apply(update, w, g, n, state_[k][s].data()...); }
    (std::make_index_sequence<states>{});
    p.fresh = false;
  }
}

template <class Rule>
requires requires(Rule rule) { rule.learning_rate; }
Optimizer::Optimizer(Rule rule)
    : step_([rule](Optimizer& self, std::span<Parameter* const> parameters) {
        const std::int64_t t = self.steps_ + 1;
        const auto use = [&](auto update) { self.update_all(update, parameters); };
        if constexpr (requires { rule.at(t); })
          use(rule.at(t));
        else
          rule.at(t, use);
        self.steps_ = t;
      }),
      learning_rate_(rule.learning_rate) {
  require<ValueError>(rule.learning_rate > 0 && std::isfinite(rule.learning_rate), "optimizer: learning_rate is ",
                      rule.learning_rate, "; it takes a number above 0");
  if constexpr (requires { rule.check(); }) rule.check();
}

/// For rules that check themselves: refuses a decay rate outside [0, 1).
inline void require_decay(const char* name, Real value) {
  require<ValueError>(value >= 0 && value < 1, name, " is ", value, "; it takes 0 up to but not including 1");
}

/// The same for an epsilon that is negative.
inline void require_epsilon(const char* name, Real value) {
  require<ValueError>(value >= 0, name, " is ", value, "; it takes a number from 0");
}

}  // namespace xgrad::inline XGRAD_PRECISION
