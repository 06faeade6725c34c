#include <xgrad/training/detail/plan.hpp>

#include <algorithm>
#include <cmath>
#include <iostream>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// A model of the same target for all samples that it learns from, the first n, learns nothing else.
void warn_of_one_target(const Tensor& y, std::size_t n) {
  const std::size_t length = y.size() / y.shape(0);
  if (n < 2 || length == 0 || !std::equal(y.begin() + length, y.begin() + n * length, y.begin())) return;
  if (std::all_of(y.begin(), y.begin() + length, [&](Real each) { return each == *y.begin(); }))
    std::cerr << text("xgrad: fit: all targets are ", *y.begin()) << std::endl;
  else
    std::cerr << "xgrad: fit: all targets are alike" << std::endl;
}

void check_options(const FitOptions& o, const BatchSource& given) {
  require<ValueError>(o.epochs > 0, "fit: 0 epochs; it takes 1 or more");
  require<ValueError>(o.batch_size > 0, "fit: batch_size is 0; it takes 1 or more");
  require<ValueError>(o.validation_split >= 0 && o.validation_split < 1, "fit: validation_split is ",
                      o.validation_split, "; it takes 0 up to but not including 1");
  require<ValueError>(o.workers > 0, "fit: 0 workers; it takes 1 or more");
  o.validation_freq.check();
  require<ValueError>(!o.communicator || o.validation_split == 0, "fit: validation_split is ", o.validation_split,
                      " with a communicator; give each rank its part of the validation_data");
  const bool weighted = given.samples() && given.samples()->weights();
  require<ValueError>(!o.class_weight.empty() + o.sample_weight.has_value() + weighted < 2,
                      "fit: of class_weight, sample_weight and weights of the samples themselves it takes one");
  if (given.samples()) return;
  require<ValueError>(o.validation_split == 0 || o.validation_data, "fit: validation_split is ", o.validation_split,
                      "; a generator's batches cannot be divided, so that it takes validation_data");
  require<ValueError>(!o.sample_weight, "fit: sample_weight for a generator; give each batch its weights");
}

// How many samples, the first ones, are learnt from.
std::size_t learnt_count(std::size_t n, const FitOptions& o) {
  if (o.validation_data || o.validation_split == 0) return n;
  const auto learnt = static_cast<std::size_t>(std::floor(static_cast<double>(n) * (1 - o.validation_split)));
  require<ValueError>(learnt > 0 && learnt < n, "fit: validation_split ", o.validation_split, " of ", n,
                      " samples leaves ", learnt, " to learn from and ", n - learnt, " to validate with");
  return learnt;
}

void check_validation(const Samples& validation, const Samples* learnt) {
  require<ValueError>(validation.size() > 0, "fit: there are no samples to validate with");
  require(!learnt || validation.sample_shape() == learnt->sample_shape(), "fit: samples of shape ",
          learnt ? learnt->sample_shape() : Shape(), " and validation samples of shape ", validation.sample_shape());
}

}  // namespace

bool ValidationFreq::includes(std::size_t epoch) const {
  return every_ > 0 ? epoch % every_ == 0 : std::find(epochs_.begin(), epochs_.end(), epoch) != epochs_.end();
}

void ValidationFreq::check() const {
  const bool is_list = !epochs_.empty();
  require<ValueError>(every_ > 0 || is_list, "fit: validation_freq is 0; it takes 1 or more epochs, or a list of them");
  require<ValueError>(std::find(epochs_.begin(), epochs_.end(), 0) == epochs_.end(),
                      "fit: validation_freq has an epoch 0; they count from 1");
}

Plan::Plan(const BatchSource& given, const FitOptions& o, Rng& rng, bool targets, const Check& check, std::size_t all) {
  check_options(o, given);
  Communicator* const ranks = o.communicator.get();
  const Samples* const samples = given.samples();
  if (samples) require<ValueError>(samples->size() > 0, "fit: there are no samples");
  const BatchSource data = samples && o.sample_weight ? BatchSource(samples->weighted(*o.sample_weight)) : given;
  const std::size_t end = samples ? learnt_count(samples->size(), o) : 0;
  if (o.validation_data && o.validation_data->samples()) check_validation(*o.validation_data->samples(), samples);

  learnt.emplace(data, FeedOptions{.batch_size = o.batch_size,
                                   .steps = o.steps_per_epoch,
                                   .shuffle = o.shuffle ? &rng : nullptr,
                                   .end = end,
                                   .class_weight = o.class_weight,
                                   .rank = ranks ? ranks->rank() : 0,
                                   .ranks = ranks ? ranks->size() : 0,
                                   .all = all,
                                   .targets = targets,
                                   .check = check});
  if (samples && !ranks) warn_of_one_target(samples->y(), end);
  FeedOptions then{.batch_size = o.validation_batch_size > 0 ? o.validation_batch_size : o.batch_size,
                   .steps = o.validation_steps,
                   .targets = targets};
  if (o.validation_data) {
    then.check = check;
    validation.emplace(*o.validation_data, then);
  } else if (o.validation_split > 0) {
    then.begin = end;
    validation.emplace(data, then);
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION
