#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <xgrad/autograd/tape.hpp>
#include <xgrad/nn/context.hpp>
#include <xgrad/optim/groups.hpp>

namespace xgrad::inline XGRAD_PRECISION {

class Communicator;
class Reduction;
class Workers;

/// Takes the steps by which a module learns. It knows no data, no loss and no other modules: what is learnt is what the
/// caller's objective records. Two trainers, one for each of two modules, train a GAN.
///   Trainer trainer(net, Adam{});
///   trainer.step(rng, [&](Tape& tape, const Context& context) {
///     return mean_squared_error(y, net(tape.borrow(x), context));
///   });
/// The module stays where it is while the trainer lives. A step after it was moved or destroyed throws ValueError.
class Trainer {
 public:
  /// A function that records a loss, a number, on the tape. It calls layers with the context that it is given.
  using Objective = std::function<Var(Tape& tape, const Context& context)>;

  /// A trainer of a module, with optimizers of its own. Throws ValueError for groups that do not fit the parameters,
  /// see Optimizers, and for two fields of one path.
  template <Module M>
  Trainer(M& module, Optimizers optimizers) : Trainer(ModuleRef(module), std::move(optimizers)) {}

  /// A trainer of a module, with optimizers of the caller's, who can save them. They outlive the trainer. Throws
  /// ValueError for groups that do not fit the parameters: see Optimizers.
  template <Module M>
  Trainer(M& module, Optimizers* optimizers) : Trainer((check_fields(module), ModuleRef(module)), optimizers, 1) {}

  /// A trainer of a module that several processes train together, each on its part of every batch, as in
  /// FitOptions::communicator. Before the first step, rank 0's weights and optimizers are sent to all. Throws
  /// ValueError for groups that do not fit the parameters, see Optimizers, and for two fields of one path.
  template <Module M>
  Trainer(M& module, Optimizers optimizers, std::shared_ptr<Communicator> communicator)
      : Trainer(ModuleRef(module), std::move(optimizers), std::move(communicator)) {}

  ~Trainer();
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  /// Takes one step down the objective. Returns the objective's value before the step, with the penalties of
  /// regularizers. Before the first step, a dry run draws the weights that have no value. Throws ValueError if the
  /// value is not finite, naming the first operation that gave it; if the dry run finds a weight that the module's
  /// fields() do not show; for a parameter without a gradient, where the objective does not use it; for a gradient that
  /// is not finite, naming the parameter. No weight has moved then.
  double step(Rng& rng, const Objective& objective);

  /// Takes one step of several processes, where the objective is the mean over so many samples of this one, 0 for none:
  /// the gradient is that of the mean over the samples of all. Returns that mean, on all ranks. What a rank throws, all
  /// throw, with its number.
  double step(Rng& rng, const Objective& objective, std::size_t samples);

  /// Looks anew for the parameters that are to be learnt, and divides them among the optimizers. It has to be called
  /// after layers were frozen or added, or optimizers were replaced. An optimizer that has taken steps takes the same
  /// parameters at every step: for others, it has to be replaced before.
  void find_parameters();

  /// Whether one of parameters() was frozen, moved or destroyed since find_parameters(). It does not see parameters
  /// that were unfrozen or added.
  bool is_stale() const;

  const Parameters& parameters() const { return parameters_; }  ///< the parameters that are learnt
  Optimizers& optimizers() { return *optimizers_; }             ///< the optimizers that move them

 private:
  friend class Run;

  // What one worker records: the loss of its part of a batch, and the share of the batch's samples that the part has.
  struct Part {
    Tape tape;
    std::vector<Var> penalties, watched, gradients;
    std::vector<const Parameter*> penalised;
    Var loss;
    std::size_t recorded = 0;  // lines, when the loss was
    std::size_t watches = 0;   // parameters, when the loss was
    double share = 1;
  };

  Trainer(ModuleRef module, Optimizers optimizers, std::shared_ptr<Communicator> communicator = nullptr);
  Trainer(ModuleRef module, Optimizers* optimizers, std::size_t workers,
          std::shared_ptr<Communicator> communicator = nullptr);

  void draw(Rng& rng, const Objective& objective);
  void record(Part& part, Context context, const Objective& objective);
  bool learn(Rng& rng, const Objective& objective);
  bool learn_together(const std::function<void(std::size_t worker, std::size_t workers, Part& part)>& record_part);
  bool learn_with_ranks(const std::function<void(std::size_t worker, std::size_t workers, Part& part)>& record_part,
                        const std::function<void()>& then, bool& wish);
  void require_there() const;
  std::vector<std::uint32_t> sweep_order() const;
  void sweep_and_give(Part& part);
  void add_and_give();
  void step_with_ranks();
  bool has_changed(const Part& part) const;
  static bool is_finite(const Part& part);
  void find_gradients(Part& part);
  void add_part_of(std::size_t k, Real* sum, std::size_t first, std::size_t end) const;
  void add_gradients(std::size_t part, std::size_t parts);
  std::string where_not_finite() const;
  std::string where_its_own() const;

  ModuleRef module_;
  std::optional<Optimizers> own_;
  Optimizers* optimizers_;
  bool learns_all_ = false;  // whether a recording has no other trainer's parameters, which spares a look-up of each
  Parameters parameters_;
  std::vector<const Parameter*> sorted_;
  std::vector<std::weak_ptr<const void>> tokens_;
  std::size_t watched_ = 0;  // how many parameters a recording watches, where it has no other trainer's
  std::unique_ptr<Workers> workers_;
  std::vector<Part> parts_;               // one for each worker
  std::unique_ptr<Reduction> reduction_;  // with ranks
  std::vector<Real> flags_;
  bool drawn_ = false;
};

}  // namespace xgrad::inline XGRAD_PRECISION
