#pragma once

#include <exception>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <xgrad/data/generator.hpp>
#include <xgrad/nn/losses/losses.hpp>
#include <xgrad/nn/metrics/metrics.hpp>
#include <xgrad/nn/model/model.hpp>
#include <xgrad/optim/groups.hpp>
#include <xgrad/training/callback.hpp>
#include <xgrad/training/communicator.hpp>
#include <xgrad/training/history.hpp>

namespace xgrad::inline XGRAD_PRECISION {

struct CallbackStates;

/// After which epochs fit() validates: after every so many, validation_freq = 2, or after those of a list, which count
/// from 1, validation_freq = {1, 2, 10}.
class ValidationFreq {
 public:
  /// After every so many epochs.
  ValidationFreq(std::size_t every) : every_(every) {}
  /// After these epochs, counted from 1.
  ValidationFreq(std::initializer_list<std::size_t> epochs) : epochs_(epochs) {}
  /// After these epochs, counted from 1.
  ValidationFreq(std::vector<std::size_t> epochs) : epochs_(std::move(epochs)) {}

  /// Whether the epoch of this number, from 1, validates.
  bool includes(std::size_t epoch) const;

  /// Throws ValueError for 0 epochs, an empty list, and an epoch 0 in it.
  void check() const;

 private:
  std::size_t every_ = 0;  // 0 with a list
  std::vector<std::size_t> epochs_;
};

/// The options of fit(), with Keras's names, order and defaults; the last three are not Keras's. A generator makes its
/// batches itself: batch_size and shuffle do not concern it, and it takes neither validation_split nor sample_weight.
struct FitOptions {
  std::size_t batch_size = 32;  ///< samples in a batch; the last batch of an epoch has what is left
  std::size_t epochs = 1;       ///< the number of the last epoch, from 1: with initial_epoch, fewer are run
  int verbose = automatic;      ///< see Verbose
  std::vector<Callback> callbacks{};
  double validation_split = 0;  ///< this fraction of the samples, the last ones, validates instead of being learnt from
  std::optional<BatchSource> validation_data{};  ///< {{x, y}}, {{x, y, &weights}} or a generator; goes before the split
  bool shuffle = true;                           ///< whether each epoch takes the samples in a new order
  std::map<std::size_t, double> class_weight{};  ///< the weight of a label's samples, 1 for a label that is not here
  std::optional<Tensor> sample_weight{};         ///< (n,); the loss of a batch is sum(weights losses) / samples
  std::size_t initial_epoch = 0;                 ///< how many epochs were done before: see Model::epochs_done()
  std::size_t steps_per_epoch = 0;               ///< batches in an epoch; 0 for all until the data ends
  std::size_t validation_steps = 0;              ///< batches that validate; 0 for all until the data ends
  std::size_t validation_batch_size = 0;         ///< 0 for batch_size
  ValidationFreq validation_freq = 1;            ///< validates after every so many epochs, or after those of a list
  std::size_t workers = 1;                       ///< threads that share each batch by slices: see docs/keras.md
  bool check_data = true;                        ///< refuses NaN and infinity in x before it is learnt from
  std::shared_ptr<Communicator> communicator{};  ///< of processes that train the model together: see Fit
};

/// The options of evaluate(), with Keras's names, order and defaults.
struct EvaluateOptions {
  std::size_t batch_size = 32;
  int verbose = automatic;                ///< see Verbose
  std::optional<Tensor> sample_weight{};  ///< (n,); the loss is sum(weights losses) / samples
  std::size_t steps = 0;                  ///< batches that are looked at; 0 for all until the data ends
};

/// The training of a model, a batch at a time. Model::fit() does
///   Fit fit(model, data, options);
///   while (fit.next());
///   return fit.history();
/// A loop of one's own looks at what it likes between two batches. The model is compiled. It and the data outlive the
/// Fit.
///
/// Where the data ends before steps_per_epoch batches, the epoch ends too, with a warning, and the next one begins the
/// data anew. Where it ends after them, the next epoch goes on in the data. A generator's first batch is drawn at once,
/// and others when the batch before is learnt and its epoch is to have one more. If it has none to begin an epoch with,
/// the training ends, with a warning.
///
/// With a communicator, several processes, the ranks, train one model: {.communicator = mpi::world()}. All run the same
/// program. Each gives the rows of the data that Shards says are its part, or a generator of its part of each batch,
/// and its part of the validation data, which may be nothing. batch_size is that of all ranks together. The losses,
/// metrics and History are of all data, on all ranks; the order of the samples does not depend on the number of ranks,
/// nor do the numbers but for rounding, and what layers draw. The same number of ranks and workers gives the same bits
/// every time. Rank 0's weights and optimizers are those that training begins with; rank 0's callbacks are called,
/// those of others are not, and what they change of the model, its optimizers and stop_training is sent to all. Rank 0
/// prints; a bar that moves shows its own part's numbers, and so does logs(). What a rank throws, all throw, with its
/// number. Refused are validation_split, layers and losses that count over whole batches, and metrics without sums().
class Fit {
 public:
  /// Checks options and data, of a generator the first batch, and draws weights that have no value. Throws ValueError
  /// or ShapeError for what does not fit the model or the loss, and for a model that is not compiled.
  Fit(Model& model, const BatchSource& data, const FitOptions& options = {});
  ~Fit();
  Fit(const Fit&) = delete;
  Fit& operator=(const Fit&) = delete;

