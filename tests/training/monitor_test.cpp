#include "training/scripted.hpp"

using namespace xgrad;

// What callbacks in mode "auto" take for better.

namespace {

// How many epochs EarlyStopping lets a number rise, of those that such metrics would let it: 4, or 2 if it is worse.
std::size_t rising(const std::string& monitor, std::vector<Metric> metrics, const char* mode = "auto") {
  const LambdaCallback script{
      .on_epoch_end = [&](Model&, std::size_t epoch, Logs& logs) { logs[monitor] = static_cast<double>(epoch); }};
  Sequential model = counting(std::move(metrics));
  return model.fit(x, y, epochs(4, {script, EarlyStopping{.monitor = monitor, .mode = mode}})).epoch.size();
}

double zero(const Tensor&, const Tensor&) { return 0; }

}  // namespace

TEST_CASE("in mode auto a metric is asked whether more is better, as in Keras, whatever its name") {
  for (const auto& entry : keras("directions").items()) {
    const std::string& name = entry.key();
    const auto& direction = entry.value();
    CAPTURE(name);
    for (const std::string& monitor : {name, "val_" + name}) {
      const LambdaCallback script{
          .on_epoch_end = [&](Model&, std::size_t epoch, Logs& logs) { logs[monitor] = static_cast<double>(epoch); }};
      Sequential model{Input{{2}}, Dense(2, "softmax")};
      model.compile("sgd", "categorical_crossentropy", {Metric(name)});
      if (name.starts_with("sparse")) model.compile("sgd", "sparse_categorical_crossentropy", {Metric(name)});
      const Tensor labels = name.starts_with("sparse") ? Tensor{0, 1} : Tensor(Shape{2, 2}, Real(0.5));
      const FitOptions options = epochs(4, {script, EarlyStopping{.monitor = monitor}});
      CHECK(model.fit(zeros({2, 2}), labels, options).epoch.size() == (direction == "up" ? 4 : 2));
    }
  }
  CHECK(rising("area", {Metric("area", metrics::AUC{})}) == 4);
  CHECK(rising("val_error2", {Metric("error2", metrics::MeanSquaredError{})}) == 2);
  CHECK(rising("accuracy_of_loss", {Metric("accuracy_of_loss", metrics::MeanAbsoluteError{})}) == 2);
  CHECK(rising("loss", {}) == 2);
  CHECK(rising("val_loss", {"accuracy"}) == 2);
}

TEST_CASE("a second metric of one name is asked for itself") {
  const std::vector<Metric> two{Metric("a", metrics::MeanAbsoluteError{}), Metric("a", metrics::AUC{})};
  CHECK(rising("a", two) == 2);
  CHECK(rising("a_1", two) == 4);
  CHECK(rising("val_a_1", two) == 4);
}

TEST_CASE("where nobody knows the direction, the mode is required") {
  const std::vector<Metric> metrics{"mae", Metric("acc_of_mine", zero)};
  const auto refusal = [&](const std::string& monitor, const auto& callback) {
    Sequential model = counting(metrics);
    auto watching = callback;
    watching.monitor = monitor;
    return thrown_by<ValueError>([&] { model.fit(x, y, epochs(1, {watching})); });
  };
  CHECK(refusal("val_acc_of_mine", EarlyStopping{}) ==
        "EarlyStopping: whether more or less of \"val_acc_of_mine\" is better is not known; it takes the mode \"max\" "
        "or \"min\", or the name of a metric that says; there are loss, mae, acc_of_mine");
  CHECK(refusal("mean_absolute_error", ReduceLROnPlateau{}).starts_with("ReduceLROnPlateau: whether more or less"));
  CHECK(refusal("accuracy", ModelCheckpoint{.filepath = "m"}).starts_with("ModelCheckpoint: whether more or less"));
  CHECK(rising("acc_of_mine", metrics, "min") == 2);
  CHECK(rising("acc_of_mine", metrics, "max") == 4);
}
