#include <farmhash.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <xgrad/tables/detail/encoding.hpp>

namespace xgrad::inline XGRAD_PRECISION::detail {

Values::Values(const std::string& name, const Feature& feature, const Column& column)
    : name_(name), feature_(feature), column_(column) {
  const bool takes_texts = feature.kind.starts_with("string_");
  if (takes_texts || !column.is_text()) return;
  std::size_t row = 0;
  while (row < column.size() && column.is_missing(row)) ++row;
  if (row == column.size()) return;  // every value is missing, so that its kind is not known
  const std::string_view seen = column.text(row);
  refuse(row, feature.kind, " takes numbers, and this is the text \"", seen.substr(0, 60), "\"",
         is_date(seen) ? "; make numbers of dates, such as year, month and day, or leave the column out"
                       : "; string_categorical takes texts, and na_values of read_csv says which are missing");
}

double Values::number(std::size_t row) const {
  if (column_.is_missing(row)) {
    if (feature_.missing.how.empty())
      refuse(row, "the value is missing; a Fill of the feature stands for it, such as ",
             feature_.is_integer() ? "Fill::value(0)" : "Fill::median()");
    return feature_.missing.number;
  }
  const double x = column_.number(row);
  if (!std::isfinite(x)) refuse(row, "the value is ", x, "; ", feature_.kind, " takes finite numbers");
  return x;
}

std::string_view Values::category(std::size_t row) {
  if (feature_.is_integer()) {
    const double x = number(row);
    const std::optional<std::string> text = whole(x);
    if (!text) refuse(row, "the value is ", shortest(x), "; ", feature_.kind, " takes whole numbers below 2^53");
    return buffer_ = *text;
  }
  if (column_.is_missing(row)) {
    if (feature_.missing.how.empty())
      refuse(row, "the value is missing; a Fill of the feature stands for it, such as Fill::value(\"\")");
    return feature_.missing.text;
  }
  if (column_.is_text()) return column_.text(row);
  return buffer_ = column_.written(row);
}

namespace {

std::vector<double> encode_categories(const Feature& feature, Values values, std::size_t rows) {
  const auto& vocabulary = feature.vocabulary;
  std::vector<std::size_t> sorted(vocabulary.size());  // the categories in the order of bytes
  std::iota(sorted.begin(), sorted.end(), std::size_t{0});
  std::sort(sorted.begin(), sorted.end(), [&](auto a, auto b) { return vocabulary[a] < vocabulary[b]; });
  const std::size_t unknown = feature.num_oov_indices;
  std::vector<double> indices(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::string_view category = values.category(row);
    const auto found = std::lower_bound(sorted.begin(), sorted.end(), category,
                                        [&](std::size_t k, std::string_view text) { return vocabulary[k] < text; });
    if (found != sorted.end() && vocabulary[*found] == category) {
      indices[row] = static_cast<double>(unknown + *found);
    } else if (unknown == 0) {
      values.refuse(row, "the training table has no \"", category.substr(0, 60),
                    "\"; with num_oov_indices = 1 "
                    "unknown values have an index");
    } else if (feature.is_integer()) {  // as IntegerLookup spreads them
      const double n = static_cast<double>(unknown), rest = std::fmod(values.number(row), n);
      indices[row] = rest < 0 ? rest + n : rest;
    } else {
      indices[row] = static_cast<double>(fingerprint(category) % unknown);
    }
  }
  return indices;
}

}  // namespace

std::vector<double> encode(const std::string& name, const Feature& feature, const Column& column) {
  Values values(name, feature, column);
  const std::size_t rows = column.size();
  if (feature.is_categorical()) return encode_categories(feature, values, rows);
  std::vector<double> result(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    if (feature.is_hashed()) {
      result[row] = static_cast<double>(fingerprint(values.category(row)) % feature.bins);
      continue;
    }
    const double x = values.number(row);
    if (feature.kind == "float_normalized") {
      result[row] = (x - feature.mean) / feature.deviation;
    } else if (feature.kind == "float_rescaled") {
      result[row] = x * feature.scale + feature.offset;
    } else {
      const auto& all = feature.boundaries;
      result[row] = static_cast<double>(std::upper_bound(all.begin(), all.end(), x) - all.begin());
    }
  }
  return result;
}

std::uint64_t fingerprint(std::string_view text) { return util::Fingerprint64(text.data(), text.size()); }

std::vector<double> crossed(const std::vector<const std::vector<double>*>& features, std::size_t dim) {
  // FingerprintCat64 of tensorflow/core/platform/fingerprint.h, from the key that tf.sparse.cross_hashed begins with.
  constexpr std::uint64_t key = 0xDECAFCAFFE, factor = 0xc6a4a7935bd1e995;
  const auto mix = [](std::uint64_t x) { return x ^ (x >> 47); };
  std::vector<double> indices(features.at(0)->size());
  for (std::size_t row = 0; row < indices.size(); ++row) {
    std::uint64_t hash = key;
    for (const std::vector<double>* feature : features) {
      hash ^= factor;
      hash ^= mix(static_cast<std::uint64_t>((*feature)[row]) * factor) * factor;
      hash = mix(mix(hash * factor) * factor);
    }
    indices[row] = static_cast<double>(hash % dim);
  }
  return indices;
}

std::optional<std::string> whole(double number) {
  if (number != std::trunc(number) || !(std::abs(number) < 9007199254740992)) return {};
  return std::to_string(static_cast<std::int64_t>(number));
}

bool is_date(std::string_view text) {
  // Up to the time: three groups of digits with one separator, of which one may be a month's name.
  std::size_t groups = 0, digits = 0, at = 0;
  char separator = 0;
  bool has_name = false;
  while (at < text.size() && groups < 3) {
    const std::size_t begin = at;
    const bool digit = text[at] >= '0' && text[at] <= '9';
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    while (at < text.size() && (digit ? text[at] >= '0' && text[at] <= '9' : is_letter(text[at]))) ++at;
    const std::size_t length = at - begin;
    if (length == 0 || (digit ? length > 4 || length == 3 : length < 3 || length > 9 || has_name)) return false;
    has_name = has_name || !digit;
    digits += digit ? length : 0;
    if (++groups == 3) break;
    if (at == text.size()) return false;
    if (text[at] == ',' && has_name) ++at;  // Jan 2, 2020
    if (at == text.size() || (separator != 0 && text[at] != separator)) return false;
    separator = text[at++];
    if (std::string_view("-/. ").find(separator) == std::string_view::npos) return false;
  }
  if (groups < 3 || digits < (has_name ? 3u : 4u) || (separator == ' ' && !has_name)) return false;
  return at == text.size() || text[at] == ' ' || text[at] == 'T';
}

}  // namespace xgrad::inline XGRAD_PRECISION::detail
