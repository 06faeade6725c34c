#include <algorithm>
#include <cmath>

#include <xgrad/nn/detail/targets.hpp>
#include <xgrad/nn/metrics/detail/values.hpp>
#include <xgrad/nn/metrics/metrics.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Tensor confusion_matrix(const Tensor& labels, const Tensor& predictions, std::size_t classes) {
  const bool rows = predictions.dimension() == 2 && predictions.shape(1) > 1;
  if (rows)
    require_labels("confusion_matrix", labels.shape(), predictions.shape());
  else
    require_alike("confusion_matrix", labels.shape(), predictions.shape());
  require(!rows || predictions.shape(1) == classes, "confusion_matrix: predictions of shape ", predictions.shape(),
          " for ", classes, " classes; it takes (n, ", classes, "), or labels");
  const auto index = [&](const char* what, Real label, std::size_t sample) {
    require<ValueError>(label >= 0 && label < static_cast<Real>(classes) && label == std::floor(label),
                        "confusion_matrix: ", what, " ", label, " at sample ", sample,
                        "; it takes integers from 0, for ", classes, " classes");
    return static_cast<std::size_t>(label);
  };
  Tensor counts = zeros({classes, classes});
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const Real* p = predictions.data() + (rows ? i * classes : i);
    require<ValueError>(!rows || !has_nan(p, classes), "confusion_matrix: a prediction is nan at sample ", i);
    const std::size_t actual = index("label", labels.data()[i], i);
    const std::size_t predicted =
        rows ? static_cast<std::size_t>(std::max_element(p, p + classes) - p) : index("prediction", *p, i);
    counts(actual, predicted) += 1;
  }
  return counts;
}

}  // namespace xgrad::inline XGRAD_PRECISION
