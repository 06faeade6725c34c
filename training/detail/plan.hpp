#pragma once

#include <functional>
#include <optional>

#include <xgrad/training/detail/feed.hpp>
#include <xgrad/training/fit.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What fit() makes of its data and options: batches to learn from, and batches to validate with.
struct Plan {
  /// Throws for samples that do not fit the model.
  using Check = std::function<void(const Samples&)>;

  /// Divides the data as the options say. Both outlive the plan. `rng` shuffles the batches. `targets` is
  /// whether a generator's batches have to have some. Throws ValueError or ShapeError for options and data that do not
  /// fit each other, and what the check throws.
  /// `all` is the number of samples of all ranks, with a communicator.
  Plan(const BatchSource& given, const FitOptions& options, Rng& rng, bool targets, const Check& check,
       std::size_t all = 0);

  std::optional<Feed> learnt, validation;
};

}  // namespace xgrad::inline XGRAD_PRECISION
