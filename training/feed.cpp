#include <xgrad/training/detail/feed.hpp>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <numeric>
#include <utility>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// Writes a weight for every sample, that of its class. Messages begin with `where`.
void weigh_classes(const Samples& samples, const std::map<std::size_t, double>& weight_of, Tensor& weights,
                   const std::string& where) {
  const Tensor& y = samples.y();
  require(y.dimension() <= 2, where, "class_weight for targets of shape ", y.shape(),
          "; it takes (n,), (n, 1) or one-hot (n, classes)");
  const std::size_t n = samples.size(), columns = n == 0 ? 0 : y.size() / n;
  if (weights.size() != n) weights.resize(Shape{n});
  for (std::size_t i = 0; i < n; ++i) {
    const Real* row = y.data() + i * columns;
    const double label = columns == 1 ? *row : static_cast<double>(std::max_element(row, row + columns) - row);
    require<ValueError>(label >= 0 && label == std::floor(label) && label < 1e9, where, "sample ", i,
                        " has the target ", label, "; class_weight takes labels 0, 1, ...");
    const auto found = weight_of.find(static_cast<std::size_t>(label));
    weights(i) = found == weight_of.end() ? 1 : static_cast<Real>(found->second);
  }
}

}  // namespace

Feed::Feed(const BatchSource& source, FeedOptions options) : options_(std::move(options)) {
  for (const auto& [label, weight] : options_.class_weight)
    require<ValueError>(weight >= 0 && std::isfinite(weight), options_.who, ": the class_weight of ", label, " is ",
                        weight, "; it takes numbers from 0");
  if (const Samples* samples = source.samples()) {
    require<ValueError>(samples->size() > 0, options_.who, ": there are no samples");
    samples_ = *samples;
    weights_ = samples->weights();
    if (!options_.class_weight.empty()) {
      require<ValueError>(weights_ == nullptr, options_.who, ": of class_weight and sample_weight it takes one");
      weigh_classes(*samples_, options_.class_weight, class_weights_, text(options_.who, ": "));
      weights_ = &class_weights_;
    }
    if (options_.check) options_.check(*samples_);
    if (options_.ranks > 0)
      shards_.emplace(options_.all, options_.rank, options_.ranks);
    else
      batches_.emplace(*samples_, options_.batch_size, options_.shuffle, options_.begin, options_.end);
    require<ValueError>(!shards_ || shards_->size() == samples_->size(), options_.who, ": ", samples_->size(),
                        " samples, of ", options_.all, " of all ranks; it takes rows ", shards_ ? shards_->first() : 0,
                        " to ", shards_ ? shards_->last() : 0, ", as Shards says");
    rewind();
  } else {
    generator_ = *source.generator();
    is_drawn_ = draw() || draw();  // it may have been left at an end
    require<ValueError>(is_drawn_, options_.who, ": the generator gave no batch");
  }
}

bool Feed::has_more() {
  if (has_batch()) return true;
  is_drawn_ = draw() || draw();  // the last epoch may have taken the last batch, but not seen the end
  if (!is_drawn_) warn();
  return is_drawn_;
}

void Feed::begin() {
  step_ = 0;
  has_ended_ = false;
  if (generator_ || (options_.steps > 0 && at_ < batches())) return;
  at_ = 0;
  if (batches_) batches_->begin();
  if (shards_ && options_.shuffle) shards_->shuffle(*options_.shuffle);
}

void Feed::rewind() {
  if (!generator_) at_ = batches();
}

bool Feed::next(bool wanted) {
  ++step_;
  ++at_;
  is_drawn_ = false;
  if (!wanted || step_ == options_.steps) return false;
  is_drawn_ = generator_ && !has_ended_ && draw();
  has_ended_ = !is_drawn_;
  if (generator_ ? is_drawn_ : at_ < batches()) return true;
  last_size_ = step_;
  if (options_.steps > 0) warn();
  return false;
}

void Feed::warn() const {
  std::cerr << "xgrad: " << options_.who << ": Your input ran out of data; it has to give as many batches as are asked "
            << "for, and begin anew after an end" << std::endl;
}

// The generator's next batch; false at its end.
bool Feed::draw() {
  if (!generator_->next(drawn_)) return false;
  ++count_;
  const auto named = [&](const auto& error) { return text(options_.who, ": batch ", count_, ": ", error.what()); };
  try {
    const bool has_rows = drawn_.x.dimension() > 0 && drawn_.x.shape(0) > 0;
    require(has_rows, "x has shape ", drawn_.x.shape(), "; it takes 1 sample or more, (n, ...)");
    if (!options_.targets && (drawn_.y.dimension() == 0 || drawn_.y.shape(0) != drawn_.x.shape(0)))
      drawn_.y.resize(Shape{drawn_.x.shape(0)});
    if (samples_)
      samples_->refer_to(drawn_);
    else
      samples_.emplace(drawn_);
    if (!options_.class_weight.empty()) {
      require<ValueError>(!drawn_.weights, "of class_weight and weights of the batch itself it takes one");
      weigh_classes(*samples_, options_.class_weight, class_weights_, {});
    }
    if (options_.check) options_.check(*samples_);
  } catch (const ShapeError& error) {
    throw ShapeError(named(error));
  } catch (const ValueError& error) {
    throw ValueError(named(error));
  }
  return true;
}

std::size_t Feed::size() const { return options_.steps > 0 ? options_.steps : generator_ ? last_size_ : batches(); }

std::size_t Feed::batches() const {
  return batches_ ? batches_->size() : (shards_->samples() + options_.batch_size - 1) / options_.batch_size;
}

std::size_t Feed::batch_samples() const {
  return shards_ ? std::min(options_.batch_size, shards_->samples() - at_ * options_.batch_size) : 0;
}

const Batch& Feed::batch() { return batches_ ? *Batches::Iterator(*batches_, at_) : drawn_; }

std::span<const std::uint32_t> Feed::numbers() {
  if (batches_) return Batches::Iterator(*batches_, at_).numbers();
  if (shards_) return shards_->rows(at_, options_.batch_size);
  if (!is_drawn_) return {};
  const std::size_t n = samples_->size();
  if (numbers_.size() < n) {
    numbers_.resize(n);
    std::iota(numbers_.begin(), numbers_.end(), std::uint32_t{0});
  }
  return std::span(numbers_).first(n);
}

const Tensor* Feed::all_weights() const {
  return !generator_ ? weights_ : options_.class_weight.empty() ? samples_->weights() : &class_weights_;
}

const Tensor* Feed::weights() {
  if (generator_ || weights_ == nullptr) return all_weights();
  gather_rows(*weights_, numbers(), gathered_weights_);
  return &gathered_weights_;
}

}  // namespace xgrad::inline XGRAD_PRECISION
