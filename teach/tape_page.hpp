#pragma once

// A page on which a reader walks through a recording and its sweep, step by step.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/teach/trace.hpp>
#include <xgrad/training/history.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A tensor as it was after so many steps of a training.
struct TapeFrame {
  std::size_t step;
  Tensor tensor;
};

/// What write_tape_html() shows beside the tape. What is not given is not shown.
struct TapePageOptions {
  std::string title = "xgrad";
  std::size_t max_elements = 131072;             ///< larger tensors are written in 8 bits per element, and marked ≈
  std::size_t rows = 8;                          ///< rows of a result that are shown, such as samples of a batch
  std::map<std::uint32_t, std::string> names{};  ///< names of lines; a parameter that is not here has its label
  const History* history = nullptr;              ///< for curves of the loss and the metrics
  std::vector<TapeFrame> frames{};               ///< the first layer's kernel in the course of training
  std::vector<TapeFrame> decision_frames{};      ///< (rows, columns): a model's output over a plane, in its course
  std::vector<std::pair<std::string, std::vector<double>>> gradient_norms{};  ///< of a layer, a number for each epoch
  Sequential* model = nullptr;  ///< Dense layers from 784 pixels, by which the page reads a digit that its reader draws
};

/// Runs trace(y), and writes a page to `path` that shows every step of it: one HTML file without any other, which needs
/// no network. y is a number. The page holds the tensors in the library's precision, bit for bit up to max_elements.
/// A model is not shown if it has other layers than Dense, Dropout and Input, or another activation than linear, relu,
/// sigmoid, tanh and softmax. Throws ShapeError if y has more than one element, ValueError for 0 rows, DataError if the
/// file cannot be written, and what trace() throws.
void write_tape_html(const std::string& path, Var y, const TapePageOptions& options = {});

}  // namespace xgrad::inline XGRAD_PRECISION
