#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include <xgrad/core/random.hpp>
#include <xgrad/tables/feature.hpp>

namespace xgrad::inline XGRAD_PRECISION::detail {

/// What a feature needs to know of the training table, measured piece by piece.
class Measuring {
 public:
  Measuring(const std::string& name, const Feature& feature) : name_(name), feature_(feature) {}

  /// Looks at a piece's column. Throws ValueError for a value that does not fit the feature.
  void look(const Column& column);

  /// Writes what was measured to the feature. Throws ValueError where nothing was there.
  void write(Feature& feature) const;

 private:
  void sample(double x);
  double quantile(double share) const;
  double median() const;

  const std::string& name_;
  const Feature& feature_;
  std::size_t rows_ = 0, count_ = 0, missing_ = 0;
  double mean_ = 0, squares_ = 0;  // of the distances to the mean
  std::vector<double> sample_;     // all values, or 2^20 of them
  Rng rng_{0};
  std::unordered_map<std::string, std::size_t> counts_;
  bool are_dates_ = true;
};

}  // namespace xgrad::inline XGRAD_PRECISION::detail
