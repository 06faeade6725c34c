#pragma once

#include <algorithm>
#include <optional>

#include <xgrad/training/detail/interrupt.hpp>
#include <xgrad/training/detail/plan.hpp>
#include <xgrad/training/detail/run.hpp>
#include <xgrad/training/fit.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What a Fit works with.
struct Fit::State {
  State(Model& m, const BatchSource& data, const FitOptions& o, std::size_t all)
      : model(m),
        options(ordered(o)),
        plan(data, options, m.rng_, !m.training().objective, check(), all),
        run(m, o.workers, o.communicator) {}

  Plan::Check check() {
    return [this](const Samples& samples) { Run::check(model, samples, options.check_data); };
  }

  Communicator* ranks() const { return options.communicator.get(); }
  bool is_interrupted() const { return ranks() ? wish : interrupt->interrupted(); }

  template <class Function>
  bool watches(Function function) const {
    return std::any_of(options.callbacks.begin(), options.callbacks.end(),
                       [&](const Callback& callback) { return callback.*function != nullptr; });
  }

  static FitOptions ordered(FitOptions o) {
    if (o.communicator && o.communicator->rank() > 0) o.callbacks.clear(), o.verbose = silent;
    std::stable_partition(o.callbacks.begin(), o.callbacks.end(), [](const Callback& c) { return !c.comes_last; });
    return o;
  }

  Model& model;
  const FitOptions options;
  Plan plan;
  Run run;
  std::optional<InterruptGuard> interrupt{std::in_place};
  std::optional<Progress> progress{};
  bool watches_epochs, watches_begins, watches_ends;  // whether a callback, with ranks one of rank 0, is called there
  bool validates, wish = false;                       // with ranks: whether any has data for it, or was interrupted
};

}  // namespace xgrad::inline XGRAD_PRECISION
