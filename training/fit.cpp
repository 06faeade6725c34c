#include <xgrad/training/fit.hpp>

#include <algorithm>
#include <functional>
#include <iostream>
#include <utility>

#include <xgrad/training/detail/callback_states.hpp>
#include <xgrad/training/detail/fit_state.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// What is counted over whole batches cannot be counted by those who see a part of each.
void require_no_statistics(ModuleRef module, const char* takes) {
  struct Look final : Fields {
    const char* takes;
    void parameter(const std::string& path, Parameter& p, bool) override {
      require<ValueError>(p.trainable || frozen || p.frozen, "fit: ", path, " is counted over whole batches; it takes ",
                          takes);
    }
  } look;
  look.takes = takes;
  module.fields(look);
}

}  // namespace

Fit::Fit(Model& model, const BatchSource& data, const FitOptions& options)
    : history_(new History), epoch_(options.initial_epoch) {
  options.communicator ? make_with_ranks(model, data, options) : make(model, data, options, 0);
}

void Fit::make(Model& model, const BatchSource& data, const FitOptions& options, std::size_t all) {
  state_.reset(new State(model, data, options, all));
  State& s = *state_;
  s.watches_epochs = s.watches(&Callback::on_epoch_begin);
  s.watches_begins = s.watches(&Callback::on_train_batch_begin);
  s.watches_ends = s.watches(&Callback::on_train_batch_end);
  s.validates = s.plan.validation.has_value();
  const char* const takes = s.ranks() ? "no communicator" : "workers = 1";
  const bool divides = options.workers > 1 || s.ranks();
  if (model.training().objective) {
    require<ValueError>(
        !state_->plan.learnt->weighs(),
        "fit: a model with an objective takes no class_weight or sample_weight; let the objective weigh");
    state_->run.draw(state_->plan.learnt->samples());
  }
  if (divides) require_no_statistics(model, takes);
  require<ValueError>(!divides || model.training().objective || !model.training().loss.is_of_batch(),
                      "fit: ", model.training().loss.name(), " is a loss of the whole batch; it takes ", takes);
  state_->run.find_parameters();
  if (!s.ranks() || s.ranks()->rank() == 0) s.run.warn_if_nothing_learns();
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
    if (!any("has the data a batch", [&] { return state_->plan.learnt->has_more(); })) return end(), false;
    begin_epoch();
  }
  if (state_->is_interrupted()) return end(), false;
  learn_batch();
  const bool wanted = !state_->model.stop_training;
  if (!any("has the data another batch", [&] { return state_->plan.learnt->next(wanted); })) end_epoch();
  return true;
}

void Fit::begin() {
  Model& model = state_->model;
  const bool goes_on = epoch_ > 0 && epoch_ == model.epochs_done();
  CallbackStates states = model.callbacks_ ? *model.callbacks_.as<CallbackStates>() : CallbackStates();
  model.stop_training = false;
  lead("on_train_begin", [&] {
    for (const Callback& callback : state_->options.callbacks) {
      call(callback, &Callback::on_train_begin);
      ++begun_;
    }
  });
  if (goes_on && states.is_read) states.give_to(state_->options.callbacks);
}

void Fit::begin_epoch() {
  State& s = *state_;
  s.model.running_.fit = this;  // again, for a callback may have trained it meanwhile
  if (s.watches_epochs) lead("on_epoch_begin", [&] { call_all(&Callback::on_epoch_begin, epoch_); });
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
  if (s.watches_begins) lead("on_train_batch_begin", [&] { call_all(&Callback::on_train_batch_begin, step_); });
  const bool finite = s.ranks()               ? learn_with_ranks()
                      : s.options.workers > 1 ? s.run.learn_together(feed.samples(), feed.numbers(), feed.all_weights())
                                              : s.run.learn(feed.batch(), feed.weights());
  if (!std::exchange(is_checked_, true) && (!s.ranks() || s.ranks()->rank() == 0)) s.run.warn_of_outputs();
  const std::string where = finite ? "" : s.run.where_not_finite();  // now: a callback may put another model here
  if (s.watches_ends) {
    const Logs logs = merged();
    lead("on_train_batch_end", [&] { call_all(&Callback::on_train_batch_end, step_, logs); });
  }
  require<ValueError>(finite || s.model.stop_training, "fit: the loss is not finite in epoch ", epoch_ + 1, ", step ",
                      step_ + 1, where, "; try a smaller learning rate, or the callback TerminateOnNaN");
  ++step_;
  if (s.options.verbose != silent) s.progress->update(step_, [&] { return s.run.logs(); });
}

void Fit::end_epoch() {
  State& s = *state_;
  in_epoch_ = false;
  if (s.ranks()) require_same_weights();
  Logs logs = merged();
  if (s.validates && s.options.validation_freq.includes(epoch_ + 1)) {
    evaluate();
    for (const auto& [name, number] : merged("val_")) logs[name] = number;
  }
  s.model.epochs_done_ = epoch_ + 1;
  s.model.running_.fit = this;
  lead(
      "on_epoch_end", [&] { call_all(&Callback::on_epoch_end, epoch_, logs); }, &logs);
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
  if (s.is_interrupted()) {
    history_->interrupted = true;
    if (s.options.verbose != silent) std::cout << text("interrupted in epoch ", epoch_ + 1) << std::endl;
  }
  s.model.history_ = Named(*history_);
  if (s.model.running_.fit == this) s.model.running_.fit = nullptr;
  if (begun_ == s.options.callbacks.size()) s.model.callbacks_ = Named(callback_states());
  const auto end_all = [&] {
    std::exception_ptr first;
    for (std::size_t k = 0; k < begun_; ++k) try {
        if (const Callback& callback = s.options.callbacks[k]; callback.on_train_end) callback.on_train_end(s.model);
      } catch (...) {
        if (!first) first = std::current_exception();
      }
    if (first) std::rethrow_exception(first);
  };
  try {
    lead("on_train_end", std::ref(end_all));
  } catch (...) {
    if (!error) error = std::current_exception();
  }
  s.interrupt.reset();
  if (error) std::rethrow_exception(error);
}

}  // namespace xgrad::inline XGRAD_PRECISION
