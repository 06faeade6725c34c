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

class Workers;

/// Learns the parameters of one module. It knows no data, no loss and no other modules: these are what the caller's
/// objective records. Two of them, one for each of two modules, train a GAN.
///   Trainer trainer(net, Adam{});
///   trainer.step(rng, [&](Tape& tape, const Context& context) {
///     return mean_squared_error(y, net(tape.borrow(x), context));
///   });
/// The module stays where it is while the trainer lives: a step after it was moved or destroyed throws ValueError.
class Trainer {
 public:
  /// Records a loss, a number, of whatever it likes, asking the layers with the context that it is given.
  using Objective = std::function<Var(Tape& tape, const Context& context)>;

  /// Throws ValueError for groups that do not fit the parameters: see Optimizers.
  template <Module M>
  Trainer(M& module, Optimizers optimizers) : Trainer(ModuleRef(module), std::move(optimizers)) {}

  /// By optimizers of the caller's, who may save them.
  template <Module M>
  Trainer(M& module, Optimizers* optimizers) : Trainer(ModuleRef(module), optimizers, 1) {}

  ~Trainer();
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  /// Takes one step down the objective, and gives its value before the step, with the penalties of regularizers. At the
  /// first step a dry run draws the weights that have no values. Throws ValueError, with the weights as they were, if
  /// the value is not finite, naming the first operation that gave it; for a weight that is used but not shown in the
  /// module's fields(); for a parameter without a gradient.
  double step(Rng& rng, const Objective& objective);

  /// Looks anew for what is to be learnt, after layers were frozen or added.
  void find_parameters();

  /// Whether parameters were frozen, thawed, moved or destroyed since they were found.
  bool is_stale() const;

  const Parameters& parameters() const { return parameters_; }
  Optimizers& optimizers() { return *optimizers_; }

 private:
  friend class Run;

  // What one worker records: the loss of its part of a batch, and how great a share of the batch's samples that is of.
  struct Part {
    Tape tape;
    std::vector<Var> penalties, watched, gradients;
    Var loss;
    std::size_t recorded = 0;  // lines, when the loss was
    double share = 1;
  };

  Trainer(ModuleRef module, Optimizers optimizers);
  Trainer(ModuleRef module, Optimizers* optimizers, std::size_t workers);

  void draw(Rng& rng, const Objective& objective);
  void record(Part& part, Context context, const Objective& objective);
  bool learn(Rng& rng, const Objective& objective);
  bool learn_together(const std::function<void(std::size_t worker, std::size_t workers, Part& part)>& record_part);
  void find_gradients(Part& part);
  void add_gradients(std::size_t part, std::size_t parts);
  std::string where_not_finite() const;

  ModuleRef module_;
  std::optional<Optimizers> own_;
  Optimizers* optimizers_;
  bool learns_all_ = false;  // that any recording asks for
  Parameters parameters_;
  std::vector<const Parameter*> sorted_;
  std::vector<std::weak_ptr<const void>> tokens_;
  std::unique_ptr<Workers> workers_;
  std::vector<Part> parts_;  // one for each worker
  bool drawn_ = false;
};

}  // namespace xgrad::inline XGRAD_PRECISION
