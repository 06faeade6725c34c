#pragma once

#include <vector>

#include <xgrad/core/random.hpp>
#include <xgrad/data/samples.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A data set cut into batches, for a loop over one epoch:
///   for (const auto& [x, y] : batches(images, 32, &rng)) ...
/// The last batch has what is left. With a generator, every loop takes the samples in a new random order, which depends
/// on the generator alone. A batch is good until the next one is drawn, in the same memory; the data set is not copied
/// and has to outlive the batches.
class Batches {
 public:
  static constexpr std::size_t all = ~std::size_t{0};

  /// Cuts the samples from number `begin` up to `end`, which is excluded, or up to the last. Throws ValueError if there
  /// are none, or if a batch has none.
  Batches(Samples samples, std::size_t batch_size, Rng* shuffle = nullptr, std::size_t begin = 0,
          std::size_t end = all);

  /// How many samples there are.
  std::size_t samples() const { return order_.size(); }

  /// How many batches there are.
  std::size_t size() const { return (order_.size() + batch_size_ - 1) / batch_size_; }

  /// Goes from batch to batch. What it points to is good until the next step.
  class Iterator {
   public:
    /// At the batch of the given number.
    Iterator(Batches& batches, std::size_t step) : batches_(&batches), step_(step) {}
    const Batch& operator*() const { return batches_->gathered(step_); }
    Iterator& operator++() {
      ++step_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return step_ == other.step_; }

    /// The numbers of the batch's samples in the data set.
    std::span<const std::uint32_t> numbers() const { return batches_->numbers(step_); }

   private:
    Batches* batches_;
    std::size_t step_;
  };

  Iterator begin();
  Iterator end() { return {*this, size()}; }

 private:
  std::span<const std::uint32_t> numbers(std::size_t step) const;
  const Batch& gathered(std::size_t step);

  Samples data_;
  std::size_t batch_size_, first_;
  Rng* shuffle_;
  std::vector<std::uint32_t> order_;
  Batch batch_;
};

/// Batches of images as rows of pixels scaled to 0..1, (n, rows columns), and labels (n,); of the first `limit` images.
Batches batches(const LabelledImages& images, std::size_t batch_size, Rng* shuffle = nullptr,
                std::size_t limit = Batches::all);
Batches batches(LabelledImages&&, std::size_t, Rng* = nullptr, std::size_t = 0) = delete;

/// Batches of rows of x and y. Throws ShapeError unless both have the same first extent.
Batches batches(const Tensor& x, const Tensor& y, std::size_t batch_size, Rng* shuffle = nullptr);
Batches batches(Tensor&&, const Tensor&, std::size_t, Rng* = nullptr) = delete;
Batches batches(const Tensor&, Tensor&&, std::size_t, Rng* = nullptr) = delete;
Batches batches(Tensor&&, Tensor&&, std::size_t, Rng* = nullptr) = delete;

}  // namespace xgrad::inline XGRAD_PRECISION
