#pragma once

// The callbacks that come with Keras, with its options and defaults, and StopAtLoss. Those that look at a number of the
// epoch's logs take its name as `monitor` ("val_loss", "accuracy"); mode "auto" takes more to be better for names of
// accuracies and their like, less for all others. Where an epoch has no such number they say so, once, on stderr.

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <xgrad/training/callback.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace detail {

/// A number that is watched through the epochs, and its best.
class Monitor {
 public:
  /// Throws ValueError in the name of `who` for a mode that is none of auto, min, max.
  void begin(const char* who, const std::string& name, const std::string& mode);

  /// The number in these logs, if it is there; else says so the first time.
  std::optional<double> look(const Logs& logs);

  /// Whether the number is better than the other by more than min_delta.
  bool better(double number, double than, double min_delta) const;

  double best() const { return best_; }
  void set_best(double number) { best_ = number; }
  const std::string& name() const { return name_; }

 private:
  const char* who_ = "";
  std::string name_;
  bool more_is_better_ = false, told_ = false;
  double best_ = 0;  // an infinity at first
};

}  // namespace detail

/// Ends the training when a number has not become better by more than min_delta for `patience` epochs.
struct EarlyStopping {
  std::string monitor = "val_loss";
  double min_delta = 0;
  std::size_t patience = 0;
  int verbose = 0;
  std::string mode = "auto";
  std::optional<double> baseline{};   ///< what has to be beaten for the wait to begin anew
  bool restore_best_weights = false;  ///< at the end, also when nothing was stopped
  std::size_t start_from_epoch = 0;

  std::size_t stopped_epoch = 0, best_epoch = 0, wait = 0;  ///< what happened; stopped_epoch is 0 if it did not stop

  void on_train_begin(Model& model);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);
  void on_train_end(Model& model);

  detail::Monitor watched{};
  std::vector<Tensor> best_weights{};
};

/// Multiplies the learning rate by `factor` when a number has not become better for `patience` epochs, and writes it to
/// the logs as "learning_rate".
struct ReduceLROnPlateau {
  std::string monitor = "val_loss";
  double factor = 0.1;  ///< below 1, else ValueError
  std::size_t patience = 10;
  int verbose = 0;
  std::string mode = "auto";
  double min_delta = 1e-4;   ///< absolute
  std::size_t cooldown = 0;  ///< epochs after a reduction that do not count
  double min_lr = 0;

  void on_train_begin(Model& model);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);

  detail::Monitor watched{};
  std::size_t wait = 0, cooldown_counter = 0;
};

/// Sets the learning rate at the beginning of every epoch: schedule(epoch, learning rate until now).
struct LearningRateScheduler {
  std::function<double(std::size_t epoch, double learning_rate)> schedule;
  int verbose = 0;

  void on_epoch_begin(Model& model, std::size_t epoch);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);
};

/// Saves the model after every epoch, or after those that are the best so far, to a file in whose name {epoch}, counted
/// from 1, and the names of logs stand for their values, with a format if need be:
/// "m.{epoch:02d}-{val_loss:.2f}.xgrad".
struct ModelCheckpoint {
  std::string filepath;
  std::string monitor = "val_loss";
  int verbose = 0;
  bool save_best_only = false;
  bool save_weights_only = false;
  std::string mode = "auto";

  void on_train_begin(Model& model);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);

  detail::Monitor watched{};
};

/// Writes each epoch's numbers to a table as soon as they are there: epoch, then the others by name. The columns are
/// those of the first epoch. Throws DataError if the file cannot be written.
struct CSVLogger {
  std::string filename;
  std::string separator = ",";
  bool append = false;

  void on_train_begin(Model& model);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);

  std::vector<std::string> columns{};
};

/// Ends the training, instead of an error, when the loss of a batch is not finite.
struct TerminateOnNaN {
  void on_train_batch_end(Model& model, std::size_t batch, const Logs& logs);
};

/// Ends the training after an epoch whose number is not above `threshold`: gradient descent until the loss is small
/// enough.
struct StopAtLoss {
  double threshold;
  std::string monitor = "loss";

  void on_train_begin(Model& model);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);

  detail::Monitor watched{};
};

}  // namespace xgrad::inline XGRAD_PRECISION
