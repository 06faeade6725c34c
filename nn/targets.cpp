#include <xgrad/nn/detail/targets.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

void require_samples(std::string_view who, const Shape& y_true, const Shape& y_pred) {
  require(element_count(y_true) > 0 && element_count(y_pred) > 0, who, ": an empty batch: y_true has shape ", y_true,
          " and y_pred ", y_pred);
}

}  // namespace

bool same_column(const Shape& a, const Shape& b) {
  return (a.size() == 1 && b.size() == 2 && b[1] == 1 && a[0] == b[0]) ||
         (b.size() == 1 && a.size() == 2 && a[1] == 1 && a[0] == b[0]);
}

void require_alike(std::string_view who, const Shape& y_true, const Shape& y_pred) {
  require_samples(who, y_true, y_pred);
  require(y_true == y_pred || same_column(y_true, y_pred), who, ": y_true has shape ", y_true, " and y_pred ", y_pred,
          "; it takes equal shapes, or (n,) with (n, 1)");
}

void require_labels(std::string_view who, const Shape& y_true, const Shape& y_pred) {
  require_samples(who, y_true, y_pred);
  const bool column = y_true.size() == 1 || (y_true.size() == 2 && y_true[1] == 1);
  require(y_pred.size() == 2 && column && y_true[0] == y_pred[0], who, ": y_true has shape ", y_true, " and y_pred ",
          y_pred, "; it takes labels (n,) or (n, 1) with (n, classes)");
}

}  // namespace xgrad::inline XGRAD_PRECISION
