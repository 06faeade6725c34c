#pragma once

// What is done to data before training.

#include <cstddef>
#include <vector>

#include <xgrad/core/random.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Rows with a 1 in the column of each label and 0 elsewhere: (n,) or (n, 1) to (n, classes). Throws ValueError naming
/// the first label that is not a whole number from 0 to classes - 1.
Tensor one_hot(const Tensor& labels, std::size_t classes);

/// A data set in two.
struct Split {
  Tensor x_train, y_train, x_test, y_test;
};

/// Sets the last samples apart for testing, `test_size` of all, rounded up; with a generator, random ones. Throws
/// ShapeError unless x and y have the same first extent, ValueError if one part would be empty.
Split train_test_split(const Tensor& x, const Tensor& y, double test_size, Rng* shuffle = nullptr);

/// Shifts and scales each column to mean 0 and deviation 1, as measured on the training data:
///   const Standardiser standardise(x_train);
///   x_train = standardise(x_train), x_test = standardise(x_test);
struct Standardiser {
  /// Measures x, (n, columns). The deviation is that of the samples at hand, the root of the mean square. Throws
  /// ShapeError for another rank; ValueError if there are no rows or naming the first number that is not finite.
  explicit Standardiser(const Tensor& x);

  /// One that was measured before, by its mean and deviation, each (columns,). Throws ShapeError for other shapes;
  /// ValueError for a number that is not finite, and for a deviation that is not above 0.
  Standardiser(Tensor mean, Tensor deviation);

  /// (x - mean) / deviation, column by column. Throws ShapeError unless x has the columns that were measured.
  Tensor operator()(const Tensor& x) const;

  Tensor mean, deviation;             // (columns,)
  std::vector<std::size_t> constant;  // columns of one value, which teach nothing: their deviation is taken as 1
};

}  // namespace xgrad::inline XGRAD_PRECISION
