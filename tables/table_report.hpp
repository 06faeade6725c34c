#pragma once

// What a trained pipeline does on rows that it has not seen.

#include <string>
#include <utility>
#include <vector>

#include <xgrad/tables/pipeline.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What a report looks at.
struct TableReportOptions {
  std::size_t repeats = 5;    ///< how often each column is shuffled
  std::size_t worst = 20;     ///< how many rows are listed
  std::size_t rows = 10'000;  ///< the most rows by which importance is measured, the first ones
  std::uint32_t seed = 0;     ///< of the shuffles
};

/// What a pipeline does on a table that it has not learnt from.
struct TableReport {
  std::size_t rows = 0;
  /// Of classes: accuracy, and majority, the share of the most frequent class, which is the accuracy of one who always
  /// says that. Of numbers, in their own units: mae, the mean absolute error; rmse, the root of the mean squared error;
  /// r2, 1 - (rmse / deviation of the target)^2, which is 0 for one who always says the mean.
  Logs metrics;

  std::vector<std::string> classes;                 ///< of a target of classes
  std::vector<std::vector<std::size_t>> confusion;  ///< of those: rows of class i that were taken for class j

  /// Of numbers: predicted - true, its smallest, quartiles and greatest.
  std::vector<double> residuals;

  /// How much accuracy or r2 fall if a column's values are shuffled among the rows, the mean over the repeats, in
  /// falling order: Breiman's permutation importance, as scikit-learn's permutation_importance measures it.
  std::vector<std::pair<std::string, double>> importance;

  /// A row that the model is wrong about.
  struct Row {
    std::size_t row = 0;
    std::string is, predicted;
    double error = 0;  ///< 1 - the probability of what it is; or |predicted - true|
  };
  std::vector<Row> worst;  ///< the rows with the greatest errors, in falling order
};

/// Judges a pipeline by a table that has the target's column. Throws ValueError for a table without rows, and as
/// Pipeline::batch().
TableReport report_on(Pipeline& model, const Table& test, const TableReportOptions& options = {});

/// A report and the history of the training as JSON: {"rows", "metrics", "classes", "confusion", "residuals",
/// "importance", "worst", "history": {"loss": [...], ...}}. Numbers that are not finite are null.
std::string json_text(const TableReport& report, const History& history);

}  // namespace xgrad::inline XGRAD_PRECISION
