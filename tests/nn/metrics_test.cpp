#include <xgrad/core/random.hpp>
#include <xgrad/nn/metrics/metrics.hpp>

#include "options.hpp"

using namespace xgrad;

namespace {

double result(Metric metric, const Tensor& y_true, const Tensor& y_pred) {
  metric.update(y_true, y_pred);
  return metric.result();
}

Tensor part(const Tensor& x, std::size_t begin, std::size_t end) {
  Shape shape = x.shape();
  shape[0] = end - begin;
  const std::size_t width = x.size() / x.shape(0);
  Tensor y(shape);
  std::copy_n(x.data() + begin * width, y.size(), y.data());
  return y;
}

const Tensor three_rows = {{0.1, 0.8, 0.1}, {0.3, 0.4, 0.3}, {0.2, 0.2, 0.6}};

// A metric that somebody else writes.
struct Largest {
  static constexpr const char* name = "largest";
  void update(const Tensor&, const Tensor& y_pred) {
    for (const Real p : y_pred) value = std::fmax(value, p);
  }
  double result() const { return value; }

  double value = 0;
};

}  // namespace

TEST_CASE("accuracy is binary, sparse or categorical by the shapes, as Keras chooses") {
  CHECK(result("accuracy", {1, 0, 1, 0}, column({0.6, 0.5, 0.4, 0.1})) == 0.75);  // 0.5 is not above 0.5
  CHECK(result("accuracy", column({1, 0, 1, 0}), column({0.6, 0.5, 0.4, 0.1})) == 0.75);
  CHECK(result("accuracy", {1, 0, 1, 0}, {0.6, 0.5, 0.4, 0.1}) == 0.75);
  CHECK(result("accuracy", {1, 0, 2}, three_rows) == doctest::Approx(2 / 3.0));
  CHECK(result("accuracy", column({1, 0, 2}), three_rows) == doctest::Approx(2 / 3.0));
  CHECK(result("accuracy", {{0, 1, 0}, {1, 0, 0}, {0, 0, 1}}, three_rows) == doctest::Approx(2 / 3.0));
}

TEST_CASE("the accuracies agree with what each is named for") {
  CHECK(result("sparse_categorical_accuracy", {1, 0, 2}, three_rows) == doctest::Approx(2 / 3.0));
  CHECK(result("categorical_accuracy", {{0, 1, 0}, {1, 0, 0}, {0, 0, 1}}, three_rows) == doctest::Approx(2 / 3.0));
  CHECK(result("binary_accuracy", {{1, 0}, {1, 1}}, {{0.9, 0.9}, {0.9, 0.1}}) == 0.5);
  CHECK(result(metrics::BinaryAccuracy{.threshold = 0.05}, {{1, 0}, {1, 1}}, {{0.9, 0.9}, {0.9, 0.1}}) == 0.75);
}

TEST_CASE("a prediction of NaN is never right, and a label out of range never met") {
  CHECK(result("accuracy", {0, 1}, {{NAN, NAN}, {0.1, 0.9}}) == 0.5);
  CHECK(result("accuracy", {0, 1}, column({NAN, 0.9})) == 0.5);
  CHECK(result("accuracy", {7, -1, 0.5}, filled({3, 2}, 0.5)) == 0);
  CHECK(result("sparse_top_k_categorical_accuracy", {7, -1, NAN}, filled({3, 2}, 0.5)) == 0);
  CHECK(result(metrics::SparseTopKCategoricalAccuracy{.k = 1}, {0}, {{NAN, NAN}}) == 0);
}

