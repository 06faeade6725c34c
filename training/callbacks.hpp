#pragma once

// Callbacks of Keras, with its options and defaults, and StopAtLoss. Callbacks that look at a number of the epoch's
// logs take its name as `monitor` ("val_loss", "accuracy"). In mode "max" more is better, in mode "min" less. Mode
// "auto" is "max" for names with acc, auc, precision, recall, f1 or r2 in them, else "min". Where an epoch has no such
// number, the callback says so, once, on stderr.

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <xgrad/training/callback.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace detail {

/// A number of the logs that a callback watches through the epochs, and the best one so far.
class Monitor {
 public:
  /// Begins to watch the number of that name. Throws ValueError, which begins with `who`, unless the mode is auto, min
  /// or max.
  void begin(const char* who, const std::string& name, const std::string& mode);

  /// The number in these logs. If it is not there, returns none, and says so on stderr the first time.
  std::optional<double> look(const Logs& logs);

  /// Whether the number is better than the other by more than min_delta.
  bool better(double number, double than, double min_delta) const;

  double best() const { return best_; }  ///< at first an infinity, the worst of all
  void set_best(double number) { best_ = number; }
  const std::string& name() const { return name_; }

 private:
  const char* who_ = "";
  std::string name_;
  bool more_is_better_ = false, told_ = false;
  double best_ = 0;  // an infinity at first
};

}  // namespace detail

/// Ends the training when a number has not become better than its best by more than min_delta for `patience` epochs.
/// Throws ValueError at the beginning for a mode that is none of auto, min and max.
struct EarlyStopping {
  std::string monitor = "val_loss";
  double min_delta = 0;
  std::size_t patience = 0;
  int verbose = 0;
  std::string mode = "auto";
  std::optional<double> baseline{};   ///< a number that is not better than this one, too, does not end the wait
  bool restore_best_weights = false;  ///< at the end of the training, also if it was not stopped
  std::size_t start_from_epoch = 0;   ///< epochs before this one do not count

  std::size_t stopped_epoch = 0, best_epoch = 0, wait = 0;  ///< what happened; stopped_epoch is 0 if it did not stop

  void on_train_begin(Model& model);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);
  void on_train_end(Model& model);

  detail::Monitor watched{};
  std::vector<Tensor> best_weights{};
};

/// Multiplies the learning rate of every optimizer by `factor` when a number has not become better than its best by
/// more than min_delta for `patience` epochs. Writes the first optimizer's learning rate to the logs as
/// "learning_rate". Throws ValueError for a factor or mode out of range, and for a learning rate that is a schedule.
struct ReduceLROnPlateau {
  std::string monitor = "val_loss";
  double factor = 0.1;  ///< above 0 and below 1
  std::size_t patience = 10;
  int verbose = 0;
  std::string mode = "auto";
  double min_delta = 1e-4;   ///< absolute
  std::size_t cooldown = 0;  ///< epochs after a reduction that do not count
  double min_lr = 0;         ///< below which no learning rate goes

  void on_train_begin(Model& model);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);

  detail::Monitor watched{};
  std::size_t wait = 0, cooldown_counter = 0;
};

/// Sets the learning rate of every optimizer at the beginning of every epoch, to schedule(epoch, learning rate until
/// now). Writes the first optimizer's to the logs as "learning_rate". Throws ValueError without a function, for a rate
/// that is not above 0, and for a learning rate that is a schedule already.
struct LearningRateScheduler {
  std::function<double(std::size_t epoch, double learning_rate)> schedule;
  int verbose = 0;

  void on_epoch_begin(Model& model, std::size_t epoch);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);
};

/// Saves the model after every epoch, or after every epoch that is the best so far. In the name of the file, {epoch},
/// which counts from 1, and the names of logs stand for their values, with a format if need be:
/// "m.{epoch:02d}-{val_loss:.2f}.xgrad". Throws ValueError for an empty name, for a name or format in it that does not
/// exist, and for a mode that is none of auto, min and max; DataError if a file cannot be written.
struct ModelCheckpoint {
  std::string filepath;
  std::string monitor = "val_loss";
  int verbose = 0;
  bool save_best_only = false;     ///< by the monitored number; the first epoch of a fit() is always the best so far
  bool save_weights_only = false;  ///< writes what load_weights() reads, instead of the whole model
  std::string mode = "auto";

  void on_train_begin(Model& model);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);

  detail::Monitor watched{};
};

/// Writes the numbers of each epoch to a table as soon as the epoch ends: the epoch, from 0, and the logs by name. The
/// first epoch decides which columns there are. A number that a later epoch does not have is "NA". Throws DataError if
/// the file cannot be written.
struct CSVLogger {
  std::string filename;
  std::string separator = ",";
  bool append = false;  ///< whether a file that is there is kept, and written on

  void on_train_begin(Model& model);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);

  std::vector<std::string> columns{};
};

/// Ends the training when the loss of a batch is not finite, where fit() would throw ValueError. That batch takes no
/// step.
struct TerminateOnNaN {
  void on_train_batch_end(Model& model, std::size_t batch, const Logs& logs);
};

/// Ends the training after an epoch whose monitored number is not above `threshold`: gradient descent until the loss is
/// small enough. Keras has no such callback.
struct StopAtLoss {
  double threshold;
  std::string monitor = "loss";

  void on_train_begin(Model& model);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);

  detail::Monitor watched{};
};

}  // namespace xgrad::inline XGRAD_PRECISION
