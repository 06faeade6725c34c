#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <xgrad/core/kernels/denormals.hpp>
#include <xgrad/data/batches.hpp>
#include <xgrad/training/detail/compiled.hpp>
#include <xgrad/training/progress.hpp>
#include <xgrad/training/trainer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// One way through batches after another: what fit, evaluate, predict and the single batches share. It counts the loss
/// and the metrics of a model. With several workers, each takes a slice of every batch, on a tape of its own. While it
/// lives, denormals are flushed.
class Run {
 public:
  explicit Run(Model& model, std::size_t workers = 1);

  /// Looks for what is to be learnt. A callback may have frozen layers or put another model here since.
  void find_parameters();

  /// Looks for what is to be learnt if that, or what compile() said, has changed. It takes no memory if it has not.
  void refresh();

  /// Draws the weights of a module that is not called with one Var, by a dry run of its objective on the first sample.
  void draw(const Samples& data);

  /// Begins to count anew.
  void begin();

  /// Begins an epoch of training. What workers draw in it depends on its number and on the model's generator, which
  /// draws nothing for them: where no layer draws, the order of the samples is that of one worker.
  void begin(std::size_t epoch);

  /// One step on a batch; false, without the step, if its loss is not finite.
  bool learn(const Batch& batch, const Tensor* weights);
  bool learn(const Tensor& x, const Tensor& y, const Tensor* weights);

  /// One step on a batch by all workers.
  bool learn_together(const Samples& data, std::span<const std::uint32_t> numbers, const Tensor* weights);

  /// The loss and metrics of a batch, or of many, without a step; and the model's output alone.
  void judge(const Batch& batch, const Tensor* weights);
  void judge(const Tensor& x, const Tensor& y, const Tensor* weights);
  void evaluate(Batches& data, const Tensor* weights, Progress* progress);
  const Tensor& output(const Tensor& x);

  /// The weights of a batch's samples, or null if there are none.
  const Tensor* weights_of(const Batches::Iterator& batch, const Tensor* weights);

  /// The means until here, by name in alphabetical order, as Keras prints them: precision, and precision_1 for the next
  /// metric of that name.
  Logs logs(const std::string& prefix = "") const;

  /// Where on the tape the last batch's loss, which is not finite, began to be so: ": sqrt (line 3) gave nan ...".
  std::string where_not_finite() const { return trainer_->where_not_finite(); }

 private:
  // A batch, or a worker's part of one, and what the model says of it.
  struct Slice {
    const Tensor *x = nullptr, *y = nullptr, *weights = nullptr;
    const Batch* batch = nullptr;  // of which x and y are the first tensors, if it is one
    Batch gathered;
    Tensor gathered_weights;
    Rng rng;
    Var prediction;
  };

  Var loss_of(Slice& slice, Tape& tape, const Context& context) const;
  bool learn(Slice& slice);
  void judge(Slice& slice);
  void count(const Slice& slice, double loss);

  const FlushDenormals flush_;
  Model& model_;
  std::unique_ptr<Trainer> trainer_;  // once something is to be learnt
  std::uint64_t compiled_ = 0;        // the number of the compile() that it is of
  const std::size_t workers_;
  std::vector<Metric> metrics_;  // its own, for a callback may evaluate the model meanwhile
  std::vector<Slice> slices_;
  Tape tape_;  // of what is not learnt from
  std::vector<Var> penalties_;
  double loss_ = 0, samples_ = 0;
};

}  // namespace xgrad::inline XGRAD_PRECISION
