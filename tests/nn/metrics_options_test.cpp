#include <xgrad/nn/metrics/metrics.hpp>

#include "nn/keras_options.hpp"

using namespace xgrad;

namespace {

Tensor part(const Tensor& x, std::size_t begin, std::size_t end) {
  Shape shape = x.shape();
  const std::size_t width = x.size() / shape[0];
  shape[0] = end - begin;
  Tensor y(shape);
  std::copy_n(x.data() + begin * width, y.size(), y.data());
  return y;
}

double result(Metric metric, const Tensor& y_true, const Tensor& y_pred) {
  metric.update(y_true, y_pred);
  return metric.result();
}

}  // namespace

TEST_CASE("metrics with options and weights are Keras's, over batches") {
  const Json& all = keras_options();
  const std::size_t batch = all.at("batch_size");
  std::size_t compared = 0;
  for (const Json& row : all.at("metrics")) {
    CAPTURE(row.at("keras"));
    CAPTURE(row.at("inputs"));
    CAPTURE(row.at("weights"));
    const Json& y = all.at("inputs").at(row.at("inputs").get<std::string>());
    const Tensor y_true = nested(y.at("y_true")), y_pred = nested(y.at("y_pred"));
    const Tensor weights = row.at("weights").is_null() ? zeros({0}) : nested(row.at("weights"));
    Metric metric = "mse", again = "mse";
    set_options(metric, row.at("options"));
    const std::size_t n = y_true.shape(0);
    for (std::size_t begin = 0; begin < n; begin += batch) {
      const std::size_t end = std::min(begin + batch, n);
      const Tensor w = weights.size() > 0 ? part(weights, begin, end) : weights;
      metric.update(part(y_true, begin, end), part(y_pred, begin, end), weights.size() > 0 ? &w : nullptr);
    }
    REQUIRE(metric.size() == row.at("results").size());
    for (std::size_t k = 0; k < metric.size(); ++k) check_as_keras(metric.result(k), row.at("results")[k]);
    set_options(again, options_of(metric));
    CHECK(options_of(again) == options_of(metric));
    ++compared;
  }
  CHECK(compared > 150);
}

TEST_CASE("a prediction of NaN makes a metric NaN, or wrong in an accuracy, and never a result") {
  for (const std::string& name : names_of(all_metrics())) {
    CAPTURE(name);
    const bool sparse = name.starts_with("sparse");
    for (const std::size_t at : {0, 1, 2, 3, 4, 5}) {
      CAPTURE(at);
      Tensor y = {{1, 0}, {0, 1}, {1, 0}}, p = {{0.9, 0.1}, {0.2, 0.8}, {0.6, 0.4}};
      p.data()[at] = NAN;
      Metric metric = name;
      metric.update(sparse ? Tensor{0, 1, 0} : y, p);
      if (name.find("acc") != name.npos)
        CHECK(metric.result() == doctest::Approx(name == "binary_accuracy" ? 5 / 6.0 : 2 / 3.0));
      else
        CHECK(std::isnan(metric.result()));
    }
  }
  for (const Metric& metric :
       {Metric(metrics::Precision{.top_k = 1}), Metric(metrics::Recall{.thresholds = {0.3, 0.6}}),
        Metric(metrics::F1Score{.average = "micro"}), Metric(metrics::FBetaScore{.threshold = 0.5}),
        Metric(metrics::AUC{.curve = "PR", .multi_label = true}), Metric(metrics::PrecisionAtRecall{.class_id = 1})})
    CHECK(std::isnan(result(metric, {{1, 0}, {0, 1}}, {{0.9, 0.1}, {0.2, NAN}})));
  CHECK(count_correct({0, 1}, {{0.9, NAN}, {0.1, 0.9}}) == 1);
  CHECK(thrown_by<ValueError>([] {
          confusion_matrix({0, 1}, {{0.9, 0.1}, {0.2, NAN}}, 2);
        }) == "confusion_matrix: a prediction is nan at sample 1");
  CHECK(thrown_by<ValueError>([] {
          confusion_matrix({0, 1}, {0, NAN}, 2);
        })
            .starts_with("confusion_matrix: prediction "
                         "nan at sample 1"));
}

