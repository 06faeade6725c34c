#pragma once

// What all optimizers share: the loop over the parameters, the time, the state, clipping, weight decay, and the check
// for a gradient.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include <xgrad/core/kernels/denormals.hpp>
#include <xgrad/core/kernels/levels.hpp>
#include <xgrad/core/named.hpp>
#include <xgrad/core/threads.hpp>
#include <xgrad/optim/learning_rate.hpp>
#include <xgrad/optim/options.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Moves parameters by one rule, such as Adam{.learning_rate = 1e-3}. A rule is a struct with a `learning_rate`, a
/// LearningRate or a number, and one function at(t, eta). That returns what happens to one weight w with gradient g in
/// update t = 1, 2, ... at learning rate eta, as a callable
///   (Real& w, Real g, Real& s1, ...)
/// with as many state variables as the rule keeps for each weight. If at() is const, several threads may call the
/// callable at once, for different weights. If not, one thread calls it for all weights in their order. A rule whose
/// number of state variables depends on its options has at(t, eta, use) instead, which calls use(callable) once. One
/// whose learning_rate is a number may read it there, and have at(t). A rule of one's own needs no other code. It may
/// also have
///   any members of SharedOptions, such as weight_decay;
///   check(), which throws ValueError for options out of range;
///   initial_state(), an array of the state variables' first values, which are 0 without it;
///   name, a static const char*, and fields(Fields&), which shows its own options. save() needs both.
class Optimizer {
 public:
  /// An optimizer that moves by this rule. Throws ValueError for an option out of range.
  template <class Rule>
  requires requires(Rule rule) { rule.learning_rate; }
  Optimizer(Rule rule);

  /// The optimizer of a name in any of Keras's spellings, with its defaults: "adam". Throws ValueError, which lists the
  /// names, for another.
  Optimizer(std::string_view name);
  Optimizer(const char* name) : Optimizer(std::string_view(name)) {}

  // Not inline, for each program would compile them.
  Optimizer(const Optimizer&);
  Optimizer(Optimizer&&) noexcept;
  Optimizer& operator=(const Optimizer&);
  Optimizer& operator=(Optimizer&&) noexcept;
  ~Optimizer();

  /// Takes one step for all parameters. They must have the same paths in the same order at every call. Throws
  /// ValueError, which names the parameter, if one has no gradient since the last step, if an entry of its gradient is
  /// not finite (or, with accumulation, of the sum), and if it is given twice; ShapeError if a shape has changed.
  /// Nothing is changed then.
  void step(const Parameters& parameters);

  /// Takes one step for parameters without paths. They must have the same labels in the same order at every call.
  /// Throws what step(const Parameters&) throws.
  void step(std::span<Parameter* const> parameters);

  /// Takes one step for parameters without paths: step({&kernel, &bias}). They must have the same labels in the same
  /// order at every call. Throws what step(const Parameters&) throws.
  void step(std::initializer_list<Parameter*> parameters) { step(std::span(parameters.begin(), parameters.size())); }

  /// How threads share a step: in_parts(task) has task(0, parts), ..., task(parts - 1, parts) called, at once if it
  /// likes, and returns when all have returned. By default it is in_threads() for 65,536 weights or more, and else one
  /// part.
  using InParts = std::function<void(const Task& task)>;

  /// Takes one step for all parameters in parts, each of which moves its range of every parameter. The result is bit
  /// for bit that of step(parameters).
  void step(const Parameters& parameters, const InParts& in_parts);

  /// Takes one step for parameters without paths in parts, each of which moves its range of every parameter. The result
  /// is bit for bit that of step(parameters).
  void step(std::span<Parameter* const> parameters, const InParts& in_parts) { step_with(parameters, {}, in_parts); }

  /// How often step() was called, also with gradients that were only accumulated.
  std::int64_t iterations() const { return state_.iterations; }

  /// The learning rate of the next step.
  double learning_rate() const { return learning_rate_.at(state_.iterations); }

  /// Replaces the learning rate by a number. Throws ValueError if it is a schedule, or if the number is not above 0.
  void set_learning_rate(double number);

  /// Excludes the parameters in whose path one of these regular expressions is found, such as "bias" or "bias|beta$",
  /// from weight decay. They are ECMAScript's, which for such patterns are Python's, that Keras takes. Throws
  /// ValueError for one that is empty, invalid or longer than 1,000 characters.
  void exclude_from_weight_decay(std::vector<std::string> var_names);

