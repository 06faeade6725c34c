#include <xgrad/nn/metrics/metrics.hpp>

#include "support.hpp"

using namespace xgrad;

const Tensor three_rows = {{0.1, 0.8, 0.1}, {0.3, 0.4, 0.3}, {0.2, 0.2, 0.6}};

TEST_CASE("the confusion matrix has true classes in rows and predicted ones in columns") {
  check_close(confusion_matrix({1, 0, 2}, three_rows, 3), {{0, 1, 0}, {0, 1, 0}, {0, 0, 1}}, 0);
  check_close(confusion_matrix({0, 0, 1}, {0, 1, 1}, 2), {{1, 1}, {0, 1}}, 0);
  check_close(confusion_matrix(column({0, 0, 1}), {0, 1, 1}, 2), {{1, 1}, {0, 1}}, 0);
  CHECK(thrown_by<ValueError>([] {
          confusion_matrix({0, 3}, {0, 1}, 2);
        }) == "confusion_matrix: label 3 at sample 1; it takes integers from 0, for 2 classes");
  CHECK(thrown_by<ValueError>([] {
          confusion_matrix({0, 1}, {0, 0.5}, 2);
        }) == "confusion_matrix: prediction 0.5 at sample 1; it takes integers from 0, for 2 classes");
  CHECK(thrown_by<ShapeError>([] {
          confusion_matrix({0, 1, 2}, three_rows, 4);
        }) == "confusion_matrix: predictions of shape (3, 3) for 4 classes; it takes (n, 4), or labels");
}
