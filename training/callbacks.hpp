#pragma once

// Callbacks of Keras, with its options and defaults, and StopAtLoss. Callbacks that look at a number of the epoch's
// logs take its name as `monitor` ("val_loss", "accuracy"). In mode "max" more is better, in mode "min" less. In mode
// "auto" less loss is better, and the metric of that name says which way it goes; ValueError is thrown for a function
// of the user's own, which does not say, and for a name that no metric has: they take the mode. The first number is the
// best so far, also NaN, which as in Keras no number is better than. Where an epoch has no such number, the callback
// says so, once, on stderr.

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
  /// or max, and for auto where the model's metrics do not say whether more is better.
  void begin(const char* who, Model& model, const std::string& name, const std::string& mode);

  /// The number in these logs. If it is not there, returns none, and says so on stderr the first time.
  std::optional<double> look(const Logs& logs);

  /// Whether the number is better than the other by more than the size of min_delta. It is better than none.
  bool better(double number, std::optional<double> than, double min_delta) const;

  std::optional<double> best{};  ///< so far

 private:
  const char* who_ = "";
  std::string name_;
  bool more_is_better_ = false, told_ = false;
};

}  // namespace detail

/// Ends the training when a number has not become better than its best by more than min_delta for `patience` epochs.
/// Every fit() begins anew. Throws ValueError at the beginning for a mode that does not fit.
struct EarlyStopping {
  std::string monitor = "val_loss";
  double min_delta = 0;  ///< its sign does not matter
  std::size_t patience = 0;
  int verbose = 0;
  std::string mode = "auto";
  std::optional<double> baseline{};   ///< a number that is not better than this one, too, does not end the wait
  bool restore_best_weights = false;  ///< at the end of the training, also if it was not stopped
  std::size_t start_from_epoch = 0;   ///< epochs before this one do not count

  std::size_t stopped_epoch = 0, best_epoch = 0, wait = 0;  ///< what happened; stopped_epoch is 0 if it did not stop

  static constexpr const char* kind = "early_stopping";
  void fields(Fields& f);  ///< what a training that is taken up goes on with
  void on_train_begin(Model& model);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);
  void on_train_end(Model& model);

  detail::Monitor watched{};
  std::vector<Tensor> best_weights{};
};

/// Multiplies the learning rate of every optimizer by `factor` when a number has not become better than its best by
/// more than min_delta for `patience` epochs. Writes the first optimizer's learning rate to the logs as
/// "learning_rate". Every fit() begins anew, with the learning rates as they are. Throws ValueError for a factor or
/// mode that does not fit, and for a learning rate that is a schedule.
struct ReduceLROnPlateau {
  std::string monitor = "val_loss";
  double factor = 0.1;  ///< above 0 and below 1
  std::size_t patience = 10;
  int verbose = 0;
  std::string mode = "auto";
  double min_delta = 1e-4;   ///< absolute; its sign does not matter
  std::size_t cooldown = 0;  ///< epochs after a reduction that do not count
  double min_lr = 0;         ///< below which no learning rate goes

  static constexpr const char* kind = "reduce_lr_on_plateau";
  void fields(Fields& f);  ///< what a training that is taken up goes on with
  void on_train_begin(Model& model);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);

  detail::Monitor watched{};
  std::size_t wait = 0, cooldown_counter = 0;
};

/// Sets the learning rate of every optimizer at the beginning of every epoch, to schedule(epoch, learning rate until
/// now), or to schedule(epoch). Writes the first optimizer's to the logs as "learning_rate". Throws ValueError without
/// a function, for a rate that is negative or not finite, and for a learning rate that is a schedule already.
struct LearningRateScheduler {
  /// The learning rate of an epoch: of (epoch) or of (epoch, the rate until now).
  struct Function : std::function<double(std::size_t epoch, double learning_rate)> {
    /// The function of both.
    using Base = std::function<double(std::size_t, double)>;
    using Base::Base;
    /// Of a function of the epoch alone.
    template <class F>
    requires(std::is_invocable_r_v<double, F&, std::size_t> && !std::is_invocable_v<F&, std::size_t, double>)
        Function(F of_epoch)
        : Base([of_epoch](std::size_t epoch, double) mutable -> double { return of_epoch(epoch); }) {}
  } schedule;
  int verbose = 0;

  void on_epoch_begin(Model& model, std::size_t epoch);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);
};

/// Saves the model after every epoch, or after every epoch that is the best so far. An object that is used in several
/// fit() remembers the best of all of them. In the name of the file, {epoch} and {batch}, which count from 1, and the
/// names of logs stand for their values, with a format if need be: "m.{epoch:02d}-{val_loss:.2f}.xgrad". Folders that
/// are not there are made. Throws ValueError for an empty name, for a name or format in it that does not exist, and for
/// a mode that does not fit; DataError if a file cannot be written.
struct ModelCheckpoint {
  std::string filepath;
  std::string monitor = "val_loss";
  int verbose = 0;
  bool save_best_only = false;     ///< by the monitored number; until there is one, every epoch is saved
  bool save_weights_only = false;  ///< writes what load_weights() reads, instead of the whole model
  std::string mode = "auto";
  std::size_t save_freq = 0;  ///< saves after every so many batches instead, counted on through the epochs; 0, Keras's
                              ///< "epoch", after epochs. Set it before the callback is given to fit()
  std::optional<double>
      initial_value_threshold{};  ///< the best so far at the beginning, such as that of a loaded model

  static constexpr const char* kind = "model_checkpoint";
  static constexpr bool comes_last = true;
  void fields(Fields& f);  ///< what a training that is taken up goes on with
  void on_train_begin(Model& model);
  void on_epoch_begin(Model& model, std::size_t epoch);
  void on_train_batch_end(Model& model, std::size_t batch, const Logs& logs);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);
  bool watches_batches() const { return save_freq > 0; }

  detail::Monitor watched{};
  std::size_t epoch_now = 0, batches_seen = 0;  ///< batches since the last that was saved after

 private:
  void save(Model& model, const Logs& logs, std::optional<std::size_t> batch);
};

/// Writes the numbers of each epoch to a table as soon as the epoch ends: the epoch, from 0, and the logs by name, in
/// alphabetical order. A number that an epoch does not have is "NA", and one that comes first in a later epoch, such as
/// val_loss with validation_freq, is "NA" in the lines before. Names are quoted where they need it, as Python's csv
/// does. Throws ValueError for a separator of more than one character; DataError if the file cannot be read or written.
struct CSVLogger {
  std::string filename;
  std::string separator = ",";
  bool append = false;  ///< whether a file that is there is kept, and written on under its columns

  void on_train_begin(Model& model);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);

  std::vector<std::string> columns{};  ///< of the file
  std::string table{};                 ///< what is in the file
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
