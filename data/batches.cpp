#include <xgrad/data/batches.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Batches::Batches(std::size_t samples, std::size_t batch_size, Gather gather, Rng* shuffle)
    : batch_size_(batch_size), gather_(std::move(gather)), shuffle_(shuffle), order_(samples) {
  require<ValueError>(samples > 0, "batches: there are no samples; it takes 1 or more");
  require<ValueError>(batch_size > 0, "batches: batch_size is 0; it takes 1 or more");
  std::iota(order_.begin(), order_.end(), 0u);
}

Batches::Iterator Batches::begin() {
  if (shuffle_ != nullptr) shuffle_->shuffle(order_);
  return {*this, 0};
}

const Batch& Batches::gathered(std::size_t step) {
  const std::size_t first = step * batch_size_, n = std::min(batch_size_, order_.size() - first);
  gather_(std::span(order_).subspan(first, n), batch_);
  return batch_;
}

namespace {

// The shape of n samples of a data set of this shape.
Shape of_samples(std::size_t n, const Shape& data) {
  Shape shape = data;
  shape[0] = n;
  return shape;
}

void gather_rows(const Tensor& from, std::span<const std::uint32_t> samples, Tensor& to) {
  const Shape shape = of_samples(samples.size(), from.shape());
  if (to.shape() != shape) to.resize(shape);
  const std::size_t length = from.size() / from.shape(0);
  for (std::size_t i = 0; i < samples.size(); ++i)
    std::copy_n(from.data() + samples[i] * length, length, to.data() + i * length);
}

}  // namespace

Batches batches(const LabelledImages& images, std::size_t batch_size, Rng* shuffle, std::size_t limit) {
  require(images.pixels.size() == element_count(images.shape) && images.shape.size() == 3 &&
              images.shape[0] == images.labels.size(),
          "batches: ", images.pixels.size(), " pixels and ", images.labels.size(), " labels for images of shape ",
          images.shape);
  const std::size_t length = images.shape[1] * images.shape[2];
  const auto gather = [&images, length](std::span<const std::uint32_t> samples, Batch& batch) {
    if (batch.y.size() != samples.size() || batch.x.dimension() != 2) {
      batch.x.resize(Shape{samples.size(), length});
      batch.y.resize(Shape{samples.size()});
    }
    const auto pixels_of = [&](std::size_t i) { return images.pixels.data() + samples[i] * length; };
    for (std::size_t i = 0; i < samples.size(); ++i) {
      // Shuffled images are nowhere near each other in memory: ask for one while working on those before it.
      if (constexpr std::size_t ahead = 6, line = 64; i + ahead < samples.size())
        for (std::size_t k = 0; k < length; k += line) __builtin_prefetch(pixels_of(i + ahead) + k);
      const std::uint8_t* pixels = pixels_of(i);
      Real* row = batch.x.data() + i * length;
      for (std::size_t k = 0; k < length; ++k) row[k] = static_cast<Real>(pixels[k]) * (Real{1} / 255);
      batch.y.data()[i] = images.labels[samples[i]];
    }
  };
  return {std::min(images.labels.size(), limit), batch_size, gather, shuffle};
}

Batches batches(const Tensor& x, const Tensor& y, std::size_t batch_size, Rng* shuffle) {
  require(x.dimension() > 0 && y.dimension() > 0 && x.shape(0) == y.shape(0), "batches: x has shape ", x.shape(),
          " and y ", y.shape(), "; it takes as many rows of one as of the other");
  const auto gather = [&x, &y](std::span<const std::uint32_t> samples, Batch& batch) {
    gather_rows(x, samples, batch.x);
    gather_rows(y, samples, batch.y);
  };
  return {x.shape(0), batch_size, gather, shuffle};
}

}  // namespace xgrad::inline XGRAD_PRECISION