TEST_CASE("a label is among the top k if fewer than k predictions are above its own") {
  const Tensor p = {{0.1, 0.9, 0.8}, {0.05, 0.95, 0}};  // of Keras's test: labels 2 and 1
  CHECK(result(metrics::SparseTopKCategoricalAccuracy{.k = 1}, {2, 1}, p) == 0.5);
  CHECK(result(metrics::SparseTopKCategoricalAccuracy{.k = 2}, {2, 1}, p) == 1);
  CHECK(result(metrics::TopKCategoricalAccuracy{.k = 1}, {{0, 0, 1}, {0, 1, 0}}, p) == 0.5);
  CHECK(result(metrics::TopKCategoricalAccuracy{.k = 2}, {{0, 0, 1}, {1, 0, 0}}, p) == 1);
  CHECK(result("sparse_top_k_categorical_accuracy", {5, 0}, {{6, 5, 4, 3, 2, 1}, {6, 5, 4, 3, 2, 1}}) == 0.5);
}

TEST_CASE("precision is the share of the found that is right, recall of the right that is found") {
  // Above 0.5: samples 0, 1, 2, of which 0 and 2 are positive; not found: 4 and 5.
  const Tensor y = {1, 0, 1, 0, 1, 1}, p = {0.9, 0.8, 0.7, 0.5, 0.5, 0.2};
  CHECK(result("precision", y, p) == doctest::Approx(2 / 3.0));
  CHECK(result("recall", y, p) == 0.5);
  CHECK(result(metrics::Precision{.thresholds = 0.85}, y, p) == 1);
  CHECK(result(metrics::Recall{.thresholds = 0.1}, y, p) == 1);
  CHECK(result("precision", {1, 1}, {0.1, 0.2}) == 0);
  CHECK(result("recall", {0, 0}, {0.9, 0.8}) == 0);
}

TEST_CASE("F1 of each class is averaged as asked: the numbers of Keras's tests") {
  // By class: (tp, fp, fn) = (2, 0, 1), (1, 1, 0), (2, 0, 0), F1 = 4/5, 2/3, 1, with 3, 1, 2 positives.
  const Tensor y = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 0}, {1, 0, 0}, {0, 0, 1}};
  const Tensor p = {{0.9, 0.1, 0}, {0.2, 0.6, 0.2}, {0, 0, 1}, {0.4, 0.3, 0.3}, {0, 0.9, 0.1}, {0, 0, 1}};
  CHECK(result("f1_score", y, p) == doctest::Approx((4 / 5.0 + 2 / 3.0 + 1) / 3));
  CHECK(result("f1_score", y, p) == doctest::Approx(0.822222).epsilon(1e-5));
  CHECK(result(metrics::F1Score{.average = "weighted"}, y, p) == doctest::Approx(0.844445).epsilon(1e-5));
  CHECK(result(metrics::F1Score{.average = "micro"}, y, p) == doctest::Approx(10 / 12.0));
  // Several classes at once, above a threshold: F1 = 4/5, 1/2, 2/3.
  const Tensor many = {{0.7, 0.7, 0.7}, {1, 0, 0}, {0.9, 0.8, 0}}, true_many = {{0, 0, 1}, {1, 1, 0}, {1, 1, 1}};
  CHECK(result(metrics::F1Score{.threshold = 0.66}, true_many, many) == doctest::Approx(0.6555555).epsilon(1e-5));
  CHECK(result(metrics::F1Score{.average = "micro", .threshold = 0.66}, true_many, many) == doctest::Approx(2 / 3.0));
  // One class: 2 tp / (2 tp + fp + fn) = 4 / 7.
  CHECK(result(metrics::F1Score{.threshold = 0.5}, {1, 0, 1, 1, 1}, column({0.9, 0.8, 0.7, 0.5, 0.1})) ==
        doctest::Approx(4 / 7.0));
  CHECK(result("f1_score", {{0, 1}}, {{0, 0}}) == 0);  // a row of zeros predicts nothing
  // Without a threshold, every prediction of one class is the largest of its row: 2 tp / (2 tp + fp), as in Keras.
  CHECK(result("f1_score", {1, 0, 1}, column({0.9, 0.1, 0.2})) == doctest::Approx(0.8));
}

