#include <xgrad/tables/feature_space.hpp>

#include <algorithm>
#include <cmath>

#include <xgrad/tables/detail/encoding.hpp>
#include <xgrad/tables/detail/measuring.hpp>

namespace xgrad::inline XGRAD_PRECISION {

std::string Cross::name() const {
  std::string all;
  for (const std::string& each : names) all += (all.empty() ? "" : "_X_") + each;
  return all;
}

FeatureSpace::FeatureSpace(Features features, FeatureSpaceOptions options)
    : features_(std::move(features)), options_(std::move(options)) {
  std::sort(features_.begin(), features_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::sort(options_.crosses.begin(), options_.crosses.end(),
            [](const Cross& a, const Cross& b) { return a.name() < b.name(); });
  check();
}

namespace {

Feature made(const char* kind, const std::string& output_mode, Fill missing) {
  Feature feature;
  feature.kind = kind;
  feature.output_mode = output_mode;
  feature.missing = std::move(missing);
  return feature;
}

Feature categorical(const char* kind, CategoricalOptions options) {
  Feature feature = made(kind, options.output_mode, std::move(options.missing));
  feature.max_tokens = options.max_tokens;
  feature.num_oov_indices = options.num_oov_indices;
  return feature;
}

}  // namespace

Feature FeatureSpace::float_normalized(Fill missing) { return made("float_normalized", "float", std::move(missing)); }
Feature FeatureSpace::float_rescaled(double scale, double offset, Fill missing) {
  Feature feature = made("float_rescaled", "float", std::move(missing));
  feature.scale = scale;
  feature.offset = offset;
  return feature;
}
Feature FeatureSpace::float_discretized(std::size_t num_bins, const std::string& output_mode, Fill missing) {
  Feature feature = made("float_discretized", output_mode, std::move(missing));
  feature.bins = num_bins;
  return feature;
}
Feature FeatureSpace::float_discretized(std::vector<double> bin_boundaries, const std::string& output_mode,
                                        Fill missing) {
  Feature feature = made("float_discretized", output_mode, std::move(missing));
  feature.has_boundaries = true;
  feature.boundaries = std::move(bin_boundaries);
  return feature;
}
Feature FeatureSpace::integer_categorical(CategoricalOptions options) {
  return categorical("integer_categorical", std::move(options));
}
Feature FeatureSpace::string_categorical(CategoricalOptions options) {
  return categorical("string_categorical", std::move(options));
}
Feature FeatureSpace::integer_hashed(std::size_t num_bins, const std::string& output_mode, Fill missing) {
  Feature feature = made("integer_hashed", output_mode, std::move(missing));
  feature.bins = num_bins;
  return feature;
}
Feature FeatureSpace::string_hashed(std::size_t num_bins, const std::string& output_mode, Fill missing) {
  Feature feature = made("string_hashed", output_mode, std::move(missing));
  feature.bins = num_bins;
  return feature;
}
Cross FeatureSpace::cross(std::vector<std::string> feature_names, std::size_t crossing_dim,
                          const std::string& output_mode) {
  return {std::move(feature_names), crossing_dim, output_mode};
}

void FeatureSpace::check() const {
  const auto& crosses = options_.crosses;
  const std::string& output_mode = options_.output_mode;
  const bool int_columns = options_.int_columns;
  require<ValueError>(output_mode == "concat" || output_mode == "dict", "FeatureSpace: output_mode is \"", output_mode,
                      "\"; it takes \"concat\" or \"dict\"");
  const auto in_one_tensor = [&](const std::string& name, const std::string& mode) {
    require<ValueError>(mode != "int" || output_mode == "dict" || int_columns, "FeatureSpace: ", name,
                        " gives indices, which are no numbers to compute with; one_hot, output_mode \"dict\" or "
                        "int_columns fit");
  };
  for (std::size_t k = 0; k < features_.size(); ++k) {
    const auto& [name, feature] = features_[k];
    require<ValueError>(k == 0 || features_[k - 1].first != name, "FeatureSpace: the feature ", name,
                        " is there twice");
    try {
      feature.check();
    } catch (const ValueError& error) {
      throw ValueError(text(error.what(), " (of ", name, ")"));
    }
    in_one_tensor(name, feature.output_mode);
  }
  for (const Cross& cross : crosses) {
    require<ValueError>(cross.names.size() > 1, "FeatureSpace: a cross of ", cross.names.size(),
                        " features; it takes 2 or more");
    require<ValueError>(cross.crossing_dim > 0 && cross.crossing_dim <= 1'000'000, "FeatureSpace: ", cross.name(),
                        ": crossing_dim is ", cross.crossing_dim, "; it takes 1 to 1000000");
    require<ValueError>(cross.output_mode == "one_hot" || cross.output_mode == "int", "FeatureSpace: ", cross.name(),
                        ": output_mode is \"", cross.output_mode, "\"; it takes \"one_hot\" or \"int\"");
    in_one_tensor(cross.name(), cross.output_mode);
    for (const std::string& name : cross.names) {
      const auto found = std::find_if(features_.begin(), features_.end(), [&](auto& f) { return f.first == name; });
      require<ValueError>(found != features_.end() && !found->second.is_float(), "FeatureSpace: ", cross.name(), ": ",
                          name, found == features_.end() ? " is no feature" : " has no indices to cross",
                          "; it takes features that are categorical, hashed or discretized");
    }
  }
}

void FeatureSpace::adapt(const Table& train) {
  bool given = false;
  adapt([&](Table& piece) {
    if (!given) piece = train;
    return given = !given;
  });
}

void FeatureSpace::adapt(const TablePieces& pieces) {
  Features measured = features_;
  std::vector<detail::Measuring> all;
  for (const auto& [name, feature] : features_) all.emplace_back(name, feature);
  Table piece;
  std::size_t rows = 0;
  while (pieces(piece)) {
    rows += piece.size();
    for (std::size_t k = 0; k < all.size(); ++k) all[k].look(piece.column(features_[k].first));
  }
  require<ValueError>(rows > 0, "FeatureSpace: adapt() is given a table without rows");
  for (std::size_t k = 0; k < all.size(); ++k) all[k].write(measured[k].second);
  features_ = std::move(measured);
  is_adapted_ = true;
}

void FeatureSpace::require_adapted(const char* who) const {
  require<ValueError>(is_adapted_, "FeatureSpace: ", who,
                      " before the training table was measured; call adapt() first");
}

std::vector<FeatureSpace::Place> FeatureSpace::places() const {
  std::vector<Place> all;
  for (const auto& [name, f] : features_) all.push_back({name, f.width(), f.output_mode == "one_hot"});
  for (const Cross& c : options_.crosses) {
    const bool one_hot = c.output_mode == "one_hot";
    all.push_back({c.name(), one_hot ? c.crossing_dim : 1, one_hot});
  }
  return all;
}

std::size_t FeatureSpace::width() const {
  require_adapted("width()");
  std::size_t sum = 0;
  for (const Place& place : places()) sum += place.width;
  return sum;
}

std::vector<std::string> FeatureSpace::names() const {
  require_adapted("names()");
  std::vector<std::string> all;
  for (const auto& [name, f] : features_) {
    for (std::size_t k = 0; k < f.width(); ++k) {
      if (f.output_mode != "one_hot")
        all.push_back(name);
      else if (f.is_categorical() && k < f.num_oov_indices)
        all.push_back(name + "=?");
      else if (f.is_categorical())
        all.push_back(name + "=" + f.vocabulary[k - f.num_oov_indices]);
      else if (f.is_hashed())
        all.push_back(text(name, "=", k));
      else if (k < f.boundaries.size())
        all.push_back(name + "<" + shortest(f.boundaries[k]));
      else
        all.push_back(f.boundaries.empty() ? name : name + ">=" + shortest(f.boundaries[k - 1]));
    }
  }
  for (const Cross& c : options_.crosses)
    for (std::size_t k = 0; k < (c.output_mode == "one_hot" ? c.crossing_dim : 1); ++k)
      all.push_back(c.output_mode == "one_hot" ? text(c.name(), "=", k) : c.name());
  return all;
}

std::vector<std::vector<double>> FeatureSpace::encode(const Table& table, const char* who) const {
  require_adapted(who);
  std::vector<std::vector<double>> values;
  for (const auto& [name, feature] : features_) values.push_back(detail::encode(name, feature, table.column(name)));
  for (const Cross& cross : options_.crosses) {
    std::vector<const std::vector<double>*> inputs;
    for (const std::string& name : cross.names) {
      const auto found = std::find_if(features_.begin(), features_.end(), [&](auto& f) { return f.first == name; });
      inputs.push_back(&values[static_cast<std::size_t>(found - features_.begin())]);
    }
    values.push_back(detail::crossed(inputs, cross.crossing_dim));
  }
  return values;
}

namespace {

// Writes the numbers or one-hot indices of a feature into the columns of x from `begin` on; all else there is 0.
void place(const std::vector<double>& values, bool one_hot, const std::string& name, std::size_t begin, Tensor& x) {
  const std::size_t width = x.shape(1);
  for (std::size_t row = 0; row < values.size(); ++row) {
    Real* const to = x.data() + row * width + begin;
    if (one_hot) {
      to[static_cast<std::size_t>(values[row])] = 1;
    } else {
      to[0] = static_cast<Real>(values[row]);
      require<ValueError>(std::isfinite(to[0]), "FeatureSpace: ", name, ", row ", row, ": ", values[row],
                          " is beyond what a network's numbers hold");
    }
  }
}

}  // namespace

Tensor FeatureSpace::operator()(const Table& table) const {
  require<ValueError>(options_.output_mode == "concat",
                      "FeatureSpace: output_mode is \"dict\", so that features are not one tensor; call dict()");
  const auto values = encode(table, "it was called");
  const std::vector<Place> all = places();
  Tensor x = zeros({table.size(), width()});
  std::size_t begin = 0;
  for (std::size_t k = 0; k < all.size(); begin += all[k++].width)
    place(values[k], all[k].one_hot, all[k].name, begin, x);
  return x;
}

std::map<std::string, Tensor> FeatureSpace::dict(const Table& table) const {
  const auto values = encode(table, "dict()");
  const std::vector<Place> all = places();
  std::map<std::string, Tensor> result;
  for (std::size_t k = 0; k < all.size(); ++k) {
    Tensor x = zeros({table.size(), all[k].width});
    place(values[k], all[k].one_hot, all[k].name, 0, x);
    result.emplace(all[k].name, std::move(x));
  }
  return result;
}

void FeatureSpace::fields(Fields& f) {
  struct List {  // features by number, for their names may have a "/"
    Features& all;
    void fields(Fields& f) {
      std::size_t size = all.size();
      f.needed("size", size);
      require<ValueError>(size <= 100'000, "there are ", size, " features; a file has up to 100000");
      all.resize(size);
      struct Named {
        std::pair<std::string, Feature>& it;
        void fields(Fields& f) {
          f.needed("name", it.first);
          it.second.fields(f);
        }
      };
      for (std::size_t k = 0; k < size; ++k) {
        Named named{all[k]};
        f(std::to_string(k), named);
      }
    }
  } list{features_};
  f("features", list)("crosses", options_.crosses)("output_mode", options_.output_mode);
  f("int_columns", options_.int_columns).needed("is_adapted", is_adapted_);
}

}  // namespace xgrad::inline XGRAD_PRECISION
