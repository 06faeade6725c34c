#include <xgrad/training/callbacks.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>

#include <xgrad/nn/model/model.hpp>
#include <xgrad/optim/groups.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace detail {

void Monitor::begin(const char* who, const std::string& name, const std::string& mode) {
  require<ValueError>(mode == "auto" || mode == "min" || mode == "max", who, ": the mode is \"", mode,
                      "\"; it takes auto, min or max");
  const auto is_like = [&](const char* part) { return name.find(part) != std::string::npos; };
  more_is_better_ = mode == "max" || (mode == "auto" && (is_like("acc") || is_like("auc") || is_like("precision") ||
                                                         is_like("recall") || is_like("f1") || is_like("r2")));
  who_ = who;
  name_ = name;
  told_ = false;
  best_ = more_is_better_ ? -HUGE_VAL : HUGE_VAL;
}

std::optional<double> Monitor::look(const Logs& logs) {
  if (const double* number = logs.find(name_)) return *number;
  if (!told_) std::cerr << "xgrad: " << who_ << ": there is no " << name_ << " among " << logs.names() << std::endl;
  told_ = true;
  return std::nullopt;
}

bool Monitor::better(double number, double than, double min_delta) const {
  return more_is_better_ ? number - min_delta > than : number + min_delta < than;
}

}  // namespace detail

void EarlyStopping::on_train_begin(Model&) {
  watched.begin("EarlyStopping", monitor, mode);
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
  if (watched.better(*number, watched.best(), min_delta)) {
    watched.set_best(*number);
    best_epoch = epoch;
    if (restore_best_weights) best_weights = model.get_weights();
    if (!baseline || watched.better(*number, *baseline, min_delta)) wait = 0;
    return;
  }
  if (wait >= patience && epoch > 0) {
    stopped_epoch = epoch;
    model.stop_training = true;
  }
}

void EarlyStopping::on_train_end(Model& model) {
  if (stopped_epoch > 0 && verbose > 0) std::cout << "Epoch " << stopped_epoch + 1 << ": early stopping" << std::endl;
  if (!restore_best_weights || best_weights.empty()) return;
  if (verbose > 0)
    std::cout << "Restoring model weights from the end of the best epoch: " << best_epoch + 1 << '.' << std::endl;
  model.set_weights(best_weights);
}

void ReduceLROnPlateau::on_train_begin(Model&) {
  require<ValueError>(factor > 0 && factor < 1, "ReduceLROnPlateau: the factor is ", factor,
                      "; it takes numbers between 0 and 1");
  watched.begin("ReduceLROnPlateau", monitor, mode);
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
  if (watched.better(*number, watched.best(), min_delta)) {
    watched.set_best(*number);
    wait = 0;
  } else if (cooldown_counter == 0 && ++wait >= patience) {
    bool reduced = false;
    for (auto& [pattern, optimizer] : model.optimizers()) {
      const double before = optimizer.learning_rate(), rate = std::max(before * factor, min_lr);
      if (before <= min_lr || rate == 0) continue;  // too small to be reduced
      optimizer.set_learning_rate(rate);
      if (verbose > 0)
        std::cout << "\nEpoch " << epoch + 1 << ": ReduceLROnPlateau reducing learning rate to " << rate << '.'
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
      std::cout << "\nEpoch " << epoch + 1 << ": LearningRateScheduler setting learning rate to " << rate << '.'
                << std::endl;
  }
}

void LearningRateScheduler::on_epoch_end(Model& model, std::size_t, Logs& logs) {
  logs["learning_rate"] = model.optimizer().learning_rate();
}

namespace {

std::string formatted(const std::string& spec, double value) {
  char buffer[400];
  std::string format = "%" + (spec.empty() ? "g" : spec);
  const bool whole = format.back() == 'd' && std::abs(value) < 1e18;
  require<ValueError>(format.find_first_not_of("0123456789.defg", 1) == std::string::npos && format.size() < 10 &&
                          format.find('.') == format.rfind('.') && format.find_first_of("defg") == format.size() - 1,
                      "ModelCheckpoint: cannot format a number by \"", spec, "\"; it takes such as 02d or .4f");
  if (whole)
    std::snprintf(buffer, sizeof buffer, format.insert(format.size() - 1, "ll").c_str(), static_cast<long long>(value));
  else if (format.back() == 'd')  // NaN, infinity and what is as large
    std::snprintf(buffer, sizeof buffer, "%g", value);
  else
    std::snprintf(buffer, sizeof buffer, format.c_str(), value);
  return buffer;
}

// "{epoch:02d}" and the like replaced by numbers.
std::string filled_in(const std::string& pattern, std::size_t epoch, const Logs& logs) {
  std::string name;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t open = pattern.find('{', at), close = pattern.find('}', open);
    name += pattern.substr(at, open - at);
    if (open == std::string::npos) break;
    require<ValueError>(close != std::string::npos, "ModelCheckpoint: \"", pattern, "\" has a { without a }");
    const std::string inside = pattern.substr(open + 1, close - open - 1), key = inside.substr(0, inside.find(':'));
    const std::string spec = key.size() < inside.size() ? inside.substr(key.size() + 1) : "";
    const bool is_epoch = key == "epoch";
    name += formatted(is_epoch && spec.empty() ? "d" : spec, is_epoch ? static_cast<double>(epoch + 1) : logs.at(key));
    at = close + 1;
  }
  return name;
}

}  // namespace