  /// Gives parameters the moving averages of their values, if use_ema is set and a step was taken. fit() does so at its
  /// end, as in Keras; after a loop of one's own it is to be called. Throws ValueError for other parameters than those
  /// of the last step.
  void finalize_variable_values(std::span<Parameter* const> parameters);

  /// The name of the rule, such as "adam"; "custom" for one without a name.
  std::string name() const { return rule_.name().empty() ? "custom" : rule_.name(); }

  void fields(Fields& f);   ///< shows the rule's name, all options and the state
  void options(Fields& f);  ///< shows the rule's name and all options, without the state

  /// Takes the paths of the parameters in the state anew from their module, parts of which may have been renamed since
  /// the last step.
  void rename(ModuleRef module);

  /// What an optimizer keeps between steps.
  struct State {
    std::int64_t iterations = 0;                  ///< how often step() was called
    std::vector<std::vector<Tensor>> slots = {};  ///< by parameter, then by state variable of the rule, in its shape
    std::vector<Tensor> accumulated = {};         ///< by parameter: the sum of gradients since the last update, if any
    std::vector<Tensor> averages = {};            ///< by parameter, with use_ema: the moving average of its value
    std::vector<std::string> paths = {};          ///< of the parameters; if there are none, the next step takes its own

    void fields(Fields& f);
  };
  const State& state() const { return state_; }  ///< empty before the first step

  /// Goes on from a state that was saved. Throws ValueError for iterations below 0 or above 2^53, and without
  /// accumulated gradients in the middle of a cycle. The next step checks that the state fits the parameters.
  void set_state(State state);

 private:
  friend class Optimizers;

  // What changes while an optimizer is used.
  struct Progress {
    Optimizer& its;
    void fields(Fields& f);
  };

  // A step for one parameter: g = clamp(scale g, -bound, bound), w -= decay w, and then the rule.
  struct Move {
    Real* w;
    const Real* g;
    std::size_t size;
    Real scale = 1, bound = std::numeric_limits<Real>::infinity(), decay = 0;

    bool plain() const { return scale == 1 && bound == std::numeric_limits<Real>::infinity() && decay == 0; }
  };

  static void alone(const Task& task) { task(0, 1); }
  static InParts in_parts_of(std::span<Parameter* const> parameters);
  template <class Rule>
  static void step_by(Optimizer& self, const InParts* in_parts);
  template <class Update>
  void update_all(Update update, const InParts& in_parts);
  template <class Update, class... Slot>
  static void apply(Update update, const Move& move, std::size_t first, std::size_t last, Slot*... slot);

  void step_with(std::span<Parameter* const> parameters, std::span<const std::string> paths, const InParts& in_parts);
  void prepare(std::span<Parameter* const> parameters, std::span<const std::string> paths, const InParts& in_parts);
  void move(const InParts& in_parts) { step_(*this, &in_parts); }
  void check() const;
  void check_distinct() const;
  void check_finite(const InParts& in_parts) const;
  void check_states(std::size_t states);
  bool begin(std::size_t states);
  void make_state(std::size_t states);
  void average(std::size_t k, std::size_t first, std::size_t last);
  void find_decaying();
  bool accumulates() const { return shared_.gradient_accumulation_steps > 1; }
  const std::string& path(std::size_t k) const { return paths_.empty() ? parameters_[k]->label : paths_[k]; }
  const Tensor& gradient(std::size_t k) const {
    return accumulates() ? state_.accumulated[k] : parameters_[k]->gradient;
  }
  double global_scale() const;
  Move move_of(std::size_t k, double scale) const;

  void (*step_)(Optimizer&, const InParts*);  // without InParts, it only compares the state with the rule
  Named rule_;
  std::vector<double> (*initial_)(const void* rule);  // of each state variable
  LearningRate learning_rate_;
  SharedOptions shared_;
  std::vector<std::string> excluded_;
  State state_;
  std::vector<Move> moves_;  // of the step that is being done, by parameter; so are the next two
  std::span<Parameter* const> parameters_;
  std::span<const std::string> paths_;
  double rate_ = 0;
  Real stays_ = 0;                                    // the share of the moving averages that stays in this step
  bool overwrites_ = false;                           // whether the weights become their averages
  std::vector<std::pair<std::string, bool>> decays_;  // by parameter: its path, and whether it is not excluded
  std::vector<const Parameter*> last_;                // the parameters of the last step: compared, never read
  bool is_known_ = false;  // whether this step's are the same ones, whatever their paths are now
  bool fits_ = false;      // whether the state was compared with the rule
};

