#pragma once

// What becomes of each column of a table that nobody has described.

#include <string>
#include <utility>
#include <vector>

#include <xgrad/tables/feature_space.hpp>
#include <xgrad/tables/target.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What guess_features() makes of a table.
struct GuessedFeatures {
  FeatureSpace::Features features;
  /// A sentence for each column, in the table's order: what becomes of it, or why it is left out.
  std::vector<std::pair<std::string, std::string>> said;
};

/// Features for all columns of a training table but those of `leave_out`, such as the target:
/// - numbers are float_normalized, and Fill::median() stands for missing ones;
/// - texts are string_categorical, and Fill::value("") stands for missing ones. A test table may have other texts;
/// - left out are columns with one value, without values, of dates, of infinite numbers, and of texts of which there
/// are
///   more than 1,000, or more than half as many as rows;
/// - left out is also what numbers the rows, unless nothing else is left: whole numbers that count them, or of a column
///   without a name, another in each row.
/// Throws ValueError for a name in leave_out that is not there.
GuessedFeatures guess_features(const Table& train, const std::vector<std::string>& leave_out = {});

/// A target for a column: classes if it holds texts or words, or at most 20 different whole numbers from 0 up, each in
/// 10 rows on average or more; else numbers, normalized. Throws ValueError for a column that is not there.
Target guess_target(const Table& train, const std::string& column);

}  // namespace xgrad::inline XGRAD_PRECISION
