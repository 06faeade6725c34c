#pragma once

#include <string>
#include <vector>

namespace xgrad::inline XGRAD_PRECISION {

/// Names for an error: each with an end that is not too far, and how many more there are after the twentieth.
std::string listed(const std::vector<std::string>& names);

}  // namespace xgrad::inline XGRAD_PRECISION
