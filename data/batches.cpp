#include <xgrad/data/batches.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Batches::Batches(Samples samples, std::size_t batch_size, Rng* shuffle, std::size_t begin, std::size_t end)
    : data_(std::move(samples)), batch_size_(batch_size), first_(begin), shuffle_(shuffle) {
  end = std::min(end, data_.size());
  require<ValueError>(begin < end, "batches: there are no samples; it takes 1 or more");
  require<ValueError>(batch_size > 0, "batches: batch_size is 0; it takes 1 or more");
  order_.resize(end - begin);
  batch_size_ = std::min(batch_size, order_.size());
  std::iota(order_.begin(), order_.end(), static_cast<std::uint32_t>(first_));
}

Batches::Iterator Batches::begin() {
  if (shuffle_ != nullptr) {
    // from the same order each time: a run that is taken up again in a later epoch finds the orders that it would have
    std::iota(order_.begin(), order_.end(), static_cast<std::uint32_t>(first_));
    shuffle_->shuffle(order_);
  }
  return {*this, 0};
}

std::span<const std::uint32_t> Batches::numbers(std::size_t step) const {
  const std::size_t first = step * batch_size_;
  return std::span(order_).subspan(first, std::min(batch_size_, order_.size() - first));
}

const Batch& Batches::gathered(std::size_t step) {
  const std::span<const std::uint32_t> now = numbers(step);
  data_.gather(now, batch_, std::span(order_).subspan(step * batch_size_ + now.size()));
  return batch_;
}

Batches batches(const LabelledImages& images, std::size_t batch_size, Rng* shuffle, std::size_t limit) {
  return {images, batch_size, shuffle, 0, limit};
}

Batches batches(const Tensor& x, const Tensor& y, std::size_t batch_size, Rng* shuffle) {
  return {Samples(x, y), batch_size, shuffle};
}

}  // namespace xgrad::inline XGRAD_PRECISION
