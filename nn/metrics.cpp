#include <xgrad/nn/metrics.hpp>

#include <algorithm>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

std::size_t count_correct(const Tensor& labels, const Tensor& predictions) {
  require(predictions.dimension() == 2 && labels.shape() == Shape{predictions.shape(0)}, "count_correct: labels ",
          labels.shape(), " with predictions ", predictions.shape(), "; it takes (n,) with (n, classes)");
  const std::size_t classes = predictions.shape(1);
  std::size_t correct = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const Real* row = predictions.data() + i * classes;
    correct += static_cast<Real>(std::max_element(row, row + classes) - row) == labels.data()[i];
  }
  return correct;
}

}  // namespace xgrad::inline XGRAD_PRECISION
