#include <xgrad/data/samples.hpp>

#include <algorithm>
#include <cmath>

#include <xgrad/core/error.hpp>
#include <xgrad/core/kernels/levels.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

void require_weights(const Tensor& weights, std::size_t n) {
  require(weights.shape() == Shape{n}, "samples: weights of shape ", weights.shape(),
          "; it takes one for each sample, (", n, ",)");
  const auto bad = std::find_if(weights.begin(), weights.end(), [](Real weight) { return !std::isfinite(weight); });
  require<ValueError>(bad == weights.end(), "samples: the weight of sample ", bad - weights.begin(), " is ",
                      bad == weights.end() ? 0 : *bad, "; it takes finite numbers");
}

// A block of as many bytes as the longest vector has: no number of a row is converted by itself.
constexpr std::size_t block = 64;

[[gnu::always_inline]] inline void convert_block(const std::uint8_t* pixels, Real* row) {
#pragma GCC ivdep
#pragma GCC unroll 1
  for (std::size_t k = 0; k < block; ++k) row[k] = static_cast<Real>(pixels[k]) * (Real{1} / 255);
}

void gather_pixels(const LabelledImages& images, std::span<const std::uint32_t> numbers, Tensor& x,
                   std::span<const std::uint32_t> next) {
  const std::size_t length = images.shape[1] * images.shape[2], n = numbers.size();
  if (x.dimension() != 2 || x.shape(0) != n || x.shape(1) != length) x.resize(Shape{n, length});
  by_level([=, images = images.pixels.data(), row = x.data()]() mutable {
    const auto pixels_of = [=](std::size_t i) { return images + (i < n ? numbers[i] : next[i - n]) * length; };
    for (std::size_t i = 0; i < n; ++i, row += length) {
      // Shuffled images are nowhere near each other in memory: ask for one while working on those before it.
      if (constexpr std::size_t ahead = 6, line = 64; i + ahead < n + next.size())
        for (std::size_t k = 0; k < length; k += line) __builtin_prefetch(pixels_of(i + ahead) + k);
      const std::uint8_t* const pixels = pixels_of(i);
      std::size_t k = 0;
      for (; k + block <= length; k += block) convert_block(pixels + k, row + k);
      if (k < length && length > block) k = length, convert_block(pixels + k - block, row + k - block);  // some again
      for (; k < length; ++k) row[k] = static_cast<Real>(pixels[k]) * (Real{1} / 255);
    }
  });
}

}  // namespace

Samples::Samples(const Tensor& x, const Tensor& y, const Tensor* weights)
    : x_(&x), y_(std::shared_ptr<const Tensor>{}, &y), weights_(weights) {
  check();
}

Samples::Samples(const std::vector<const Tensor*>& inputs, const std::vector<const Tensor*>& targets) {
  require<ValueError>(!inputs.empty() && !targets.empty(), "samples: ", inputs.size(), " inputs and ", targets.size(),
                      " targets; it takes one or more of each");
  x_ = inputs[0];
  y_ = {std::shared_ptr<const Tensor>{}, targets[0]};
  more_inputs_.assign(inputs.begin() + 1, inputs.end());
  more_targets_.assign(targets.begin() + 1, targets.end());
  check();
}

void Samples::refer_to(const Batch& batch) {
  x_ = &batch.x;
  y_ = {std::shared_ptr<const Tensor>{}, &batch.y};
  weights_ = batch.weights ? &*batch.weights : nullptr;
  more_inputs_.clear();
  more_targets_.clear();
  for (const Tensor& each : batch.more_inputs) more_inputs_.push_back(&each);
  for (const Tensor& each : batch.more_targets) more_targets_.push_back(&each);
  check();
}

void Samples::check() {
  const Tensor &x = *x_, &y = *y_;
  require(x.dimension() > 0 && y.dimension() > 0 && x.shape(0) == y.shape(0), "samples: x has shape ", x.shape(),
          " and y ", y.shape(), "; it takes as many rows of one as of the other");
  if (weights_) require_weights(*weights_, size());
  sample_shape_.assign(x.shape().begin() + 1, x.shape().end());
  for (const auto* list : {&more_inputs_, &more_targets_})
    for (const Tensor* tensor : *list)
      require(tensor->dimension() > 0 && tensor->shape(0) == size(), "samples: a tensor of shape ", tensor->shape(),
              " beside ", size(), " samples; it takes as many rows");
}

Samples::Samples(const LabelledImages& images)
    : images_(&images), y_(std::make_shared<Tensor>(to_tensor(images.labels))) {
  require(images.pixels.size() == element_count(images.shape) && images.shape.size() == 3 &&
              images.shape[0] == images.labels.size(),
          "samples: ", images.pixels.size(), " pixels and ", images.labels.size(), " labels for images of shape ",
          images.shape);
  sample_shape_ = {images.shape[1] * images.shape[2]};
}

Samples Samples::weighted(const Tensor& weights) const {
  require_weights(weights, size());
  Samples result = *this;
  result.weights_ = &weights;
  return result;
}

void Samples::gather(std::span<const std::uint32_t> numbers, Batch& batch, std::span<const std::uint32_t> next) const {
  if (images_)
    gather_pixels(*images_, numbers, batch.x, next);
  else
    gather_rows(*x_, numbers, batch.x);
  gather_rows(*y_, numbers, batch.y);
  batch.more_inputs.resize(more_inputs_.size());
  batch.more_targets.resize(more_targets_.size());
  for (std::size_t k = 0; k < more_inputs_.size(); ++k) gather_rows(*more_inputs_[k], numbers, batch.more_inputs[k]);
  for (std::size_t k = 0; k < more_targets_.size(); ++k) gather_rows(*more_targets_[k], numbers, batch.more_targets[k]);
}

void Samples::require_finite() const {
  const auto check = [&](const Tensor& x, const std::string& name) {
    const auto bad = std::find_if(x.begin(), x.end(), [](Real number) { return !std::isfinite(number); });
    if (bad == x.end()) return;
    const auto place = static_cast<std::size_t>(bad - x.begin()), length = x.size() / size();
    throw ValueError(text(name, " is ", *bad, " at [", place / length, ", ", place % length,
                          "]; clean the data, or give {.check_data = false} to go on with it"));
  };
  if (x_) check(*x_, "x");  // bytes are
  for (std::size_t k = 0; k < more_inputs_.size(); ++k) check(*more_inputs_[k], text("input ", k + 1));
}

void gather_rows(const Tensor& from, std::span<const std::uint32_t> rows, Tensor& to) {
  const bool fits = to.dimension() == from.dimension() && to.shape(0) == rows.size() &&
                    std::equal(from.shape().begin() + 1, from.shape().end(), to.shape().begin() + 1);
  if (!fits) {
    Shape shape = from.shape();
    shape[0] = rows.size();
    to.resize(shape);
  }
  const std::size_t length = from.shape(0) == 0 ? 0 : from.size() / from.shape(0);
  if (length == 1)  // labels: with a call for each, the processor would wait for one after another
    for (std::size_t i = 0; i < rows.size(); ++i) to.data()[i] = from.data()[rows[i]];
  else
    for (std::size_t i = 0; i < rows.size(); ++i)
      std::copy_n(from.data() + rows[i] * length, length, to.data() + i * length);
}

}  // namespace xgrad::inline XGRAD_PRECISION
