#pragma once

#include <cstdint>
#include <vector>

#include <xgrad/nn/losses/losses.hpp>
#include <xgrad/nn/metrics/metrics.hpp>
#include <xgrad/nn/model/model.hpp>
#include <xgrad/optim/groups.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What compile() says.
struct Model::Training {
  Optimizers optimizers;
  Loss loss;
  std::vector<Metric> metrics;
  Objective objective;                   ///< instead of the loss, for a module that is not called with one Var
  std::uint64_t number = next_number();  ///< another one for each compile()

  static std::uint64_t next_number();
};

}  // namespace xgrad::inline XGRAD_PRECISION
