#pragma once

// Words of tables and graphs.

#include <string>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

// The least .. the greatest number of x, or the one that all are; a NaN among them, which is neither, is told.
std::string range_of(const Tensor& x);

// How many characters a text of UTF-8 has.
std::size_t characters(const std::string& text);

// A label within quotes, as DOT takes it: what would end it is escaped.
std::string quoted(const std::string& label);

}  // namespace xgrad::inline XGRAD_PRECISION
