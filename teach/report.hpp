#pragma once

// What a training came to, as a page.

#include <string>
#include <utility>
#include <vector>

#include <xgrad/nn/model/model.hpp>
#include <xgrad/training/history.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What write_report() shows beside the numbers of the training.
struct ReportOptions {
  std::string title = "xgrad";
  std::vector<std::string> classes{};  ///< their names; by default their numbers
  std::vector<std::pair<std::string, std::string>>
      configuration{};     ///< lines of the page's table, such as {"seed", "1"}
  std::size_t worst = 24;  ///< how many of the worst samples are shown
};

/// How a classifier's probabilities fit what came true.
struct Judgement {
  std::vector<std::vector<std::size_t>> confusion;  ///< confusion[true class][predicted class], in samples
  std::vector<std::size_t> worst;  ///< samples by the probability of their true class, the least first; wrong ones only

  /// Samples by the probability of the predicted class, in ten bins of equal width.
  struct Bin {
    std::size_t samples = 0;
    double confidence = 0, accuracy = 0;  ///< means over the samples; 0 without any
  };
  std::vector<Bin> calibration;

  double accuracy = 0;
  double calibration_error = 0;  ///< the mean of |confidence - accuracy| over all samples (Guo et al. 2017)
};

/// Judges probabilities, (n, classes), by labels, (n,) from 0. Throws ShapeError for other shapes and for less than two
/// classes; ValueError for no samples, for a label that is no class, and for a number that is no probability.
Judgement judge(const Tensor& probabilities, const Tensor& labels);

/// Writes a page to `path`: curves of the history, the confusion matrix, the worst samples (as pictures, where a sample
/// is square), the first kernel's weights as pictures, calibration, and the configuration: the lines that are given,
/// and the options of the optimizers, if the model is compiled. One file, which needs no network; in English and
/// Chinese. The model is a Sequential or of any module. It gives probabilities, (n, classes), for x, (n, ...); labels
/// are (n,) from 0. Throws what predict() and judge() throw, ValueError for more names than classes, and DataError if
/// the file cannot be written.
void write_report(const std::string& path, Model& model, const History& history, const Tensor& x, const Tensor& labels,
                  const ReportOptions& options = {});

/// Writes a page to `path` of a report on a table: `json` is what json_text() of <xgrad/tables/table_report.hpp> gives.
/// Curves, the confusion matrix or the residuals, the importance of the columns and the worst rows, as write_report()
/// does. Throws ValueError for what is no such JSON, DataError if the file cannot be written.
void write_table_report(const std::string& path, const std::string& json, const std::string& title = "xgrad");

}  // namespace xgrad::inline XGRAD_PRECISION
