#pragma once

// Tables as numbers for a network, as Keras's FeatureSpace makes them.

#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/tables/feature.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Writes the next piece of a table that is read in pieces. It returns false at its end; the next call begins anew.
/// What takes it begins where it stands: after an error in the middle, its owner takes it back to the begin first.
using TablePieces = std::function<bool(Table& piece)>;

/// Two features of indices as one, "a_X_b", or more: each combination is hashed to one of `crossing_dim` indices.
struct Cross {
  std::vector<std::string> names = {};
  std::size_t crossing_dim = 0;
  std::string output_mode = "one_hot";

  /// The names of its features with "_X_" between them: "a_X_b".
  std::string name() const;
  void fields(Fields& f) { f("names", names)("crossing_dim", crossing_dim)("output_mode", output_mode); }
};

/// The options of FeatureSpace; the first two are Keras's.
struct FeatureSpaceOptions {
  std::vector<Cross> crosses = {};
  std::string output_mode = "concat";  ///< all features in one tensor, by operator(); or "dict": each by itself
  /// Whether features of output_mode "int" may be in the one tensor, as a column of indices each, for a network that
  /// takes them out and gives them to an Embedding. Keras refuses them, and so do we unless this is set.
  bool int_columns = false;
};

/// What columns of a table become for a network. It is measured on the training table, and then applied to any other:
///   FeatureSpace space({{"Age", FeatureSpace::float_normalized(Fill::median())},
///                       {"Fare", "float_normalized"},
///                       {"Sex", "string_categorical"},
///                       {"Pclass", FeatureSpace::integer_categorical({.num_oov_indices = 0})}},
///                      {.crosses = {FeatureSpace::cross({"Sex", "Pclass"}, 16)}});
///   space.adapt(train);
///   const Tensor x = space(train), x_test = space(test);
/// Columns that it does not name are not looked at. All is as in Keras 3, hashes and the order of categories included,
/// but
/// - boundaries of bins are exact, where Keras takes them from a sketch;
/// - a missing value is refused unless it is filled;
/// - a column that is constant in the training table is only shifted, where Keras divides it by 1e-7, so that another
///   value in a test table would be a number of millions;
/// - -1 is a category as any other, where Keras's IntegerLookup takes it for an unknown one.
class FeatureSpace {
 public:
  /// Features with the names of their columns.
  using Features = std::vector<std::pair<std::string, Feature>>;

  FeatureSpace() = default;
  /// Throws ValueError for a name that is there twice, for features whose options do not fit, for crosses of columns
  /// that have no indices, and for features of indices in one tensor unless int_columns is set.
  explicit FeatureSpace(Features features, FeatureSpaceOptions options = {});
  /// Of features with the names of their columns.
  explicit FeatureSpace(std::initializer_list<Features::value_type> features, FeatureSpaceOptions options = {})
      : FeatureSpace(Features(features), std::move(options)) {}

  /// (x - mean) / deviation, with the mean and deviation of the column after it is filled.
  static Feature float_normalized(Fill missing = {});
  /// x scale + offset.
  static Feature float_rescaled(double scale = 1, double offset = 0, Fill missing = {});
  /// The number of the bin that x lies in, of so many that have equally many of the training table's values each.
  static Feature float_discretized(std::size_t num_bins, const std::string& output_mode = "one_hot", Fill missing = {});
  /// The number of the bin that x lies in, between these boundaries, which rise; a boundary belongs to the bin above
  /// it.
  static Feature float_discretized(std::vector<double> bin_boundaries, const std::string& output_mode = "one_hot",
                                   Fill missing = {});
  /// The index of a whole number: 0 for unknown ones, then by frequency; among equally frequent ones the larger first.
  static Feature integer_categorical(CategoricalOptions options = {});
  /// The index of a text: 0 for unknown ones, then by frequency, among equally frequent ones the last in the order of
  /// bytes first. A number counts as the text of its shortest digits.
  static Feature string_categorical(CategoricalOptions options = {});
  /// The whole number's text, hashed to one of num_bins indices.
  static Feature integer_hashed(std::size_t num_bins, const std::string& output_mode = "one_hot", Fill missing = {});
  /// The text, hashed to one of num_bins indices: FarmHash's Fingerprint64 modulo num_bins.
  static Feature string_hashed(std::size_t num_bins, const std::string& output_mode = "one_hot", Fill missing = {});
  /// Two or more features of indices as one.
  static Cross cross(std::vector<std::string> feature_names, std::size_t crossing_dim,
                     const std::string& output_mode = "one_hot");

  /// Measures what the features need: means, boundaries, categories, what stands for missing values. What was measured
  /// before is forgotten. Throws ValueError that names the column, and row and value where there are some: for a column
  /// that is not there, has the other kind or no values at all, for a missing value that nothing fills, an infinite
  /// one, one that is no whole number, dates as categories, and more than 1,000 categories where max_tokens is not set.
  void adapt(const Table& train);

  /// Measures a table that is read in pieces, once, from begin to end. Means and categories are exact. Medians and the
  /// boundaries of bins are exact up to 2^20 rows; beyond they are those of 2^20 rows drawn at random, each with the
  /// same probability and the same rows each time. So a boundary that is to have a share p below it has p +- 0.001.
  void adapt(const TablePieces& pieces);

  /// Whether adapt() has seen a table, or a file was read.
  bool is_adapted() const { return is_adapted_; }

  /// The features of a table side by side, (n, width()): first the columns in the order of their names, then the
  /// crosses in the order of theirs, as in Keras. Throws ValueError as adapt() does; before adapt(); for a category
  /// that is unknown, if no index is for those; and for output_mode "dict".
  Tensor operator()(const Table& table) const;

  /// Each feature by itself, by its name: (n, width) of floats and one-hot indices, (n, 1) of others. Throws ValueError
  /// as operator().
  std::map<std::string, Tensor> dict(const Table& table) const;

  /// How many columns operator() gives. Throws ValueError before adapt().
  std::size_t width() const;

  /// A name for each column that operator() gives: "Age", "Sex=male", "Sex=?" for unknown ones, "Age<12.5", and
  /// "Sex_X_Pclass=3" of what is hashed. Throws ValueError before adapt().
  std::vector<std::string> names() const;

  /// The columns that it looks at, with what becomes of them, in the order of their names.
  const Features& features() const { return features_; }
  /// The options that it was made with.
  const FeatureSpaceOptions& options() const { return options_; }

  void fields(Fields& f);  ///< the features with all that was measured
  void check() const;      ///< throws ValueError for what the constructor refuses

 private:
  struct Place {  // of a feature or a cross
    std::string name;
    std::size_t width;
    bool one_hot;
  };
  std::vector<Place> places() const;
  std::vector<std::vector<double>> encode(const Table& table, const char* who) const;
  void require_adapted(const char* who) const;

  Features features_;
  FeatureSpaceOptions options_;
  bool is_adapted_ = false;
};

}  // namespace xgrad::inline XGRAD_PRECISION
