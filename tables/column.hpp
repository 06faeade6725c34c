#pragma once

// One column of a table: numbers or texts, some of them missing.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What the values of a column are.
enum class ColumnKind { number, text };

/// What describe() says of a column. mean to max are NaN for texts, and where no number is there.
struct ColumnSummary {
  std::size_t count = 0;                       ///< the values that are not missing
  std::size_t missing = 0;                     ///< the others
  std::size_t distinct = 0;                    ///< how many different values there are
  double mean = 0, std = 0, min = 0, max = 0;  ///< std is that of a sample, over count - 1
};

/// A column of n values. Numbers are double in both libraries, 8 bytes each; a missing one is NaN. Texts are UTF-8,
/// 8 bytes each, their letters, and one bit that says whether the text is missing.
class Column {
 public:
  Column() = default;  ///< no numbers
  /// Numbers; NaN where one is missing.
  explicit Column(std::vector<double> numbers);
  /// Numbers 0 and 1 that a file writes as words, such as {"False", "True"}.
  Column(std::vector<double> numbers, std::array<std::string, 2> words);
  /// Texts; none is missing.
  explicit Column(std::span<const std::string> texts);

  /// What its values are.
  ColumnKind kind() const { return kind_; }
  /// Whether its values are texts.
  bool is_text() const { return kind_ == ColumnKind::text; }
  /// How many values, with those that are missing.
  std::size_t size() const { return is_text() ? ends_.size() : numbers_.size(); }
  /// Whether the value of a row is missing.
  bool is_missing(std::size_t row) const;
  std::size_t missing() const;  ///< how many values are missing

  /// The number of a row; NaN if it is missing. Throws ValueError for a column of texts and a row that is not there.
  double number(std::size_t row) const;
  /// The text of a row; empty if it is missing. Throws ValueError for a column of numbers and a row that is not there.
  std::string_view text(std::size_t row) const;
  /// All numbers. Throws ValueError for a column of texts.
  const std::vector<double>& numbers() const;
  /// The words for 0 and 1; empty for a column that had numbers.
  const std::array<std::string, 2>& words() const { return words_; }

  /// Adds a value at the end. Throws ValueError if the column is of the other kind, and has values already.
  void add(double number);
  /// Adds a text at the end.
  void add(std::string_view text);
  /// Adds a missing value at the end.
  void add_missing();

  /// The values of these rows, in this order. Throws ValueError for a row that is not there.
  Column take(std::span<const std::size_t> rows) const;
  /// A value as a file has it: the shortest digits, the word, the text; empty if it is missing.
  std::string written(std::size_t row) const;
  /// What describe() says of the column; missing values are left out.
  ColumnSummary summary() const;
  /// The memory that the values take: 8 bytes for a number, missing or not; for a text its letters, 8 bytes, and 1 bit.
  std::size_t bytes() const;

  /// Makes room for so many values more.
  void reserve(std::size_t values, std::size_t letters);

 private:
  friend class ColumnBuilder;
  void become_texts();  // of an empty column

  ColumnKind kind_ = ColumnKind::number;
  std::vector<double> numbers_;
  std::array<std::string, 2> words_;
  std::string letters_;              // of all texts, one after another
  std::vector<std::uint64_t> ends_;  // where each text ends in letters_
  std::vector<bool> is_missing_;     // of texts
};

}  // namespace xgrad::inline XGRAD_PRECISION
