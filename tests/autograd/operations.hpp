#pragma once

// Every operation on inputs of many shapes. What holds for all of them is tested by going through this table.

#include "autograd/operations_elementwise.hpp"
#include "autograd/operations_of_losses.hpp"
#include "autograd/operations_on_axes.hpp"

namespace xgrad {

/// One or more rows for every function that ops.hpp declares.
inline const std::vector<Operation> operations = [] {
  std::vector<Operation> all;
  for (const auto* rows : {&elementwise_operations, &operations_on_axes, &operations_of_losses})
    all.insert(all.end(), rows->begin(), rows->end());
  all.push_back({"record_elementwise", [](const Inputs& x) { return x[0] + x[1]; }, any_of(2)});
  return all;
}();

}  // namespace xgrad
