#include <xgrad/teach/report.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include <xgrad/data/file.hpp>
#include <xgrad/optim/groups.hpp>
#include <xgrad/teach/detail/page.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

using Json = nlohmann::ordered_json;

void check(const Tensor& p, const Tensor& labels) {
  require(p.dimension() == 2 && labels.dimension() == 1 && labels.shape(0) == p.shape(0),
          "judge: probabilities have the shape ", p.shape(), " and labels ", labels.shape(),
          "; it takes (n, classes) and (n,)");
  require(p.shape(1) > 1, "judge: probabilities have the shape ", p.shape(), "; it takes two classes or more");
  require<ValueError>(p.size() > 0, "judge: no samples; it takes at least 1");
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double label = labels(i);
    require<ValueError>(label >= 0 && label < static_cast<double>(p.shape(1)) && label == std::floor(label),
                        "judge: label ", label, " of sample ", i, "; it takes 0 to ", p.shape(1) - 1);
    for (std::size_t k = 0; k < p.shape(1); ++k)
      require<ValueError>(p(i, k) >= 0 && p(i, k) <= 1 + 1e-5, "judge: ", p(i, k), " for sample ", i, " and class ", k,
                          "; it takes probabilities, from a softmax");
  }
}

// Numbers as -127 .. 127, for pictures of weights and of samples: 127 is the greatest magnitude.
Json bytes(const Real* values, std::size_t n, std::size_t stride) {
  double most = 0;
  for (std::size_t i = 0; i < n; ++i) most = std::max(most, std::abs(static_cast<double>(values[i * stride])));
  Json all = Json::array();
  for (std::size_t i = 0; i < n; ++i)
    all.push_back(most > 0 && std::isfinite(most) ? static_cast<int>(std::lround(127 * values[i * stride] / most)) : 0);
  return all;
}

// Pictures of a tensor's columns, if a column makes a square.
Json weights_of(Model& model) {
  const Tensor* kernel = nullptr;
  each_parameter(model, [&](const std::string&, Parameter& p) {
    if (kernel == nullptr && p.value().dimension() == 2) kernel = &p.value();
  });
  Json all = Json::array();
  if (kernel == nullptr) return all;
  const std::size_t inputs = kernel->shape(0), units = kernel->shape(1);
  const auto side = static_cast<std::size_t>(std::sqrt(inputs));
  if (side * side != inputs || side < 4) return all;
  for (std::size_t k = 0; k < std::min<std::size_t>(units, 64); ++k)
    all.push_back(bytes(kernel->data() + k, inputs, units));
  return all;
}

// The options of an optimizer, but for those that are not set: {"optimizer", "adam"}, {"learning_rate", "0.001"}.
class OptionRows final : public Fields {
 public:
  OptionRows(Json& rows, std::string whose) : Fields(writing), rows_(rows), whose_(std::move(whose)) {}

 private:
  void option(const std::string& path, const Option& option, bool) override {
    const std::string value = std::visit([](const auto* given) { return said(*given); }, option);
    if (value.empty() || value == "constant") return;  // a learning rate without a schedule has a value
    const std::size_t end = path.rfind("/value");
    rows_.push_back({(path == "name" ? "optimizer" : path.substr(0, end)) + whose_, value});
  }
  template <class T>
  static std::string said(const T& value) {
    if constexpr (std::same_as<T, std::string>)
      return value;
    else if constexpr (std::same_as<T, std::optional<double>>)
      return value ? Json(*value).dump() : "";
    else if constexpr (requires { value.size(); })
      return value.empty() ? "" : Json(std::vector(value.begin(), value.end())).dump();
    else
      return Json(value).dump();
  }

  Json& rows_;
  std::string whose_;
};

void add_optimizers(Json& rows, Model& model) {
  try {
    Optimizers& all = model.optimizers();
    for (auto& [pattern, optimizer] : all) {
      OptionRows walk(rows, all.size() == 1 ? "" : text(" (", pattern, ')'));
      optimizer.options(walk);
    }
  } catch (const ValueError&) {
    // the model is not compiled: it was loaded to predict
  }
}

Json curves_of(const History& history) {
  Json all = Json::object();
  for (std::size_t k = 0; k < history.logs.size(); ++k)
    for (const auto& [name, value] : history.logs[k]) {
      Json& curve = all[name];
      while (curve.size() < k) curve.push_back(nullptr);
      curve.push_back(std::isfinite(value) ? Json(value) : Json(nullptr));
    }
  return all;
}

}  // namespace

