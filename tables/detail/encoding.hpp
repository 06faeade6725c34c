#pragma once

// Values of a column as features see them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <xgrad/tables/feature.hpp>

namespace xgrad::inline XGRAD_PRECISION::detail {

/// The values of a column for one feature. What does not fit is refused: the column's name, row and value are named.
class Values {
 public:
  Values(const std::string& name, const Feature& feature, const Column& column);

  bool is_missing(std::size_t row) const { return column_.is_missing(row); }

  /// The number of a row; what stands for it if it is missing.
  double number(std::size_t row) const;

  /// The category of a row as a text; what stands for it if it is missing.
  std::string_view category(std::size_t row);

  /// Throws ValueError that names the row.
  template <class... Parts>
  [[noreturn]] void refuse(std::size_t row, const Parts&... parts) const {
    throw ValueError(text("FeatureSpace: ", name_, ", row ", row, ": ", parts...));
  }

 private:
  const std::string& name_;
  const Feature& feature_;
  const Column& column_;
  std::string buffer_;
};

/// The number or index of each value of a column. The feature is adapted.
std::vector<double> encode(const std::string& name, const Feature& feature, const Column& column);

/// FarmHash's Fingerprint64, on which TensorFlow's hashing stands.
std::uint64_t fingerprint(std::string_view text);

/// The indices of several features as one below `dim`, as tf.sparse.cross_hashed makes it.
std::vector<double> crossed(const std::vector<const std::vector<double>*>& features, std::size_t dim);

/// A whole number as text, or nothing for one that is none or from 2^53 on.
std::optional<std::string> whole(double number);

/// Whether a text is a date, or a date and time, in a form that people and databases write.
bool is_date(std::string_view text);

}  // namespace xgrad::inline XGRAD_PRECISION::detail
