#pragma once

// What becomes of a column of a table: numbers for a network.

#include <cstdint>
#include <string>
#include <vector>

#include <xgrad/core/fields.hpp>
#include <xgrad/tables/table.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What stands for a missing value. Without one, {}, a table with missing values is refused.
struct Fill {
  static Fill mean() { return {"mean"}; }      ///< the mean of the training table's values
  static Fill median() { return {"median"}; }  ///< their median; of an even number, the middle between two
  static Fill most_frequent() { return {"most_frequent"}; }  ///< the category that is most frequent there
  /// This number.
  static Fill value(double number) { return {"value", number}; }
  /// This text.
  static Fill value(const std::string& text) { return {"value", 0, text}; }

  std::string how = {};   ///< the function's name; empty for none
  double number = 0;      ///< what stands for a missing number: given, or measured by adapt()
  std::string text = {};  ///< what stands for a missing category: given, or measured by adapt()

  void fields(Fields& f) { f("how", how)("number", number)("text", text); }
};

/// The options of integer_categorical and string_categorical, with Keras's names, order and defaults; the last is not
/// Keras's.
struct CategoricalOptions {
  /// The most indices, those of unknown values among them: the most frequent values get them. With 0 all values do, and
  /// more than 1,000 different ones are refused: such a column names rows, or wants to be hashed.
  std::size_t max_tokens = 0;
  std::size_t num_oov_indices = 1;      ///< the indices of unknown values; with 0, an unknown one is refused
  std::string output_mode = "one_hot";  ///< or "int": the index, for an Embedding
  Fill missing = {};                    ///< most_frequent or a value
};

/// How a column becomes numbers: one of the functions of FeatureSpace, or the name of one without arguments,
/// "float_normalized", "integer_categorical" or "string_categorical".
struct Feature {
  Feature() = default;
  /// Throws ValueError for another name.
  Feature(const std::string& kind);
  Feature(const char* kind) : Feature(std::string(kind)) {}

  std::string kind = "float_normalized";
  std::string output_mode = "float";  ///< or "one_hot", "int"
  Fill missing = {};

  // Options, each of some kinds.
  double scale = 1, offset = 0;  ///< float_rescaled: x scale + offset
  std::size_t bins = 0;          ///< float_discretized, integer_hashed, string_hashed
  std::size_t max_tokens = 0, num_oov_indices = 1;
  bool has_boundaries = false;  ///< float_discretized: boundaries were given

  // What adapt() measures.
  double mean = 0, deviation = 1;       ///< float_normalized
  std::vector<double> boundaries = {};  ///< float_discretized: bin k takes x with boundaries[k-1] <= x < boundaries[k]
  std::vector<std::string> vocabulary = {};  ///< of categories, the most frequent first

  /// Whether it gives one number, normalized or rescaled.
  bool is_float() const { return kind == "float_normalized" || kind == "float_rescaled"; }
  /// Whether it has a vocabulary.
  bool is_categorical() const { return kind == "integer_categorical" || kind == "string_categorical"; }
  /// Whether its values are hashed into bins.
  bool is_hashed() const { return kind == "integer_hashed" || kind == "string_hashed"; }
  /// Whether it reads integers.
  bool is_integer() const { return kind.starts_with("integer_"); }

  /// How many different indices there are; 0 for floats, which have none.
  std::size_t indices() const;
  /// How many columns it takes among all features: indices() if one-hot, else 1.
  std::size_t width() const { return output_mode == "one_hot" ? indices() : 1; }

  void fields(Fields& f);  ///< the options and what was measured
  void check() const;      ///< throws ValueError for options that do not fit each other
};

}  // namespace xgrad::inline XGRAD_PRECISION
