#pragma once

// Which targets fit which predictions: one rule for every loss and metric.

#include <string_view>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Whether the shapes differ only as (n,) and (n, 1) do: one number for each sample either way.
bool same_column(const Shape& a, const Shape& b);

/// Throws ShapeError unless targets and predictions have one shape, or one is (n,) and the other (n, 1); and for a
/// batch without elements. The message begins with `who`, the loss or metric that asks.
void require_alike(std::string_view who, const Shape& y_true, const Shape& y_pred);

/// Throws ShapeError unless the targets are labels, (n,) or (n, 1), and the predictions (n, classes); and for a batch
/// without elements. The message begins with `who`, the loss or metric that asks.
void require_labels(std::string_view who, const Shape& y_true, const Shape& y_pred);

}  // namespace xgrad::inline XGRAD_PRECISION
