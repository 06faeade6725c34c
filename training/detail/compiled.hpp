#pragma once

#include <cstdint>
#include <vector>

#include <xgrad/nn/losses/losses.hpp>
#include <xgrad/nn/metrics/metrics.hpp>
#include <xgrad/nn/model/model.hpp>
#include <xgrad/optim/groups.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What compile() said of a model.
struct Model::Training {
  Optimizers optimizers;
  Loss loss;
  std::vector<Metric> metrics, weighted_metrics;
  Objective objective;                   ///< if there is one, it stands for the loss and the metrics
  std::uint64_t number = next_number();  ///< each compile() has another one

  /// A number that no compile() of this program has had yet.
  static std::uint64_t next_number();
};

}  // namespace xgrad::inline XGRAD_PRECISION