TEST_CASE("the area under ROC is the chance that a positive ranks above a negative") {
  // Of the four pairs (positive, negative), all but (0.35, 0.4) are in order: 3/4.
  CHECK(result("auc", {0, 0, 1, 1}, {0.1, 0.4, 0.35, 0.8}) == doctest::Approx(0.75));
  CHECK(result("auc", {0, 0, 1, 1}, {0, 0, 1, 1}) == 1);
  CHECK(result("auc", {1, 1, 0, 0}, {0, 0, 1, 1}) == 0);
  CHECK(result("auc", {0, 1, 0, 1}, filled({4, 1}, 0.25)) == 0.5);  // a tie is half in order
  // Keras's test: thresholds below 0, at 0.5, above 1; tp 2, 1, 0 and fp 2, 0, 0 give (1 + 0.5) / 2.
  CHECK(result(metrics::AUC{.num_thresholds = 3}, {0, 0, 1, 1}, {0, 0.5, 0.3, 0.9}) == 0.75);
}

TEST_CASE("the area under PR is integrated along Davis and Goadrich's curve") {
  // Keras's test, its weights 1, 2, 3, 4 written as repetitions: tp 7, 4, 0 and fp 3, 0, 0.
  // From (4, 4) to (7, 10) the slope is 1/2 and the intercept 2: (3 + 2 log 2.5) / 2; from (0, 0) to (4, 4): 4.
  const Tensor y = {0, 0, 0, 1, 1, 1, 1, 1, 1, 1}, p = {0, 0.5, 0.5, 0.3, 0.3, 0.3, 0.9, 0.9, 0.9, 0.9};
  CHECK(result(metrics::AUC{.num_thresholds = 3, .curve = "PR"}, y, p) ==
        doctest::Approx(((3 + 2 * std::log(2.5)) / 2 + 4) / 7));
  CHECK(result(metrics::AUC{.curve = "PR"}, {0, 0, 1, 1}, {0, 0, 1, 1}) == 1);
}

TEST_CASE("the area is 0 where one class is missing, and NaN beside NaN") {
  CHECK(result("auc", {1, 1}, {0.2, 0.7}) == 0);
  CHECK(result("auc", {0, 0}, {0.2, 0.7}) == 0);
  CHECK(result(metrics::AUC{.curve = "PR"}, {0, 0}, {0.2, 0.7}) == 0);
  CHECK(std::isnan(result("auc", {0, 1}, {NAN, 0.7})));
  CHECK(result("auc", {0, 1}, {-5, INFINITY}) == 1);
}

TEST_CASE("the errors are means over all elements, and the root is of the whole") {
  const Tensor y = {{0, 0}, {0, 0}}, p = {{1, -1}, {3, 5}};
  CHECK(result("mae", y, p) == 2.5);
  CHECK(result("mse", y, p) == 9);
  CHECK(result("rmse", y, p) == 3);
  Metric rmse = "root_mean_squared_error";
  rmse.update({0}, {3});
  rmse.update({0, 0}, {0, 0});
  CHECK(rmse.result() == doctest::Approx(std::sqrt(3)));
  CHECK(std::isnan(result("mse", {1, 2}, {1, NAN})));
}

TEST_CASE("R2 is 1 minus the residual over the variance, averaged over the outputs") {
  // Keras's test against scikit-learn: the outputs' scores are 0.37, -1.295, 0.565.
  const Tensor y = {{0, 0, 1}, {0, 1, 0}, {1, 0, 0}}, p = {{0.4, 0.5, 0.6}, {0.1, 0.2, 0.3}, {0.5, 0.8, 0.2}};
  CHECK(result("r2_score", y, p) == doctest::Approx(-0.12));
  CHECK(result("r2_score", {1, 2, 3}, column({1, 2, 4})) == 0.5);
  CHECK(result("r2_score", {1, 2, 3}, {1, 2, 3}) == 1);
  CHECK(result("r2_score", {1000001, 1000002, 1000003}, {1000001, 1000002, 1000004}) == 0.5);
  CHECK(result("r2_score", {0.1, 0.1, 0.1}, {0.1, 0.2, 0.3}) == 0);
  CHECK(std::isnan(result("r2_score", {5, 5}, {5, 5})));
}

