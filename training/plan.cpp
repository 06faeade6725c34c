#include <xgrad/training/detail/plan.hpp>

#include <algorithm>
#include <cmath>
#include <iostream>

#include <xgrad/nn/losses/losses.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// A weight for every sample: that of its class.
Tensor class_weights_of(const Samples& data, const std::map<std::size_t, double>& weight_of) {
  const Tensor& y = data.y();
  require(y.dimension() <= 2, "fit: class_weight for targets of shape ", y.shape(),
          "; it takes (n,), (n, 1) or one-hot (n, classes)");
  const std::size_t n = data.size(), columns = n == 0 ? 0 : y.size() / n;
  Tensor weights(Shape{n});
  for (std::size_t i = 0; i < n; ++i) {
    const Real* row = y.data() + i * columns;
    const double label = columns == 1 ? *row : static_cast<double>(std::max_element(row, row + columns) - row);
    require<ValueError>(label >= 0 && label == std::floor(label) && label < 1e9, "fit: sample ", i, " has the target ",
                        label, "; class_weight takes labels 0, 1, ...");
    const auto found = weight_of.find(static_cast<std::size_t>(label));
    weights(i) = found == weight_of.end() ? 1 : static_cast<Real>(found->second);
  }
  return weights;
}

// A model of the same target for all learns nothing else.
void warn_of_one_target(const Tensor& y) {
  if (y.shape(0) > 1 && y.size() > 0 && std::all_of(y.begin(), y.end(), [&](Real each) { return each == *y.begin(); }))
    std::cerr << "xgrad: fit: all targets are " << *y.begin() << std::endl;
}

void check_options(const FitOptions& o, const Samples& data) {
  require<ValueError>(o.epochs > 0, "fit: 0 epochs; it takes 1 or more");
  require<ValueError>(o.batch_size > 0, "fit: batch_size is 0; it takes 1 or more");
  require<ValueError>(o.validation_split >= 0 && o.validation_split < 1, "fit: validation_split is ",
                      o.validation_split, "; it takes 0 up to but not including 1");
  require<ValueError>(o.workers > 0, "fit: 0 workers; it takes 1 or more");
  require<ValueError>(o.validation_freq > 0, "fit: validation_freq is 0; it takes 1 or more epochs");
  require<ValueError>(!o.class_weight.empty() + o.sample_weight.has_value() + (data.weights() != nullptr) < 2,
                      "fit: of class_weight, sample_weight and weights of the samples themselves it takes one");
  for (const auto& [label, weight] : o.class_weight)
    require<ValueError>(weight >= 0 && std::isfinite(weight), "fit: the class_weight of ", label, " is ", weight,
                        "; it takes numbers from 0");
}

// How many samples, the first ones, are learnt from.
std::size_t learnt_count(std::size_t n, const FitOptions& o) {
  if (o.validation_data || o.validation_split == 0) return n;
  const auto learnt = static_cast<std::size_t>(std::floor(static_cast<double>(n) * (1 - o.validation_split)));
  require<ValueError>(learnt > 0 && learnt < n, "fit: validation_split ", o.validation_split, " of ", n,
                      " samples leaves ", learnt, " to learn from and ", n - learnt, " to validate with");
  return learnt;
}

Samples weighted(const Samples& given, const FitOptions& o) {
  check_options(o, given);
  require<ValueError>(given.size() > 0, "fit: there are no samples");
  return o.sample_weight ? given.weighted(*o.sample_weight) : given;
}

}  // namespace

Plan::Plan(const Samples& given, const FitOptions& o, Rng& rng)
    : data(weighted(given, o)),
      class_weights(o.class_weight.empty() ? zeros({0}) : class_weights_of(data, o.class_weight)),
      validation(o.validation_data        ? o.validation_data
                 : o.validation_split > 0 ? std::optional(data)
                                          : std::nullopt) {
  const std::size_t learnt = learnt_count(data.size(), o);
  const std::size_t validation_batch_size = o.validation_batch_size > 0 ? o.validation_batch_size : o.batch_size;
  batches.emplace(data, o.batch_size, o.shuffle ? &rng : nullptr, 0, learnt);
  if (!validation) return;
  require<ValueError>(validation->size() > 0, "fit: there are no samples to validate with");
  require(validation->sample_shape() == data.sample_shape(), "fit: samples of shape ", data.sample_shape(),
          " and validation samples of shape ", validation->sample_shape());
  validation_batches.emplace(*validation, validation_batch_size, nullptr, o.validation_data ? 0 : learnt);
}

void Plan::check_data(const Loss& loss, const Shape& output, bool finite) const {
  const auto check = [&](const Samples& samples) {
    if (finite) samples.require_finite();
    loss.check_targets(samples.y(), output);
  };
  check(data);
  if (validation && &validation->y() != &data.y()) check(*validation);
  warn_of_one_target(data.y());
}

}  // namespace xgrad::inline XGRAD_PRECISION
