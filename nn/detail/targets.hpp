#pragma once

// Which targets fit which predictions: one rule for every loss and metric.

#include <string_view>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Whether the shapes differ only as (n,) and (n, 1) do: one number for each sample either way.
bool same_column(const Shape& a, const Shape& b);

/// Throws ShapeError, in the name of the loss or metric that asks, unless targets and predictions have one shape, or
/// are a same_column; and for a batch without elements.
void require_alike(std::string_view who, const Shape& y_true, const Shape& y_pred);

/// The same, unless the targets are labels (n,) or (n, 1) for predictions (n, classes).
void require_labels(std::string_view who, const Shape& y_true, const Shape& y_pred);

}  // namespace xgrad::inline XGRAD_PRECISION
