#pragma once

#include <functional>
#include <span>
#include <vector>

#include <xgrad/core/random.hpp>
#include <xgrad/data/mnist.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Some samples x, (n, ...), and their labels or targets y.
struct Batch {
  Tensor x, y;
};

/// A data set cut into batches, for a loop over one epoch:
///   for (const auto& [x, y] : batches(images, 32, &rng)) ...
/// The last batch has what is left. With a generator, every loop takes the samples in a new random order. A batch is
/// good until the next one is drawn, in the same memory; the data set is not copied and has to outlive the batches.
class Batches {
 public:
  /// Writes the samples of these numbers to a batch.
  using Gather = std::function<void(std::span<const std::uint32_t> samples, Batch& batch)>;

  /// Throws ValueError if there are no samples, or for batches of none.
  Batches(std::size_t samples, std::size_t batch_size, Gather gather, Rng* shuffle = nullptr);

  /// How many samples there are, and in how many batches.
  std::size_t samples() const { return order_.size(); }
  std::size_t size() const { return (order_.size() + batch_size_ - 1) / batch_size_; }

  class Iterator {
   public:
    Iterator(Batches& batches, std::size_t step) : batches_(&batches), step_(step) {}
    const Batch& operator*() const { return batches_->gathered(step_); }
    Iterator& operator++() {
      ++step_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return step_ == other.step_; }

   private:
    Batches* batches_;
    std::size_t step_;
  };

  Iterator begin();
  Iterator end() { return {*this, size()}; }

 private:
  const Batch& gathered(std::size_t step);

  std::size_t batch_size_;
  Gather gather_;
  Rng* shuffle_;
  std::vector<std::uint32_t> order_;
  Batch batch_;
};

/// Batches of images as rows of pixels scaled to 0..1, (n, rows columns), and labels (n,); of the first `limit` images.
Batches batches(const LabelledImages& images, std::size_t batch_size, Rng* shuffle = nullptr,
                std::size_t limit = ~std::size_t{0});

Batches batches(LabelledImages&& images, std::size_t batch_size, Rng* shuffle = nullptr,
                std::size_t limit = 0) = delete;

/// Batches of rows of x and y. Throws ShapeError unless both have the same first extent.
Batches batches(const Tensor& x, const Tensor& y, std::size_t batch_size, Rng* shuffle = nullptr);
Batches batches(Tensor&& x, const Tensor& y, std::size_t batch_size, Rng* shuffle = nullptr) = delete;
Batches batches(const Tensor& x, Tensor&& y, std::size_t batch_size, Rng* shuffle = nullptr) = delete;
Batches batches(Tensor&& x, Tensor&& y, std::size_t batch_size, Rng* shuffle = nullptr) = delete;

}  // namespace xgrad::inline XGRAD_PRECISION
