#pragma once

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// How many rows of the predictions (n, classes) are largest at their label, labels (n,); the first of equals counts.
/// Throws ShapeError. Keras's sparse_categorical_accuracy is this over n.
std::size_t count_correct(const Tensor& labels, const Tensor& predictions);

}  // namespace xgrad::inline XGRAD_PRECISION
