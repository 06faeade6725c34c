#include <xgrad/training/tensorboard.hpp>

#include <set>

#include <xgrad/nn/model/model.hpp>
#include <xgrad/optim/groups.hpp>
#include <xgrad/training/detail/events.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// The learning rate of each optimizer by the name that Keras gives it in the logs.
Logs learning_rates(Optimizers& optimizers) {
  Logs rates;
  for (auto& [pattern, optimizer] : optimizers) {
    std::string name = "learning_rate";
    if (optimizers.size() > 1) name += "_" + optimizer.name();
    std::string free = name;
    for (std::size_t k = 1; rates.find(free); ++k) free = text(name, '_', k);
    rates[free] = optimizer.learning_rate();
  }
  return rates;
}

}  // namespace

void TensorBoard::on_train_begin(Model&) {
  require<ValueError>(histogram_freq == 0, "TensorBoard: histogram_freq is ", histogram_freq,
                      "; it takes 0, for scalars only are written");
  batches = 0;
  validation = nullptr;
  train = std::make_shared<detail::EventFile>(log_dir + "/train");
}

void TensorBoard::on_train_end(Model&) {
  train->flush();
  train = validation = nullptr;
}

void TensorBoard::on_epoch_begin(Model& model, std::size_t) {
  iterations = model.optimizer().iterations();
  epoch_start = Clock::now();
}

void TensorBoard::on_train_batch_begin(Model&, std::size_t) {
  ++batches;
  batch_start = Clock::now();
}

void TensorBoard::on_train_batch_end(Model&, std::size_t, const Logs& logs) {
  if (batches % static_cast<std::int64_t>(update_freq.batches) != 0) return;
  if (write_steps_per_second) train->write("batch_steps_per_second", batches, 1 / seconds_since(batch_start));
  for (const auto& [name, number] : logs) train->write("batch_" + name, batches, number);
}

void TensorBoard::on_epoch_end(Model& model, std::size_t epoch, Logs& logs) {
  const auto step = static_cast<std::int64_t>(epoch), now = model.optimizer().iterations();
  Logs train_logs, validation_logs;
  for (const auto& [name, number] : logs)
    name.starts_with("val_") ? validation_logs[name.substr(4)] = number : train_logs[name] = number;
  for (const auto& [name, rate] : learning_rates(model.optimizers())) train_logs[name] = rate;
  if (write_steps_per_second)
    train_logs["steps_per_second"] = static_cast<double>(now - iterations) / seconds_since(epoch_start);
  for (const auto& [name, number] : train_logs) train->write("epoch_" + name, step, number);
  train->flush();

  if (validation_logs.empty()) return;
  if (!validation) validation = std::make_shared<detail::EventFile>(log_dir + "/validation");
  for (const auto& [name, number] : validation_logs)
    validation->write("evaluation_" + name + "_vs_iterations", now, number);
  for (const auto& [name, number] : validation_logs) validation->write("epoch_" + name, step, number);
  validation->flush();
}

}  // namespace xgrad::inline XGRAD_PRECISION