  /// Learns from the next batch. Callbacks are called before and after the batch, and before the first and after the
  /// last batch of an epoch, where the epoch is also validated and printed. Returns false, and learns nothing, when all
  /// epochs are done, when model.stop_training was set, or after Ctrl-C. Throws ValueError if the loss is not finite,
  /// ValueError or ShapeError, which name the batch, for one of a generator that does not fit, and what a callback
  /// throws. However the training ends, on_train_end is called, once, for every callback that has begun,
  /// model.history() has the epochs that are done, and Ctrl-C works as before. A loop that is left earlier sets
  /// model.stop_training and calls next() for that.
  bool next();

  std::size_t epoch() const { return epoch_; }          ///< the epoch of the next batch, from 0
  std::size_t step() const { return step_; }            ///< how many batches of the last batch's epoch are done
  bool epoch_ended() const { return !in_epoch_; }       ///< whether the last batch was the last of its epoch
  Logs logs() const;                                    ///< the loss and metrics of the epoch so far
  const History& history() const { return *history_; }  ///< the numbers of the epochs that have ended

 private:
  friend class Model;
  struct State;
  template <class Function, class... Arguments>
  void call(const Callback& callback, Function function, Arguments&... arguments);
  template <class Function, class... Arguments>
  void call_all(Function function, Arguments&... arguments);
  void make(Model& model, const BatchSource& data, const FitOptions& options, std::size_t all);
  void make_with_ranks(Model& model, const BatchSource& data, const FitOptions& options);
  void lead(const char* where, const std::function<void()>& callbacks, Logs* logs = nullptr);
  bool any(const char* where, const std::function<bool()>& mine) const;
  bool learn_with_ranks();
  void evaluate();
  void require_same_weights() const;
  Logs merged(const std::string& prefix = "");
  bool advance();
  void begin();
  void begin_epoch();
  void learn_batch();
  void end_epoch();
  void end(std::exception_ptr error = nullptr);
  CallbackStates callback_states() const;

  std::unique_ptr<State> state_;
  std::unique_ptr<History> history_;
  std::size_t epoch_ = 0, step_ = 0;
  std::size_t begun_ = 0;  // callbacks that have begun
  bool started_ = false, is_checked_ = false, in_epoch_ = false, ended_ = false;
};

namespace detail {

// The module that an objective takes, out of a model.
template <class F, class M>
M& module_for(Model& model, Var (F::*)(M&, Tape&, const Batch&, const Context&) const) {
  return model.as<M>();
}
template <class F, class M>
M& module_for(Model& model, Var (F::*)(M&, Tape&, const Batch&, const Context&)) {
  return model.as<M>();
}

}  // namespace detail

template <class F>
// The optimizers are moved, which clang-tidy does not see. NOLINTNEXTLINE(performance-unnecessary-value-param)
requires(requires { &F::operator(); } && !std::is_invocable_v<F&, Var, Var>) void Model::compile(Optimizers optimizers,
                                                                                                 F objective) {
  compile_objective(std::move(optimizers),
                    [objective](Model& model, Tape& tape, const Batch& batch, const Context& c) mutable {
                      return objective(detail::module_for(model, &F::operator()), tape, batch, c);
                    });
}

template <class M>
void Model::compile(Optimizers optimizers, Var (*objective)(M&, Tape&, const Batch&, const Context&)) {
  compile_objective(std::move(optimizers), [objective](Model& model, Tape& tape, const Batch& batch, const Context& c) {
    return objective(model.as<M>(), tape, batch, c);
  });
}

}  // namespace xgrad::inline XGRAD_PRECISION