TEST_CASE("a class that is not looked at may have predictions of NaN") {
  const Tensor y = {{1, 0}, {0, 1}}, p = {{0.9, NAN}, {0.2, 0.8}};
  CHECK(result(metrics::Precision{.class_id = 0}, y, p) == 1);
  CHECK(result(metrics::SpecificityAtSensitivity{.class_id = 0}, y, p) == 1);
}

TEST_CASE("options of metrics that would take memory or time on a file's word are bounded") {
  for (const char* kind : {"auc", "precision_at_recall", "recall_at_precision", "sensitivity_at_specificity",
                           "specificity_at_sensitivity"})
    CHECK(thrown_by<ValueError>([&] {
            Metric metric = "mse";
            set_options(metric, {{"kind", kind}, {"name", "m"}, {"num_thresholds", 100'000'000}});
          }).starts_with(text(kind, ": num_thresholds is 100000000; it takes ")));
  CHECK(thrown_by<ValueError>([&] {
          Metric metric = "mse";
          set_options(metric, {{"kind", "recall"}, {"name", "m"}, {"thresholds", std::vector<double>(10'001, 0.5)}});
        }) == "recall: there are 10001 thresholds; it takes at most 10,000");
}

TEST_CASE("options out of range of the further metrics are refused") {
  const Tensor y = {{1, 0}, {0, 1}};
  CHECK(thrown_by<ValueError>([] { Metric(metrics::Precision{.class_id = -1}); }) ==
        "precision: class_id is -1; it takes 0, 1, ...");
  CHECK(thrown_by<ShapeError>([&] { result(metrics::Recall{.class_id = 2}, y, y); }) ==
        "recall: class_id is 2 for y_pred of shape (2, 2)");
  CHECK(thrown_by<ShapeError>([&] { result(metrics::RecallAtPrecision{.class_id = 2}, y, y); }) ==
        "recall_at_precision: class_id is 2 for y_pred of shape (2, 2)");
  CHECK(thrown_by<ShapeError>([&] {
          result(metrics::Precision{.top_k = 1}, {1, 0}, {1, 0});
        }) == "precision: y_pred has shape (2,); with top_k it takes (n, ..., classes)");
  CHECK(thrown_by<ValueError>([] {
          Metric(metrics::TrueNegatives{.thresholds = {0.5, 2}});
        }) == "true_negatives: thresholds is 2; it takes 0 to 1");
  CHECK(thrown_by<ValueError>([] { Metric(metrics::FBetaScore{.beta = 0}); }) ==
        "fbeta_score: beta is 0; it takes a number above 0");
  CHECK(thrown_by<ValueError>([] { Metric(metrics::PrecisionAtRecall{.recall = 1.5}); }) ==
        "precision_at_recall: recall is 1.5; it takes 0 to 1");
  CHECK(thrown_by<ValueError>([] { Metric(metrics::R2Score{.class_aggregation = "mean"}); }) ==
        "r2_score: class_aggregation is \"mean\"; it takes uniform_average, variance_weighted_average or none");
  CHECK(thrown_by<ValueError>([] { Metric(metrics::BinaryCrossentropy{.label_smoothing = 2}); }) ==
        "binary_crossentropy: label_smoothing is 2; it takes 0 to 1");
}

TEST_CASE("a loss is a metric, by its name or as an object, and as a copy counts by itself") {
  Metric first = metrics::BinaryCrossentropy{.from_logits = true};
  CHECK(first.name() == "binary_crossentropy");
  CHECK(first.kind() == "binary_crossentropy");
  CHECK(first.can_be_saved());
  CHECK(Metric("nll", losses::Poisson{}).name() == "nll");
  CHECK(Metric("KLD").kind() == "kl_divergence");
  first.update({1}, {0});
  Metric second = first;
  second.update({1}, {100});
  CHECK(first.result() == doctest::Approx(std::log(2)));
  CHECK(second.result() == doctest::Approx(std::log(2) / 2));
}
