#pragma once

#include <span>
#include <string>
#include <vector>

#include <xgrad/autograd/tape.hpp>
#include <xgrad/core/denormals.hpp>
#include <xgrad/core/workers.hpp>
#include <xgrad/data/batches.hpp>
#include <xgrad/nn/progress.hpp>
#include <xgrad/nn/sequential.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// One way through batches after another: what fit, evaluate, predict and the single batches share. With several
/// workers, each takes a slice of every batch, on a tape of its own. While it lives, denormals are flushed.
class Sequential::Run {
 public:
  explicit Run(Sequential& model, std::size_t workers = 1);

  /// Looks for what is to be learnt, as when it was made.
  void find_parameters();

  /// Begins to count anew.
  void begin();

  /// The same for an epoch of training. What workers draw in it depends on its number and on the model's generator,
  /// which draws nothing for them: where no layer draws, the order of the samples is that of one worker.
  void begin(std::size_t epoch);

  /// One step on a batch; false, without the step, if its loss is not finite.
  bool learn(const Tensor& x, const Tensor& y, const Tensor* weights);

  /// The same by all workers. The gradients of the slices' mean losses are added up in their order, each times its
  /// share of the samples: a given number of workers gives the same bits every time.
  bool learn_together(const Samples& data, std::span<const std::uint32_t> numbers, const Tensor* weights);

  /// The loss of a batch, and the metrics, without a step; the same for many; and the model's output alone.
  void judge(const Tensor& x, const Tensor& y, const Tensor* weights);
  void evaluate(Batches& data, const Tensor* weights, Progress* progress);
  const Tensor& output(const Tensor& x);

  /// The weights of a batch's samples, or null if there are none.
  const Tensor* weights_of(const Batches::Iterator& batch, const Tensor* weights);

  /// The means until here, by name in alphabetical order, as Keras prints them: precision, and precision_1 for the next
  /// metric of that name.
  Logs logs(const std::string& prefix = "") const;

  /// Where on the tape the last batch's loss, which is not finite, began to be so: ": sqrt (line 3) gave nan ...".
  std::string where_not_finite() const;

 private:
  // A batch, or a worker's part of one, and what is recorded of it.
  struct Slice {
    Tape tape;
    std::vector<Var> penalties, watched, gradients;
    Batch batch;
    Tensor weights;
    Rng rng;
    const Tensor* y = nullptr;
    Var prediction, loss;
    std::size_t recorded = 0;  // lines, when the loss was
    double share = 1;          // of the batch's samples
  };

  void record(Slice& slice, const Tensor& x, const Tensor& y, const Tensor* weights, Context context);
  void count(const Slice& slice);
  void find_gradients(Slice& slice);
  void add_gradients(std::size_t part, std::size_t parts);

  const FlushDenormals flush_;
  Sequential& model_;
  std::vector<Parameter*> parameters_;
  std::vector<Metric> metrics_;  // its own, for a callback may evaluate the model meanwhile
  Workers workers_;
  std::vector<Slice> slices_;
  double loss_ = 0, samples_ = 0;
};

}  // namespace xgrad::inline XGRAD_PRECISION
