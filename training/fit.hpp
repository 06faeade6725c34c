#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <xgrad/data/samples.hpp>
#include <xgrad/nn/losses/losses.hpp>
#include <xgrad/nn/metrics/metrics.hpp>
#include <xgrad/nn/model/model.hpp>
#include <xgrad/optim/groups.hpp>
#include <xgrad/training/callback.hpp>
#include <xgrad/training/history.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Of fit(), with Keras's names, order and defaults.
struct FitOptions {
  std::size_t batch_size = 32;  ///< the last batch has what is left
  std::size_t epochs = 1;       ///< the number of the last one: with initial_epoch, fewer are run
  int verbose = automatic;
  std::vector<Callback> callbacks{};
  double validation_split = 0;               ///< this fraction of the samples, the last ones, is not learnt from
  std::optional<Samples> validation_data{};  ///< {{x, y}}, or {{x, y, &weights}}; goes before validation_split
  bool shuffle = true;
  std::map<std::size_t, double> class_weight{};  ///< of labels; 1 for those that are not here
  std::optional<Tensor> sample_weight{};         ///< (n,); the loss of a batch is sum(weights losses) / samples
  std::size_t initial_epoch = 0;
  std::size_t validation_batch_size = 0;  ///< batch_size if 0
  std::size_t validation_freq = 1;        ///< in epochs
  std::size_t workers = 1;                ///< threads that share each batch by slices: see docs/keras.md
  bool check_data = true;                 ///< refuses NaN and infinity in x before the first epoch
};

struct EvaluateOptions {
  std::size_t batch_size = 32;
  int verbose = automatic;
  std::optional<Tensor> sample_weight{};
};

/// The training of a model, a batch at a time: what Model::fit() does is
///   Fit fit(model, data, options);
///   while (fit.next());
///   return fit.history();
/// and a loop of one's own looks at what it likes between two batches. The model, compiled, and the data outlive it.
class Fit {
 public:
  /// Throws what Model::fit() throws before the first step.
  Fit(Model& model, const Samples& data, const FitOptions& options = {});
  ~Fit();
  Fit(const Fit&) = delete;
  Fit& operator=(const Fit&) = delete;

  /// Learns from the next batch. Before the first of an epoch that begins, and after the last of one that ends: the
  /// validation, what is printed, and the callbacks. False, and nothing learnt, when all epochs are done, when
  /// model.stop_training was set, or on Ctrl-C. Throws ValueError where the loss is not finite.
  bool next();

  std::size_t epoch() const { return epoch_; }          ///< of the last batch, from 0
  std::size_t step() const { return step_; }            ///< how many batches of the epoch are done
  bool epoch_ended() const { return !in_epoch_; }       ///< whether the last batch was the epoch's last
  Logs logs() const;                                    ///< the epoch's loss and metrics until here
  const History& history() const { return *history_; }  ///< of the epochs that have ended

 private:
  struct State;
  template <class Function, class... Arguments>
  void call(Function function, Arguments&... arguments);
  void begin_epoch();
  void learn_batch();
  void end_epoch();
  void end();

  std::unique_ptr<State> state_;
  std::unique_ptr<History> history_;
  std::size_t epoch_ = 0, step_ = 0;
  bool begun_ = false, in_epoch_ = false, ended_ = false;
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