/// The library's optimizers by name. The function beside a name makes that optimizer, with its defaults.
std::span<const std::pair<std::string_view, Optimizer (*)()>> optimizers();

namespace detail {

// How many state variables an update takes, by trying.
template <class Update, class... Slot>
constexpr std::size_t state_count() {
  if constexpr (std::is_invocable_v<Update, Real&, Real, Slot...>) {
    return sizeof...(Slot);
  } else {
    static_assert(sizeof...(Slot) < 8, "a rule's callable takes (Real& w, Real g, Real& s1, ...)");
    return state_count<Update, Slot..., Real&>();
  }
}

// Gives `use` the update of a rule in step t, in whichever form the rule has at().
template <class Rule, class Use>
void call_at(Rule& its, std::int64_t t, double eta, const Use& use) {
  if constexpr (std::is_arithmetic_v<decltype(its.learning_rate)>)
    its.learning_rate = static_cast<decltype(its.learning_rate)>(eta);
  if constexpr (requires { its.at(t, eta, use); })
    its.at(t, eta, use);
  else if constexpr (requires { its.at(t, eta); })
    use(its.at(t, eta));
  else
    use(its.at(t));
}

}  // namespace detail

template <class Update, class... Slot>
void Optimizer::apply(Update update, const Move& move, std::size_t first, std::size_t last, Slot*... slot) {
  Real* const w = move.w;
  const Real* const g = move.g;
  if (move.plain())
    return by_level([=]() mutable {
      for (std::size_t i = first; i < last; ++i) update(w[i], g[i], slot[i]...);
    });
  by_level([=, scale = move.scale, bound = move.bound, decay = move.decay]() mutable {
    for (std::size_t i = first; i < last; ++i) {
      w[i] -= w[i] * decay;
      update(w[i], std::clamp(g[i] * scale, -bound, bound), slot[i]...);
    }
  });
}

template <class Update>
void Optimizer::update_all(Update update, const InParts& in_parts) {
  constexpr std::size_t states = detail::state_count<Update>();
  const bool moves = begin(states);
  const auto task = [&](std::size_t part, std::size_t parts) {
    const FlushDenormals flush;
    for (std::size_t k = 0; k < moves_.size(); ++k) {
      const std::size_t n = moves_[k].size;
      const std::size_t first = begin_of(part, parts, n), last = begin_of(part + 1, parts, n);
      [&]<std::size_t... s>(std::index_sequence<s...>) {
        if (moves) apply(update, moves_[k], first, last, state_.slots[k][s].data()...);
      }
      (std::make_index_sequence<states>{});
      if (moves && accumulates()) std::fill_n(state_.accumulated[k].data() + first, last - first, Real{0});
      if (shared_.use_ema) average(k, first, last);
    }
  };
  if (moves || shared_.use_ema) in_parts(std::ref(task));
  for (Parameter* p : parameters_)
    if (p->constraint) p->constraint(p->edit());
}

template <class Rule>
void Optimizer::step_by(Optimizer& self, const InParts* in_parts) {
  Rule& rule = *static_cast<Rule*>(self.rule_.get("optimizer"));
  const double eta = self.rate_;
  const std::int64_t t = self.iterations() / static_cast<std::int64_t>(self.shared_.gradient_accumulation_steps) + 1;

  // What at() returns can be shared by threads if it cannot change the rule.
  const Rule& constant = rule;
  const auto ignore = [](auto) {};
  constexpr bool shared = requires { constant.at(t, eta, ignore); }
  || requires { constant.at(t, eta); }
  || requires { constant.at(t); };
  if (in_parts == nullptr) {
    Rule copy = rule;
    return detail::call_at(copy, t, eta,
                           [&]<class Update>(Update) { self.check_states(detail::state_count<Update>()); });
  }
  const InParts one_part = alone;
  detail::call_at(rule, t, eta, [&](auto update) { self.update_all(update, shared ? *in_parts : one_part); });
}

template <class Rule>
requires requires(Rule rule) { rule.learning_rate; }
Optimizer::Optimizer(Rule rule)
    : step_(step_by<Rule>),
      rule_(rule),
      initial_([](const void* its) -> std::vector<double> {
        if constexpr (requires(const Rule& r) { r.initial_state(); }) {
          const auto initial = static_cast<const Rule*>(its)->initial_state();
          return {initial.begin(), initial.end()};
        } else {
          return {};
        }
      }),
      learning_rate_(rule.learning_rate),
      shared_(SharedOptions::of(rule)) {
  shared_.check();
}

}  // namespace xgrad::inline XGRAD_PRECISION