void ModelCheckpoint::on_train_begin(Model&) {
  require<ValueError>(!filepath.empty(), "ModelCheckpoint: the filepath is empty");
  watched.begin("ModelCheckpoint", monitor, mode);
}

void ModelCheckpoint::on_epoch_end(Model& model, std::size_t epoch, Logs& logs) {
  const std::string path = filled_in(filepath, epoch, logs);
  if (save_best_only) {
    const std::optional<double> number = watched.look(logs);
    if (!number || !watched.better(*number, watched.best(), 0)) return;
    watched.set_best(*number);
  }
  save_weights_only ? model.save_weights(path) : model.save(path);
  if (verbose > 0) std::cout << "\nEpoch " << epoch + 1 << ": saving model to " << path << std::endl;
}

namespace {

void write_row(const CSVLogger& logger, const std::string& row, std::ios::openmode mode) {
  std::ofstream file(logger.filename, mode);
  file << row << std::flush;
  require<DataError>(file.good(), "CSVLogger: cannot write ", logger.filename);
}

}  // namespace

void CSVLogger::on_train_begin(Model&) {
  columns.clear();
  if (!append) write_row(*this, "", std::ios::trunc);
}

void CSVLogger::on_epoch_end(Model&, std::size_t epoch, Logs& logs) {
  if (columns.empty()) {
    for (const auto& [name, number] : logs) columns.push_back(name);
    std::sort(columns.begin(), columns.end());
    std::error_code error;
    const bool has_header = append && std::filesystem::file_size(filename, error) > 0 && !error;
    std::string header = "epoch";
    for (const std::string& name : columns) header += separator + name;
    if (!has_header) write_row(*this, header + '\n', append ? std::ios::app : std::ios::trunc);
  }
  std::string row = std::to_string(epoch);
  for (const std::string& name : columns) {
    const double* number = logs.find(name);
    row += separator + (number ? shortest(*number) : "NA");
  }
  write_row(*this, row + '\n', std::ios::app);
}

void TerminateOnNaN::on_train_batch_end(Model& model, std::size_t batch, const Logs& logs) {
  if (std::isfinite(logs.at("loss"))) return;
  std::cerr << "xgrad: batch " << batch << ": the loss is not finite, terminating training" << std::endl;
  model.stop_training = true;
}

void StopAtLoss::on_train_begin(Model&) { watched.begin("StopAtLoss", monitor, "min"); }

void StopAtLoss::on_epoch_end(Model& model, std::size_t, Logs& logs) {
  const std::optional<double> number = watched.look(logs);
  if (number && *number <= threshold) model.stop_training = true;
}

}  // namespace xgrad::inline XGRAD_PRECISION
