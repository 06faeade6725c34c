#pragma once

#include <string>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A field of a table as Python's csv writes it: in double quotes where it has a separator, a quote or a line end.
std::string csv_field(const std::string& text, char separator = ',');

}  // namespace xgrad::inline XGRAD_PRECISION