Judgement judge(const Tensor& p, const Tensor& labels) {
  check(p, labels);
  const std::size_t n = p.shape(0), classes = p.shape(1);
  Judgement result;
  result.confusion.assign(classes, std::vector<std::size_t>(classes));
  result.calibration.resize(10);
  std::size_t right = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const Real* const row = p.data() + i * classes;
    const auto predicted = static_cast<std::size_t>(std::max_element(row, row + classes) - row);
    const auto label = static_cast<std::size_t>(labels(i));
    ++result.confusion[label][predicted];
    predicted == label ? static_cast<void>(++right) : result.worst.push_back(i);
    Judgement::Bin& bin = result.calibration[std::min<std::size_t>(9, static_cast<std::size_t>(row[predicted] * 10))];
    ++bin.samples;
    bin.confidence += row[predicted];
    bin.accuracy += predicted == label ? 1 : 0;
  }
  for (Judgement::Bin& bin : result.calibration) {
    if (bin.samples == 0) continue;
    result.calibration_error += std::abs(bin.confidence - bin.accuracy) / static_cast<double>(n);
    bin.confidence /= static_cast<double>(bin.samples);
    bin.accuracy /= static_cast<double>(bin.samples);
  }
  result.accuracy = static_cast<double>(right) / static_cast<double>(n);
  const auto of_label = [&](std::size_t i) { return p(i, static_cast<std::size_t>(labels(i))); };
  std::stable_sort(result.worst.begin(), result.worst.end(),
                   [&](std::size_t a, std::size_t b) { return of_label(a) < of_label(b); });
  return result;
}

void write_report(const std::string& path, Model& model, const History& history, const Tensor& x, const Tensor& labels,
                  const ReportOptions& options) {
  const Tensor p = model.predict(x, {.batch_size = 256, .verbose = silent});
  const Judgement judgement = judge(p, labels);
  require<ValueError>(options.classes.size() <= p.shape(1), "write_report: ", options.classes.size(), " names for ",
                      p.shape(1), " classes");
  Json bins = Json::array(), worst = Json::array(), configuration = Json::array();
  for (const Judgement::Bin& bin : judgement.calibration) bins.push_back({bin.samples, bin.confidence, bin.accuracy});
  const std::size_t size = x.size() / x.shape(0), side = static_cast<std::size_t>(std::sqrt(size));
  for (std::size_t k = 0; k < std::min(options.worst, judgement.worst.size()); ++k) {
    const std::size_t i = judgement.worst[k];
    const Real* const row = p.data() + i * p.shape(1);
    worst.push_back(
        {{"sample", i},
         {"label", static_cast<std::size_t>(labels(i))},
         {"predicted", std::max_element(row, row + p.shape(1)) - row},
         {"p", row[static_cast<std::size_t>(labels(i))]},
         {"pixels", side * side == size && side >= 4 ? bytes(x.data() + i * size, size, 1) : Json::array()}});
  }
  for (const auto& [name, value] : options.configuration) configuration.push_back({name, value});
  add_optimizers(configuration, model);
  std::ostringstream summary;
  model.summary(summary);
  Json classes = options.classes;
  for (std::size_t k = classes.size(); k < p.shape(1); ++k) classes.push_back(std::to_string(k));
  const Json data{{"title", options.title},
                  {"epochs", history.epoch},
                  {"curves", curves_of(history)},
                  {"classes", std::move(classes)},
                  {"confusion", judgement.confusion},
                  {"accuracy", judgement.accuracy},
                  {"calibration_error", judgement.calibration_error},
                  {"bins", std::move(bins)},
                  {"worst", std::move(worst)},
                  {"wrong", judgement.worst.size()},
                  {"samples", x.shape(0)},
                  {"weights", weights_of(model)},
                  {"configuration", std::move(configuration)},
                  {"summary", summary.str()}};
  write_file(path, page("report.html", data.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

void write_table_report(const std::string& path, const std::string& json, const std::string& title) {
  Json data = Json::parse(json, nullptr, false);
  require<ValueError>(data.is_object() && data.contains("importance") && data.contains("history"),
                      "write_table_report: that is no report on a table; json_text() of one fits");
  data["title"] = title;
  write_file(path, page("table.html", data.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

}  // namespace xgrad::inline XGRAD_PRECISION
