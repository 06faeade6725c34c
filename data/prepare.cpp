#include <xgrad/data/prepare.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include <xgrad/core/error.hpp>
#include <xgrad/data/samples.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Tensor one_hot(const Tensor& labels, std::size_t classes) {
  require(labels.dimension() == 1 || (labels.dimension() == 2 && labels.shape(1) == 1), "one_hot: labels of shape ",
          labels.shape(), "; it takes (n,) or (n, 1)");
  Tensor rows = zeros({labels.size(), classes});
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const Real label = labels.data()[i];
    require<ValueError>(label >= 0 && label < static_cast<Real>(classes) && label == std::floor(label),
                        "one_hot: sample ", i, " has label ", label, "; the labels of ", classes,
                        " classes are whole numbers from 0, less than ", classes);
    rows.data()[i * classes + static_cast<std::size_t>(label)] = 1;
  }
  return rows;
}

namespace {

Tensor rows_of(const Tensor& from, std::span<const std::uint32_t> samples) {
  Tensor rows;
  gather_rows(from, samples, rows);
  return rows;
}

}  // namespace

Split train_test_split(const Tensor& x, const Tensor& y, double test_size, Rng* shuffle) {
  require(x.dimension() > 0 && y.dimension() > 0 && x.shape(0) == y.shape(0), "train_test_split: x has shape ",
          x.shape(), " and y ", y.shape(), "; it takes as many rows of one as of the other");
  require<ValueError>(test_size > 0 && test_size < 1, "train_test_split: test_size is ", test_size,
                      "; it takes a part between 0 and 1");
  const std::size_t n = x.shape(0);
  const auto n_test = static_cast<std::size_t>(std::ceil(test_size * static_cast<double>(n)));
  require<ValueError>(n_test > 0 && n_test < n, "train_test_split: ", n, " samples with test_size ", test_size,
                      " leave ", n - n_test, " to train on and ", n_test, " to test; it takes 1 or more of each");

  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0u);
  if (shuffle != nullptr) shuffle->shuffle(order);
  const auto train = std::span(order).first(n - n_test), test = std::span(order).last(n_test);
  return {rows_of(x, train), rows_of(y, train), rows_of(x, test), rows_of(y, test)};
}

Standardiser::Standardiser(const Tensor& x) {
  require(x.dimension() == 2, "Standardiser: x has shape ", x.shape(), "; it takes (n, columns)");
  const std::size_t n = x.shape(0), columns = x.shape(1);
  require<ValueError>(n > 0, "Standardiser: there are no rows to measure");
  for (std::size_t k = 0; k < x.size(); ++k)
    require<ValueError>(std::isfinite(x.data()[k]), "Standardiser: x[", k / columns, ", ", k % columns, "] is ",
                        x.data()[k], "; it takes finite numbers");

  mean = zeros({columns});
  deviation = ones({columns});
  for (std::size_t j = 0; j < columns; ++j) {
    const auto at = [&](std::size_t i) { return static_cast<double>(x.data()[i * columns + j]); };
    double least = at(0), most = at(0), sum = 0, squares = 0;
    for (std::size_t i = 0; i < n; ++i) {
      least = std::min(least, at(i));
      most = std::max(most, at(i));
      sum += at(i) / static_cast<double>(n);
    }
    for (std::size_t i = 0; i < n; ++i) squares += (at(i) - sum) * (at(i) - sum);
    mean.data()[j] = static_cast<Real>(sum);
    const Real found = static_cast<Real>(std::sqrt(squares / static_cast<double>(n)));
    require<ValueError>(std::isfinite(found), "Standardiser: column ", j, " runs from ", least, " to ", most,
                        ", too far for its deviation to be a number");
    if (least == most) mean.data()[j] = x.data()[j];  // to the last bit, so that it becomes 0
    if (least == most || found == 0)
      constant.push_back(j);
    else
      deviation.data()[j] = found;
  }
}

Standardiser::Standardiser(Tensor mean_, Tensor deviation_) : mean(std::move(mean_)), deviation(std::move(deviation_)) {
  require(mean.dimension() == 1 && deviation.shape() == mean.shape(), "Standardiser: the mean has shape ", mean.shape(),
          " and the deviation ", deviation.shape(), "; it takes (columns,) for both");
  for (std::size_t j = 0; j < mean.size(); ++j)
    require<ValueError>(std::isfinite(mean(j)) && std::isfinite(deviation(j)) && deviation(j) > 0,
                        "Standardiser: column ", j, " has mean ", mean(j), " and deviation ", deviation(j),
                        "; it takes finite ones, the deviation above 0");
}

Tensor Standardiser::operator()(const Tensor& x) const {
  require(x.dimension() == 2 && x.shape(1) == mean.size(), "Standardiser: x has shape ", x.shape(), "; it measured ",
          mean.size(), " columns");
  Tensor result(x.shape());
  for (std::size_t k = 0; k < x.size(); ++k) {
    const std::size_t j = k % mean.size();
    result.data()[k] = (x.data()[k] - mean.data()[j]) / deviation.data()[j];
  }
  return result;
}

}  // namespace xgrad::inline XGRAD_PRECISION
