#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include <xgrad/data/mnist.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Some samples x, (n, ...), and their labels or targets y: const auto& [x, y] = batch. Of a data set with several
/// inputs or targets they are the first, and input(k) and target(k) are all. A BatchGenerator may give the samples
/// weights, (n,).
struct Batch {
  Tensor x, y;
  std::vector<Tensor> more_inputs{}, more_targets{};
  std::optional<Tensor> weights{};

  /// Input k: 0 is x, 1 the first of more_inputs.
  const Tensor& input(std::size_t k) const { return k == 0 ? x : more_inputs.at(k - 1); }
  /// Target k: 0 is y, 1 the first of more_targets.
  const Tensor& target(std::size_t k) const { return k == 0 ? y : more_targets.at(k - 1); }

  /// x for k = 0 and y for k = 1, so that const auto& [x, y] = batch works.
  template <std::size_t k>
  const Tensor& get() const {
    return k == 0 ? x : y;
  }
};

/// A data set to learn or judge from: samples with a label or target each, and a weight each if asked for. It refers to
/// what it is made of, which has to outlive it.
class Samples {
 public:
  /// Sample i is row i of x and of y, of weight weights[i]. Throws ShapeError unless both have the same first extent,
  /// which is that of the weights, (n,); ValueError for a weight that is not finite.
  Samples(const Tensor& x, const Tensor& y, const Tensor* weights = nullptr);
  Samples(Tensor&&, const Tensor&, const Tensor* = nullptr) = delete;
  Samples(const Tensor&, Tensor&&, const Tensor* = nullptr) = delete;
  Samples(Tensor&&, Tensor&&, const Tensor* = nullptr) = delete;

  /// Several inputs and targets of the same samples: {&wide, &deep} and {&price, &sold}. Throws as for one of each.
  Samples(const std::vector<const Tensor*>& inputs, const std::vector<const Tensor*>& targets);

  /// The samples of a batch, with its weights. Throws as for those of tensors.
  explicit Samples(const Batch& batch) { refer_to(batch); }
  explicit Samples(Batch&&) = delete;

  /// Images as rows of pixels scaled to 0..1, (n, rows columns), and labels (n,).
  Samples(const LabelledImages& images);
  Samples(LabelledImages&&) = delete;

  /// How many samples.
  std::size_t size() const { return y_->shape(0); }
  const Shape& sample_shape() const { return sample_shape_; }  ///< the shape of one x, without the batch
  /// The targets, of all samples.
  const Tensor& y() const { return *y_; }
  /// The samples' weights, (n,); null if there are none.
  const Tensor* weights() const { return weights_; }

  /// These samples with other weights. Throws ShapeError unless there is one weight for each sample, (n,); ValueError
  /// for a weight that is not finite.
  Samples weighted(const Tensor& weights) const;
  Samples weighted(Tensor&&) const = delete;

  /// Refers to the samples of a batch from now on, or to those that are there now in the same batch. Throws ShapeError
  /// and ValueError as the constructors.
  void refer_to(const Batch& batch);

  /// Writes the samples of these numbers, below size() each, to a batch: x (n, ...) and y, which are resized if need
  /// be. The pixels of those in `next`, the numbers that are wanted then, are asked of the memory meanwhile.
  void gather(std::span<const std::uint32_t> numbers, Batch& batch, std::span<const std::uint32_t> next = {}) const;

  /// Throws ValueError naming the first x, or other input, that is NaN or infinite: its sample, and its place in it.
  void require_finite() const;

 private:
  void check();

  const Tensor* x_ = nullptr;  // or else the images
  const LabelledImages* images_ = nullptr;
  std::shared_ptr<const Tensor> y_;
  const Tensor* weights_ = nullptr;
  Shape sample_shape_;
  std::vector<const Tensor*> more_inputs_, more_targets_;
};

/// Copies those rows of a tensor (m, ...), each below m, to another, (n, ...), which is resized if need be.
void gather_rows(const Tensor& from, std::span<const std::uint32_t> rows, Tensor& to);

}  // namespace xgrad::inline XGRAD_PRECISION

// A batch is taken apart as x and y.
template <>
struct std::tuple_size<xgrad::Batch> : std::integral_constant<std::size_t, 2> {};
template <std::size_t k>
struct std::tuple_element<k, xgrad::Batch> {
  using type = const xgrad::Tensor;
};
