#pragma once

// The column of a table that a network is to predict.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <xgrad/core/fields.hpp>
#include <xgrad/tables/table.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The column that is predicted, as labels of classes or as numbers. Like a FeatureSpace it is measured on the training
/// table and then applied to any other, so that a class has the same label everywhere.
class Target {
 public:
  Target() = default;
  /// Classes if the column holds texts, or words for 0 and 1; else numbers.
  explicit Target(std::string column) : column_(std::move(column)) {}

  /// Classes, whatever the column holds. They are labelled in the order of their texts' bytes; those of a column of
  /// numbers in the order of the numbers.
  static Target classes(std::string column);
  /// Numbers. With `normalized`, the network learns (y - mean) / deviation, and predict() gives y's own units again.
  static Target numbers(std::string column, bool normalized = false);

  /// Measures the classes, or the mean and deviation. Throws ValueError that names the column, and the row where there
  /// is one: for a column that is not there, has no values or a missing one, numbers that are infinite, a Target of
  /// numbers and a column of texts, fewer than 2 classes, or more than 1,000.
  void adapt(const Table& train);
  /// Measures a table that is read in pieces.
  void adapt(const std::function<bool(Table&)>& pieces);

  /// Whether adapt() has seen a table, or a file was read.
  bool is_adapted() const { return is_classes_.has_value(); }
  /// The name of its column.
  const std::string& column() const { return column_; }
  bool has_classes() const;                                         ///< throws ValueError before adapt()
  const std::vector<std::string>& names() const { return names_; }  ///< of the classes, by their labels; else empty
  double mean() const { return mean_; }                             ///< of the numbers, 0 unless they are normalized
  double deviation() const { return deviation_; }                   ///< of the numbers, 1 unless they are normalized

  /// The label or number of each row, (n,). Throws ValueError before adapt(), and naming the row for a missing value, a
  /// class that the training table has not, and a number that is not finite.
  Tensor operator()(const Table& table) const;

  /// What a network's outputs say, (n, outputs). Of numbers it is a column of the target's name, in its own units; of
  /// classes a column of each one's probability, by its name. With two classes the network may have one output, the
  /// probability of the second. Throws ShapeError for another number of outputs; ValueError before adapt(), for
  /// outputs that are not finite, and for those of classes that are no probabilities, as those of a network that ends
  /// without softmax or sigmoid.
  Table read(const Tensor& outputs) const;

  /// The most probable class of each row of what read() gave, the first of equal ones.
  std::vector<std::string> most_probable(const Table& probabilities) const;

  void fields(Fields& f);  ///< the column and what was measured
  void check() const;      ///< throws ValueError for what adapt() would not measure

 private:
  std::string column_;
  std::string kind_ = "";  // "classes" or "numbers", if it was said
  bool normalized_ = false;
  std::optional<bool> is_classes_;  // once it is measured
  std::vector<std::string> names_;
  double mean_ = 0, deviation_ = 1;
};

}  // namespace xgrad::inline XGRAD_PRECISION