TEST_CASE("however the data is cut into batches, the result is that of the whole") {
  Rng rng(3);
  const Tensor p = random_uniform(rng, {100, 4}, 0, 1), noise = random_uniform(rng, {100, 4}, 0, 1);
  Tensor one_hot = zeros({100, 4}), labels(Shape{100});
  for (std::size_t i = 0; i < 100; ++i) {
    labels.data()[i] = std::floor(4 * noise(i, 0));
    one_hot(i, static_cast<std::size_t>(labels.data()[i])) = 1;
  }
  for (const std::string& name : names_of(all_metrics())) {
    CAPTURE(name);
    if (name == "dice" || name == "tversky") continue;  // of each batch
    const bool sparse = name.starts_with("sparse") || name == "accuracy";
    const Tensor& y = sparse ? labels : one_hot;
    const double whole = result(name, y, p);
    Metric metric = name;
    for (int epoch = 0; epoch < 2; ++epoch) {
      CHECK(metric.result() == 0);
      std::size_t begin = 0;
      for (const std::size_t size : {1, 32, 60, 7}) {
        metric.update(part(y, begin, begin + size), part(p, begin, begin + size));
        begin += size;
      }
      CHECK(metric.result() == doctest::Approx(whole));
      metric.reset();
    }
  }
}

TEST_CASE("a function of one's own is averaged by the number of samples") {
  Metric metric("largest_error", [](const Tensor& y, const Tensor& p) {
    double largest = 0;
    for (std::size_t i = 0; i < y.size(); ++i) largest = std::fmax(largest, std::abs(y.data()[i] - p.data()[i]));
    return largest;
  });
  metric.update({0, 0, 0}, {1, 2, 3});
  metric.update({0}, {7});
  CHECK(metric.name() == "largest_error");
  CHECK(metric.result() == 4);  // (3 * 3 + 1 * 7) / 4
  CHECK_FALSE(metric.can_be_saved());
}

TEST_CASE("a class of one's own is a metric, and is known not to be among Keras's") {
  Metric metric = Largest{};
  metric.update({0, 0}, {1, 2});
  CHECK(metric.name() == "largest");
  CHECK(metric.result() == 2);
  metric.reset();
  CHECK(metric.result() == 0);
  CHECK_FALSE(metric.can_be_saved());
}

TEST_CASE("a metric is reported under the name that it was given") {
  CHECK(Metric("mse").name() == "mse");
  CHECK(Metric("mse").kind() == "mean_squared_error");
  CHECK(Metric("accuracy").name() == "accuracy");
  CHECK(Metric(metrics::MeanSquaredError{}).name() == "mean_squared_error");
  CHECK(Metric("pr_auc", metrics::AUC{.curve = "PR"}).name() == "pr_auc");
  CHECK(Metric("pr_auc", metrics::AUC{.curve = "PR"}).kind() == "auc");
}

static_assert(!std::is_constructible_v<Metric, int> && !std::is_constructible_v<Metric, std::string, Metric>);

TEST_CASE("a copy of a metric counts by itself") {
  Metric first = "mae";
  first.update({0}, {1});
  Metric second = first;
  second.update({0}, {3});
  CHECK(first.result() == 1);
  CHECK(second.result() == 2);
}

