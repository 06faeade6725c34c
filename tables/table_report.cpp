#include <xgrad/tables/table_report.hpp>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include <xgrad/core/random.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// What was predicted for each row, and what it is.
struct Judged {
  std::vector<double> is, predicted;  // labels, or numbers
  std::vector<double> errors;
};

Judged judge(Pipeline& model, const Table& test, const Tensor& y) {
  const Table said = model.predict(test, {.verbose = silent});
  const bool classes = model.target().has_classes();
  const double deviation = model.target().deviation(), mean = model.target().mean();
  Judged judged;
  for (std::size_t row = 0; row < test.size(); ++row) {
    const double is = classes ? y(row) : y(row) * deviation + mean;
    double predicted = said.column(std::size_t{0}).number(row);
    if (classes) {
      std::size_t best = 0;
      for (std::size_t k = 1; k < said.columns().size(); ++k)
        if (said.column(k).number(row) > said.column(best).number(row)) best = k;
      judged.errors.push_back(1 - said.column(static_cast<std::size_t>(is)).number(row));
      predicted = static_cast<double>(best);
    } else {
      judged.errors.push_back(std::abs(predicted - is));
    }
    judged.is.push_back(is);
    judged.predicted.push_back(predicted);
  }
  return judged;
}

double mean_of(const std::vector<double>& x, auto f) {
  double sum = 0;
  for (std::size_t row = 0; row < x.size(); ++row) sum += f(row);
  return sum / static_cast<double>(x.size());
}

double accuracy_of(const Judged& all) {
  return mean_of(all.is, [&](std::size_t row) { return all.is[row] == all.predicted[row]; });
}
double mean_square_of(const Judged& all) {
  return mean_of(all.is, [&](std::size_t row) { return std::pow(all.predicted[row] - all.is[row], 2); });
}
double r2_of(const Judged& all) {
  const double mean = mean_of(all.is, [&](std::size_t row) { return all.is[row]; });
  const double variance = mean_of(all.is, [&](std::size_t row) { return std::pow(all.is[row] - mean, 2); });
  const double error = mean_square_of(all);
  return variance > 0 ? 1 - error / variance : error > 0 ? 0 : 1;  // as scikit-learn, where all are the same
}

}  // namespace

TableReport report_on(Pipeline& model, const Table& test, const TableReportOptions& options) {
  require<ValueError>(test.size() > 0, "report_on: the table has no rows");
  const bool classes = model.target().has_classes();
  const Tensor y = model.target()(test);
  const Judged all = judge(model, test, y);
  TableReport report;
  report.rows = test.size();
  if (classes) {
    report.classes = model.target().names();
    report.confusion.assign(report.classes.size(), std::vector<std::size_t>(report.classes.size()));
    for (std::size_t row = 0; row < all.is.size(); ++row)
      ++report.confusion[static_cast<std::size_t>(all.is[row])][static_cast<std::size_t>(all.predicted[row])];
    std::size_t most = 0;
    for (const auto& of_class : report.confusion)
      most = std::max(most, std::accumulate(of_class.begin(), of_class.end(), std::size_t{0}));
    report.metrics = {{"accuracy", accuracy_of(all)},
                      {"majority", static_cast<double>(most) / static_cast<double>(test.size())}};
  } else {
    report.metrics = {{"mae", mean_of(all.errors, [&](std::size_t row) { return all.errors[row]; })},
                      {"rmse", std::sqrt(mean_square_of(all))},
                      {"r2", r2_of(all)}};
    std::vector<double> residuals;
    for (std::size_t row = 0; row < all.is.size(); ++row) residuals.push_back(all.predicted[row] - all.is[row]);
    std::sort(residuals.begin(), residuals.end());
    for (std::size_t k = 0; k <= 4; ++k) report.residuals.push_back(residuals[k * (residuals.size() - 1) / 4]);
  }

  std::vector<std::size_t> order(test.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return all.errors[a] > all.errors[b]; });
  order.resize(std::min(order.size(), options.worst));
  for (const std::size_t row : order) {
    const auto predicted = static_cast<std::size_t>(classes ? all.predicted[row] : 0);
    report.worst.push_back({row, test.column(model.target().column()).written(row),
                            classes ? report.classes[predicted] : formatted(all.predicted[row], 'g', 6),
                            all.errors[row]});
  }

  const Table some = test.rows(0, std::min(test.size(), options.rows));
  Tensor y_some = zeros({some.size()});
  std::copy_n(y.begin(), some.size(), y_some.begin());
  const auto score = [&](const Table& table) {
    const Judged judged = judge(model, table, y_some);
    return classes ? accuracy_of(judged) : r2_of(judged);
  };
  const double before = score(some);
  Rng rng(options.seed);
  std::vector<std::uint32_t> rows(some.size());
  for (const auto& [name, feature] : model.features().features()) {
    double sum = 0;
    for (std::size_t k = 0; k < options.repeats; ++k) {
      std::iota(rows.begin(), rows.end(), 0u);
      rng.shuffle(rows);
      Table shuffled = some;
      shuffled.add(name, some.column(name).take(std::vector<std::size_t>(rows.begin(), rows.end())));
      sum += before - score(shuffled);
    }
    report.importance.emplace_back(name, options.repeats ? sum / static_cast<double>(options.repeats) : 0);
  }
  std::stable_sort(report.importance.begin(), report.importance.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return report;
}

std::string json_text(const TableReport& report, const History& history) {
  nlohmann::ordered_json all{{"rows", report.rows}};
  for (const auto& [name, value] : report.metrics) all["metrics"][name] = value;
  if (!report.classes.empty()) {
    all["classes"] = report.classes;
    all["confusion"] = report.confusion;
  } else {
    all["residuals"] = report.residuals;
  }
  all["importance"] = nlohmann::ordered_json::object();
  for (const auto& [name, value] : report.importance) all["importance"][name] = value;
  all["worst"] = nlohmann::ordered_json::array();
  for (const TableReport::Row& row : report.worst)
    all["worst"].push_back({{"row", row.row}, {"is", row.is}, {"predicted", row.predicted}, {"error", row.error}});
  all["history"] = nlohmann::ordered_json::object();
  for (const Logs& logs : history.logs)
    for (const auto& [name, value] : logs) all["history"][name].push_back(value);
  return all.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace xgrad::inline XGRAD_PRECISION
