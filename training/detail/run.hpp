#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <xgrad/training/detail/compiled.hpp>
#include <xgrad/training/detail/feed.hpp>
#include <xgrad/training/progress.hpp>
#include <xgrad/training/trainer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A run of a model through batches: what fit, evaluate, predict and the functions for one batch share. It adds up the
/// loss and the metrics. With several workers, each takes a slice of every batch, on a tape of its own. While it
/// computes, denormals are flushed to 0.
class Run {
 public:
  /// A run that has seen no batch. The model outlives it.
  explicit Run(Model& model, std::size_t workers = 1, std::shared_ptr<Communicator> ranks = nullptr);

  /// Builds a model that has a loss and is not built. Throws ShapeError or ValueError for samples that the model or its
  /// loss does not take, or, if `finite`, that are not finite.
  static void check(Model& model, const Samples& samples, bool finite);

  /// Looks for the parameters that are to be learnt. It is called before the first step, and after a callback outside
  /// of an epoch, which may have frozen layers or put another model here.
  void find_parameters();

  /// Looks for the parameters that are to be learnt if Trainer::is_stale() or the model was compiled anew. Takes no
  /// memory otherwise.
  void refresh();

  /// Draws the weights of a module that is not called with one Var, by a dry run of its objective on the first sample.
  void draw(const Samples& data);

  /// Begins to add up the loss and the metrics anew.
  void begin();

  /// Begins an epoch of training, and adds up anew. What workers draw in the epoch depends on its number and on the
  /// state of the model's generator. If that is going to shuffle the samples, it draws nothing for them: without layers
  /// that draw, the order of the samples is that of one worker.
  void begin(std::size_t epoch, bool shuffles);

  /// Says on stderr if no parameter is learnt.
  void warn_if_nothing_learns() const;

  /// Says on stderr what of the outputs of the last batch shows that the model cannot learn, or not as it seems to be
  /// meant: a softmax of one unit, outputs that are no probabilities where the loss takes them.
  void warn_of_outputs() const;

  /// Takes one step on a batch, with weights of its samples or null. Returns false, without a step, if its loss is not
  /// finite.
  bool learn(const Batch& batch, const Tensor* weights);

  /// Takes one step on a batch x and y, with weights of its samples or null, by the loss and not by an objective.
  /// Returns false, without a step, if its loss is not finite.
  bool learn(const Tensor& x, const Tensor& y, const Tensor* weights);

  /// Takes one step by all workers on the samples of these numbers, with weights of all samples or null. Returns false,
  /// without a step, if the loss of a slice is not finite.
  bool learn_together(const Samples& data, std::span<const std::uint32_t> numbers, const Tensor* weights);

  /// Takes one step of all ranks, as learn_together() of all workers, on this rank's samples of a batch of `all`
  /// samples. `wish` becomes whether any rank has it.
  bool learn_with_ranks(const Samples& data, std::span<const std::uint32_t> numbers, std::size_t all,
                        const Tensor* weights, bool& wish);

  /// What was added up, and what others added up instead.
  std::vector<double> sums() const;
  void take_sums(const std::vector<std::vector<double>>& of_ranks);

  /// Adds up the loss and metrics of a batch, with weights of its samples or null. Takes no step.
  void judge(const Batch& batch, const Tensor* weights);

  /// Adds up the loss and metrics of a batch x and y, with weights of its samples or null, by the loss and not by an
  /// objective. Takes no step.
  void judge(const Tensor& x, const Tensor& y, const Tensor* weights);

  /// Adds up the loss and metrics of the batches anew, samples from the first one, and says so to the progress, or
  /// null. Takes no step. Throws ValueError if a generator has no more batch.
  void evaluate(Feed& feed, Progress* progress);

  /// The model's output for x, in inference. It is good until the next call.
  const Tensor& output(const Tensor& x);

  /// The loss and metrics of the batches that were added up, in alphabetical order, as Keras prints them. A second
  /// metric of one name, precision, is precision_1. The prefix, such as "val_", stands before every name.
  Logs logs(const std::string& prefix = "") const;

  /// The first operation of the last batch that gave NaN or infinity, ": sqrt (line 3) gave nan ..."; "" if none did.
  std::string where_not_finite() const { return trainer_->where_not_finite(); }

 private:
  // A batch, or a worker's part of one, and what the model says of it.
  struct Slice {
    const Tensor *x = nullptr, *y = nullptr, *weights = nullptr;
    const Tensor *all_y = nullptr, *all_weights = nullptr;  // of the whole batch, where the loss counts over it
    const Batch* batch = nullptr;  // what an objective takes; null for an x and y of the caller's
    Batch gathered;
    Tensor gathered_weights;
    Rng rng;
    Var prediction;
  };

  Slice& whole(const Tensor& x, const Tensor& y, const Tensor* weights, const Batch* batch);
  Var loss_of(Slice& slice, Tape& tape, const Context& context) const;
  bool learn(Slice& slice);
  void judge(Slice& slice);
  void count(const Slice& slice, double loss);

  void record_slice(const Samples& data, std::span<const std::uint32_t> numbers, double all, const Tensor* weights,
                    std::size_t worker, std::size_t workers, Trainer::Part& part);

  Model& model_;
  const std::shared_ptr<Communicator> ranks_;
  std::unique_ptr<Trainer> trainer_;  // once something is to be learnt
  std::uint64_t compiled_ = 0;        // the number of the compile() whose optimizers the trainer has
  const std::size_t workers_;
  std::vector<Metric> metrics_, weighted_metrics_;  // its own, for a callback may evaluate the model meanwhile
  Tensor all_y_, all_weights_;
  std::vector<Slice> slices_;
  Tape tape_;  // for batches that are not learnt from
  std::vector<Var> penalties_;
  std::vector<const Parameter*> penalised_;
  double loss_ = 0, samples_ = 0;
};

}  // namespace xgrad::inline XGRAD_PRECISION