TEST_CASE("a metric is written and read back as kind, name and options") {
  const Metric metric("pr_auc", metrics::AUC{.num_thresholds = 3, .curve = "PR"});
  CHECK(metric.can_be_saved());
  CHECK(options_of(metric) == Json{{"kind", "auc"},
                                   {"name", "pr_auc"},
                                   {"num_thresholds", 3},
                                   {"curve", "PR"},
                                   {"multi_label", false},
                                   {"from_logits", false}});
  Metric again = "mse";
  set_options(again, options_of(metric));
  const Tensor y = {0, 0, 1, 1}, p = {0, 0.5, 0.3, 0.9};
  CHECK(again.name() == "pr_auc");
  CHECK(result(again, y, p) == result(metric, y, p));
  CHECK(result(again, y, p) != result("auc", y, p));
  for (const std::string& name : names_of(all_metrics())) {
    CHECK(Metric(name).can_be_saved());
    set_options(again, options_of(Metric(name)));
    CHECK(again.kind() == Metric(name).kind());
    CHECK(again.name() == name);
  }
}

TEST_CASE("shapes that do not fit are refused in the name of the metric") {
  CHECK(thrown_by<ShapeError>([] {
          result("mse", zeros({3}), zeros({3, 2}));
        }) ==
        "mean_squared_error: y_true has shape (3,) and y_pred (3, 2); it takes equal shapes, or (n,) with (n, 1)");
  CHECK(thrown_by<ShapeError>([] {
          result("accuracy", zeros({4}), zeros({3, 2}));
        }) == "accuracy: y_true has shape (4,) and y_pred (3, 2); it takes labels (n,) or (n, 1) with (n, classes)");
  CHECK(thrown_by<ShapeError>([] { result("categorical_accuracy", zeros({3}), zeros({3})); }) ==
        "categorical_accuracy: y_true has shape (3,) and y_pred (3,); it takes one-hot targets for (n, classes)");
  for (const std::string& name : names_of(all_metrics())) {
    CAPTURE(name);
    CHECK(thrown_by<ShapeError>([&] { result(name, zeros({2, 1}), zeros({3, 4})); }) != "nothing");
    CHECK(thrown_by<ShapeError>([&] { result(name, zeros({}), zeros({3, 4})); }) != "nothing");
    CHECK(thrown_by<ShapeError>([&] {
            result(name, zeros({0, 1}), zeros({0, 1}));
          }) == text(Metric(name).kind(), ": an empty batch: y_true has shape (0, 1) and y_pred (0, 1)"));
  }
  CHECK(thrown_by<ShapeError>([] {
          Metric r2 = "r2_score";
          r2.update(ones({2, 3}), ones({2, 3}));
          r2.update(ones({2, 2}), ones({2, 2}));
        }) == "r2_score: 2 outputs after 3");
}

TEST_CASE("unknown names and options out of range of metrics are refused") {
  CHECK(thrown_by<ValueError>([] { Metric("acuracy"); }) ==
        "metric: there is no \"acuracy\"; the names are " + listed(all_metrics()));
  CHECK(thrown_by<ValueError>([] { Metric(metrics::AUC{.curve = "roc"}); }) ==
        "auc: curve is \"roc\"; it takes ROC or PR");
  CHECK(thrown_by<ValueError>([] { Metric(metrics::AUC{.num_thresholds = 1}); }) ==
        "auc: num_thresholds is 1; it takes 2 or more");
  CHECK(thrown_by<ValueError>([] { Metric(metrics::TopKCategoricalAccuracy{.k = 0}); }) ==
        "top_k_categorical_accuracy: k is 0; it takes 1 or more");
  CHECK(thrown_by<ValueError>([] { Metric(metrics::Precision{.thresholds = 2}); }) ==
        "precision: thresholds is 2; it takes 0 to 1");
  CHECK(thrown_by<ValueError>([] { Metric(metrics::F1Score{.average = "mean"}); }) ==
        "f1_score: average is \"mean\"; it takes macro, micro, weighted or none");
  CHECK(thrown_by<ValueError>([] {
          Metric metric = "auc";
          set_options(metric, {{"kind", "auc"}, {"name", "auc"}, {"num_thresholds", 0}, {"curve", "PR"}});
        }) == "auc: num_thresholds is 0; it takes 2 or more");
}
