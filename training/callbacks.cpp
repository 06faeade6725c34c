#include <xgrad/training/callbacks.hpp>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <set>

#include <xgrad/core/fields.hpp>
#include <xgrad/nn/metrics/metrics.hpp>
#include <xgrad/nn/model/model.hpp>
#include <xgrad/optim/groups.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace detail {

namespace {

// Whether more of a number is better, as the metric says that fit() reports under this name.
std::optional<bool> more_is_better(Model& model, std::string_view name) {
  if (name.starts_with("val_")) name.remove_prefix(4);
  if (name == "loss") return false;
  std::set<std::string> taken{"loss"};
  for (const Metric& metric : model.metrics()) {
    std::string its = metric.name();
    for (std::size_t k = 1; !taken.insert(its).second; ++k) its = text(metric.name(), "_", k);
    if (its == name) return metric.more_is_better();
  }
  for (const Metric& metric : model.metrics())  // one of several numbers, f1_score_0
    if (name.starts_with(metric.name() + "_")) return metric.more_is_better();
  return std::nullopt;
}

}  // namespace

void Monitor::begin(const char* who, Model& model, const std::string& name, const std::string& mode) {
  require<ValueError>(mode == "auto" || mode == "min" || mode == "max", who, ": the mode is \"", mode,
                      "\"; it takes auto, min or max");
  const std::optional<bool> known = mode == "auto" ? more_is_better(model, name) : mode == "max";
  if (!known) {
    std::string names = "loss";
    for (const Metric& metric : model.metrics()) names += ", " + metric.name();
    throw ValueError(text(who, ": whether more or less of \"", name, "\" is better is not known; it takes the mode ",
                          "\"max\" or \"min\", or the name of a metric that says; there are ", names));
  }
  more_is_better_ = *known;
  who_ = who;
  name_ = name;
  told_ = false;
}

std::optional<double> Monitor::look(const Logs& logs) {
  if (const double* number = logs.find(name_)) return *number;
  if (!told_) std::cerr << "xgrad: " << who_ << ": there is no " << name_ << " among " << logs.names() << std::endl;
  told_ = true;
  return std::nullopt;
}

bool Monitor::better(double number, std::optional<double> than, double min_delta) const {
  const double margin = std::abs(min_delta);
  return !than || (more_is_better_ ? number - margin > *than : number + margin < *than);
}

}  // namespace detail

void EarlyStopping::fields(Fields& f) {
  std::size_t size = best_weights.size();
  f("wait", wait)("best_epoch", best_epoch)("best", watched.best)("size", size);
  require<ValueError>(size <= 100'000, "EarlyStopping: there are ", size, " best weights; it takes at most 100,000");
  best_weights.resize(size);
  for (std::size_t k = 0; k < size; ++k) f(std::to_string(k), best_weights[k]);
}

void EarlyStopping::on_train_begin(Model& model) {
  watched.begin("EarlyStopping", model, monitor, mode);
  watched.best = std::nullopt;
  wait = stopped_epoch = best_epoch = 0;
  best_weights.clear();
}

void EarlyStopping::on_epoch_end(Model& model, std::size_t epoch, Logs& logs) {
  const std::optional<double> number = watched.look(logs);
  if (!number || epoch < start_from_epoch) return;
  if (restore_best_weights && best_weights.empty()) {  // better than none, should nothing ever be an improvement
    best_weights = model.get_weights();
    best_epoch = epoch;
  }
  ++wait;
  if (watched.better(*number, watched.best, min_delta)) {
    watched.best = number;
    best_epoch = epoch;
    if (restore_best_weights) best_weights = model.get_weights();
    if (watched.better(*number, baseline, min_delta)) wait = 0;
    return;
  }
  if (wait >= patience && epoch > 0) {
    stopped_epoch = epoch;
    model.stop_training = true;
  }
}

void EarlyStopping::on_train_end(Model& model) {
  if (stopped_epoch > 0 && verbose > 0) std::cout << text("Epoch ", stopped_epoch + 1, ": early stopping") << std::endl;
  if (!restore_best_weights || best_weights.empty()) return;
  if (verbose > 0)
    std::cout << text("Restoring model weights from the end of the best epoch: ", best_epoch + 1, '.') << std::endl;
  model.set_weights(best_weights);
}

void ReduceLROnPlateau::fields(Fields& f) {
  f("wait", wait)("cooldown_counter", cooldown_counter)("best", watched.best);
}

void ReduceLROnPlateau::on_train_begin(Model& model) {
  require<ValueError>(factor > 0 && factor < 1, "ReduceLROnPlateau: the factor is ", factor,
                      "; it takes numbers between 0 and 1");
  watched.begin("ReduceLROnPlateau", model, monitor, mode);
  watched.best = std::nullopt;
  wait = cooldown_counter = 0;
}

void ReduceLROnPlateau::on_epoch_end(Model& model, std::size_t epoch, Logs& logs) {
  logs["learning_rate"] = model.optimizer().learning_rate();
  const std::optional<double> number = watched.look(logs);
  if (!number) return;
  if (cooldown_counter > 0) {
    --cooldown_counter;
    wait = 0;
  }
  if (watched.better(*number, watched.best, min_delta)) {
    watched.best = number;
    wait = 0;
  } else if (cooldown_counter == 0 && ++wait >= patience) {
    bool reduced = false;
    for (auto& [pattern, optimizer] : model.optimizers()) {
      const double before = optimizer.learning_rate(), rate = std::max(before * factor, min_lr);
      if (before <= min_lr || rate == 0) continue;  // too small to be reduced
      optimizer.set_learning_rate(rate);
      if (verbose > 0)
        std::cout << text("\nEpoch ", epoch + 1, ": ReduceLROnPlateau reducing learning rate to ", rate, '.')
                  << std::endl;
      reduced = true;
    }
    if (!reduced) return;
    cooldown_counter = cooldown;
    wait = 0;
  }
}

void LearningRateScheduler::on_epoch_begin(Model& model, std::size_t epoch) {
  require<ValueError>(schedule != nullptr, "LearningRateScheduler: there is no schedule");
  for (auto& [pattern, optimizer] : model.optimizers()) {
    const double rate = schedule(epoch, optimizer.learning_rate());
    optimizer.set_learning_rate(rate);
    if (verbose > 0)
      std::cout << text("\nEpoch ", epoch + 1, ": LearningRateScheduler setting learning rate to ", rate, '.')
                << std::endl;
  }
}

void LearningRateScheduler::on_epoch_end(Model& model, std::size_t, Logs& logs) {
  logs["learning_rate"] = model.optimizer().learning_rate();
}

void TerminateOnNaN::on_train_batch_end(Model& model, std::size_t batch, const Logs& logs) {
  if (std::isfinite(logs.at("loss"))) return;
  std::cerr << text("xgrad: batch ", batch, ": the loss is not finite, terminating training") << std::endl;
  model.stop_training = true;
}

void StopAtLoss::on_train_begin(Model& model) { watched.begin("StopAtLoss", model, monitor, "min"); }

void StopAtLoss::on_epoch_end(Model& model, std::size_t, Logs& logs) {
  const std::optional<double> number = watched.look(logs);
  if (number && *number <= threshold) model.stop_training = true;
}

}  // namespace xgrad::inline XGRAD_PRECISION
