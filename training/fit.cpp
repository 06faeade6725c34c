#include <xgrad/training/fit.hpp>

#include <algorithm>
#include <iostream>
#include <utility>

#include <xgrad/training/detail/callback_states.hpp>
#include <xgrad/training/detail/interrupt.hpp>
#include <xgrad/training/detail/plan.hpp>
#include <xgrad/training/detail/run.hpp>

namespace xgrad::inline XGRAD_PRECISION {

struct Fit::State {
  State(Model& m, const BatchSource& data, const FitOptions& o)
      : model(m),
        options(ordered(o)),
        plan(data, options, m.rng_, !m.training().objective, check()),
        run(m, o.workers) {}

  Plan::Check check() {
    return [this](const Samples& samples) { Run::check(model, samples, options.check_data); };
  }

  bool watches_batches() const {
    return std::any_of(options.callbacks.begin(), options.callbacks.end(),
                       [](const Callback& callback) { return callback.on_train_batch_end != nullptr; });
  }

  static FitOptions ordered(FitOptions o) {
    std::stable_partition(o.callbacks.begin(), o.callbacks.end(), [](const Callback& c) { return !c.comes_last; });
    return o;
  }

  Model& model;
  const FitOptions options;
  Plan plan;
  Run run;
  std::optional<InterruptGuard> interrupt{std::in_place};
  std::optional<Progress> progress{};
};

namespace {

// What is counted over whole batches cannot be counted by workers.
void require_no_statistics(ModuleRef module) {
  struct Look final : Fields {
    void parameter(const std::string& path, Parameter& p, bool) override {
      require<ValueError>(p.trainable || frozen || p.frozen, "fit: ", path,
                          " is counted over whole batches; it takes workers = 1");
    }
  } look;
  module.fields(look);
}

}  // namespace

Fit::Fit(Model& model, const BatchSource& data, const FitOptions& options)
    : state_(new State(model, data, options)), history_(new History), epoch_(options.initial_epoch) {
  if (model.training().objective) {
    require<ValueError>(
        !state_->plan.learnt->weighs(),
        "fit: a model with an objective takes no class_weight or sample_weight; let the objective weigh");
    state_->run.draw(state_->plan.learnt->samples());
  }
  if (options.workers > 1) require_no_statistics(model);
  require<ValueError>(options.workers == 1 || model.training().objective || !model.training().loss.is_of_batch(),
                      "fit: ", model.training().loss.name(), " is a loss of the whole batch; it takes workers = 1");
  state_->run.find_parameters();
  state_->run.warn_if_nothing_learns();
}

Fit::~Fit() {
  if (state_->model.running_.fit == this) state_->model.running_.fit = nullptr;
}

CallbackStates Fit::callback_states() const { return CallbackStates::of(state_->options.callbacks); }

Logs Fit::logs() const { return state_->run.logs(); }

template <class Function, class... Arguments>
void Fit::call(const Callback& callback, Function function, Arguments&... arguments) {
  if (!(callback.*function)) return;
  (callback.*function)(state_->model, arguments...);
  // it may have frozen layers, or put another model here
  in_epoch_ ? state_->run.refresh() : state_->run.find_parameters();
}

template <class Function, class... Arguments>
void Fit::call_all(Function function, Arguments&... arguments) {
  for (const Callback& callback : state_->options.callbacks) call(callback, function, arguments...);
}

bool Fit::next() {
  if (ended_) return false;
  try {
    return advance();
  } catch (...) {
    if (ended_) throw;
    end(std::current_exception());
    return false;  // never: end() throws
  }
}

bool Fit::advance() {
  if (!started_) {
    started_ = true;
    begin();
  }
  if (!in_epoch_) {
    if (epoch_ >= state_->options.epochs || state_->model.stop_training) return end(), false;
    if (!state_->plan.learnt->has_more()) return end(), false;
    begin_epoch();
  }
  if (state_->interrupt->interrupted()) return end(), false;
  learn_batch();
  if (!state_->plan.learnt->next(!state_->model.stop_training)) end_epoch();
  return true;
}

void Fit::begin() {
  Model& model = state_->model;
  const bool goes_on = epoch_ > 0 && epoch_ == model.epochs_done();
  CallbackStates states = model.callbacks_ ? *model.callbacks_.as<CallbackStates>() : CallbackStates();
  model.stop_training = false;
  for (const Callback& callback : state_->options.callbacks) {
    call(callback, &Callback::on_train_begin);
    ++begun_;
  }
  if (goes_on && states.is_read) states.give_to(state_->options.callbacks);
}

void Fit::begin_epoch() {
  State& s = *state_;
  s.model.running_.fit = this;  // again, for a callback may have trained it meanwhile
  call_all(&Callback::on_epoch_begin, epoch_);
  if (s.options.verbose != silent && s.options.epochs > 1)
    std::cout << text("Epoch ", epoch_ + 1, '/', s.options.epochs) << std::endl;
  s.progress.emplace(std::cout, s.plan.learnt->size(), style_of(s.options.verbose));
  s.run.begin(epoch_, s.plan.learnt->shuffles());
  s.plan.learnt->begin();
  step_ = 0;
  in_epoch_ = true;
}

void Fit::learn_batch() {
  State& s = *state_;
  Feed& feed = *s.plan.learnt;
  call_all(&Callback::on_train_batch_begin, step_);
  const bool finite = s.options.workers > 1 ? s.run.learn_together(feed.samples(), feed.numbers(), feed.all_weights())
                                            : s.run.learn(feed.batch(), feed.weights());
  if (!std::exchange(is_checked_, true)) s.run.warn_of_outputs();
  const std::string where = finite ? "" : s.run.where_not_finite();  // now: a callback may put another model here
  if (s.watches_batches()) {
    const Logs logs = s.run.logs();
    call_all(&Callback::on_train_batch_end, step_, logs);
  }
  require<ValueError>(finite || s.model.stop_training, "fit: the loss is not finite in epoch ", epoch_ + 1, ", step ",
                      step_ + 1, where, "; try a smaller learning rate, or the callback TerminateOnNaN");
  ++step_;
  if (s.options.verbose != silent) s.progress->update(step_, [&] { return s.run.logs(); });
}

void Fit::end_epoch() {
  State& s = *state_;
  in_epoch_ = false;
  Logs logs = s.run.logs();
  if (s.plan.validation && s.options.validation_freq.includes(epoch_ + 1)) {
    s.run.evaluate(*s.plan.validation, nullptr);
    for (const auto& [name, number] : s.run.logs("val_")) logs[name] = number;
  }
  s.model.epochs_done_ = epoch_ + 1;
  s.model.running_.fit = this;
  call_all(&Callback::on_epoch_end, epoch_, logs);
  history_->epoch.push_back(epoch_);
  history_->logs.push_back(logs);
  if (s.options.verbose != silent) s.progress->finish(logs);
  ++epoch_;
}

void Fit::end(std::exception_ptr error) {
  State& s = *state_;
  ended_ = true;
  s.progress.reset();  // which ends a line that is half drawn
  if (!error) try {
      s.run.refresh();
      s.model.optimizers().finalize_variable_values();
    } catch (...) {
      error = std::current_exception();
    }
  if (s.interrupt->interrupted()) {
    history_->interrupted = true;
    if (s.options.verbose != silent) std::cout << text("interrupted in epoch ", epoch_ + 1) << std::endl;
  }
  s.model.history_ = Named(*history_);
  if (s.model.running_.fit == this) s.model.running_.fit = nullptr;
  if (begun_ == s.options.callbacks.size()) s.model.callbacks_ = Named(callback_states());
  for (std::size_t k = 0; k < begun_; ++k) try {
      if (const Callback& callback = s.options.callbacks[k]; callback.on_train_end) callback.on_train_end(s.model);
    } catch (...) {
      if (!error) error = std::current_exception();
    }
  s.interrupt.reset();
  if (error) std::rethrow_exception(error);
}

}  // namespace xgrad::inline XGRAD_PRECISION
