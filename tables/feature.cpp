#include <algorithm>
#include <array>
#include <cmath>

#include <xgrad/tables/feature.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

constexpr std::array kinds{"float_normalized",   "float_rescaled", "float_discretized", "integer_categorical",
                           "string_categorical", "integer_hashed", "string_hashed"};
constexpr std::array without_arguments{"float_normalized", "float_rescaled", "integer_categorical",
                                       "string_categorical"};
constexpr std::size_t most_indices = 1'000'000;

template <class Names>
bool has(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Feature::Feature(const std::string& name) : kind(name) {
  require<ValueError>(has(without_arguments, name), "Feature: there is no \"", name,
                      "\"; the names are float_normalized, float_rescaled, integer_categorical and "
                      "string_categorical, and others are functions of FeatureSpace");
  if (!is_float()) output_mode = "one_hot";
}

std::size_t Feature::indices() const {
  if (is_float()) return 0;
  if (kind == "float_discretized") return boundaries.size() + 1;
  return is_hashed() ? bins : vocabulary.size() + num_oov_indices;
}

void Feature::fields(Fields& f) {
  f.needed("kind", kind)("output_mode", output_mode)("missing", missing);
  if (f.purpose() == Fields::reading || kind == "float_rescaled") f("scale", scale)("offset", offset);
  if (f.purpose() == Fields::reading || kind == "float_normalized") f("mean", mean)("deviation", deviation);
  if (f.purpose() == Fields::reading || is_hashed() || kind == "float_discretized") f("bins", bins);
  if (f.purpose() == Fields::reading || kind == "float_discretized")
    f("has_boundaries", has_boundaries)("boundaries", boundaries);
  if (f.purpose() == Fields::reading || is_categorical())
    f("max_tokens", max_tokens)("num_oov_indices", num_oov_indices)("vocabulary", vocabulary);
}

void Feature::check() const {
  const auto needs = [&](bool condition, const auto&... what) {
    require<ValueError>(condition, "FeatureSpace: ", kind, ": ", what...);
  };
  needs(has(kinds, kind), "there is no such feature");
  needs(is_float() ? output_mode == "float" : output_mode == "one_hot" || output_mode == "int", "output_mode is \"",
        output_mode, is_float() ? "\"; it takes \"float\"" : "\"; it takes \"one_hot\" or \"int\"");
  const std::string& how = missing.how;
  const bool takes_mean = is_float() || kind == "float_discretized";
  needs(how.empty() || how == "value" ||
            (takes_mean ? how == "mean" || how == "median" : is_categorical() && how == "most_frequent"),
        "missing values cannot be filled by \"", how,
        takes_mean         ? "\"; they can by mean, median or a value"
        : is_categorical() ? "\"; they can by most_frequent or a value"
                           : "\"; they can by a value");
  needs(std::isfinite(missing.number), "missing values are filled with ", missing.number,
        "; that takes a finite number");
  needs(how != "value" || is_integer() || takes_mean || missing.number == 0,
        "missing values are filled with the number ", missing.number, "; that takes a text");
  needs(how != "value" || !(is_integer() || takes_mean) || missing.text.empty(),
        "missing values are filled with the text \"", missing.text, "\"; that takes a number");
  needs(how != "value" || !is_integer() || missing.number == std::trunc(missing.number),
        "missing values are filled with ", missing.number, "; that takes a whole number");
  needs(std::isfinite(scale) && std::isfinite(offset), "scale is ", scale, " and offset ", offset,
        "; both take finite numbers");
  needs(std::isfinite(mean) && std::isfinite(deviation) && deviation > 0, "the deviation is ", deviation,
        " and the mean ", mean);
  if (is_hashed() || (kind == "float_discretized" && !has_boundaries))
    needs(bins > 0 && bins <= most_indices, "num_bins is ", bins, "; it takes 1 to ", most_indices);
  for (std::size_t k = 0; k < boundaries.size(); ++k)
    needs(std::isfinite(boundaries[k]) && (k == 0 || boundaries[k - 1] <= boundaries[k]), "boundary ", k, " is ",
          boundaries[k], k ? " after " + shortest(boundaries[k - 1]) : "", "; boundaries are finite and rise");
  if (is_categorical()) {
    needs(num_oov_indices <= most_indices, "num_oov_indices is ", num_oov_indices, "; it takes up to ", most_indices);
    needs(max_tokens == 0 || max_tokens > num_oov_indices, "max_tokens is ", max_tokens,
          "; it takes 0 or more than the ", num_oov_indices, " of num_oov_indices");
    std::vector<std::string> sorted = vocabulary;
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    needs(twice == sorted.end(), "the category ", twice == sorted.end() ? "" : *twice, " is there twice");
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION
