#include <xgrad/tables/target.hpp>

#include <algorithm>
#include <cmath>
#include <set>

#include <xgrad/tables/detail/listed.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

constexpr std::size_t most_classes = 1000;

}  // namespace

Target Target::classes(std::string column) {
  Target target(std::move(column));
  target.kind_ = "classes";
  return target;
}

Target Target::numbers(std::string column, bool normalized) {
  Target target(std::move(column));
  target.kind_ = "numbers";
  target.normalized_ = normalized;
  return target;
}

bool Target::has_classes() const {
  require<ValueError>(is_adapted(), "Target: ", column_, " was not measured; call adapt() first");
  return *is_classes_;
}

void Target::adapt(const Table& train) {
  bool given = false;
  adapt([&](Table& piece) {
    if (!given) piece = train;
    return given = !given;
  });
}

void Target::adapt(const std::function<bool(Table&)>& pieces) {
  struct Less {  // numbers in their order, texts by their bytes
    bool operator()(const std::pair<double, std::string>& a, const std::pair<double, std::string>& b) const {
      return a.first != b.first ? a.first < b.first : a.second < b.second;
    }
  };
  std::set<std::pair<double, std::string>, Less> found;
  std::optional<bool> is_classes;
  double mean = 0, squares = 0;
  std::size_t n = 0;
  Table piece;
  while (pieces(piece)) {
    const Column& column = piece.column(column_);
    if (!is_classes) is_classes = kind_.empty() ? column.is_text() || !column.words()[0].empty() : kind_ == "classes";
    require<ValueError>(*is_classes || !column.is_text(), "Target: ", column_, " holds texts; Target::classes() fits");
    for (std::size_t row = 0; row < column.size(); ++row) {
      const auto refuse = [&](const auto&... what) {
        require<ValueError>(false, "Target: ", column_, ", row ", n, ": ", what...);
      };
      if (column.is_missing(row)) refuse("the value is missing; leave out such rows by Table's filter()");
      const double x = column.is_text() ? 0 : column.number(row);
      if (!std::isfinite(x)) refuse("the value is ", x, "; it takes finite numbers");
      const double from_mean = x - mean;
      mean += from_mean / static_cast<double>(++n);
      squares += from_mean * (x - mean);
      if (!*is_classes) continue;
      found.emplace(x, column.written(row));
      require<ValueError>(found.size() <= most_classes, "Target: ", column_, " has more than ", most_classes,
                          " classes", column.is_text() ? "" : "; Target::numbers() fits numbers");
    }
  }
  require<ValueError>(n > 0, "Target: adapt() is given a table without rows");
  require<ValueError>(!*is_classes || found.size() > 1, "Target: ", column_, " is \"",
                      found.empty() ? "" : found.begin()->second, "\" in all rows; it takes 2 classes or more");
  is_classes_ = is_classes;
  names_.clear();
  for (const auto& [number, name] : found) names_.push_back(name);
  const bool scales = normalized_ && !*is_classes;
  mean_ = scales ? mean : 0;
  deviation_ = scales && squares > 0 ? std::sqrt(squares / static_cast<double>(n)) : 1;
  check();
}

Tensor Target::operator()(const Table& table) const {
  const bool classes = has_classes();
  const Column& column = table.column(column_);
  require<ValueError>(classes || !column.is_text() || column.missing() == column.size(), "Target: ", column_,
                      " holds texts; in the training table it held numbers");
  Tensor y = zeros({table.size()});
  std::vector<std::pair<std::string_view, std::size_t>> labels;
  for (std::size_t k = 0; k < names_.size(); ++k) labels.emplace_back(names_[k], k);
  std::sort(labels.begin(), labels.end());
  for (std::size_t row = 0; row < table.size(); ++row) {
    const auto needs = [&](bool condition, const auto&... what) {
      require<ValueError>(condition, "Target: ", column_, ", row ", row, ": ", what...);
    };
    needs(!column.is_missing(row), "the value is missing; leave out such rows by Table's filter()");
    if (!classes) {
      y(row) = static_cast<Real>((column.number(row) - mean_) / deviation_);
      needs(std::isfinite(y(row)), "the value is ", column.number(row), "; it takes finite numbers");
      continue;
    }
    const std::string name = column.written(row);
    const auto found =
        std::lower_bound(labels.begin(), labels.end(), std::pair<std::string_view, std::size_t>(name, 0));
    needs(found != labels.end() && found->first == name, "the training table has no class \"", name.substr(0, 60),
          "\"; its classes are ", listed(names_));
    y(row) = static_cast<Real>(found->second);
  }
  return y;
}

Table Target::read(const Tensor& outputs) const {
  const bool classes = has_classes();
  const std::size_t wanted = classes ? names_.size() : 1;
  require(outputs.dimension() == 2 && (outputs.shape(1) == wanted || (wanted == 2 && outputs.shape(1) == 1)),
          "Target: the network's outputs have shape ", outputs.shape(), "; ", column_, " takes (n, ", wanted, ")",
          wanted == 2 ? " or (n, 1)" : "");
  const std::size_t rows = outputs.shape(0), width = outputs.shape(1);
  std::vector<std::vector<double>> columns(wanted, std::vector<double>(rows));
  for (std::size_t row = 0; row < rows; ++row) {
    double sum = 0;
    for (std::size_t k = 0; k < width; ++k) {
      const double output = outputs(row, k);
      require<ValueError>(std::isfinite(output), "Target: row ", row, " of the network's outputs has ", output);
      require<ValueError>(!classes || (output >= 0 && output <= 1), "Target: row ", row,
                          " of the network's outputs has ", output,
                          ", which is no probability; it takes a network that ends in softmax or sigmoid");
      columns[k][row] = classes ? output : output * deviation_ + mean_;
      sum += output;
    }
    if (classes && width < wanted) {
      columns[1][row] = columns[0][row];
      columns[0][row] = 1 - columns[1][row];
    } else {
      require<ValueError>(!classes || std::abs(sum - 1) < 1e-3, "Target: row ", row,
                          " of the network's outputs sums to ", sum,
                          ", where probabilities sum to 1; it takes a network that ends in softmax");
    }
  }
  Table table;
  for (std::size_t k = 0; k < wanted; ++k) table.add(classes ? names_[k] : column_, Column(std::move(columns[k])));
  return table;
}

std::vector<std::string> Target::most_probable(const Table& probabilities) const {
  require<ValueError>(has_classes(), "Target: ", column_, " holds numbers, not classes");
  std::vector<std::string> result;
  for (std::size_t row = 0; row < probabilities.size(); ++row) {
    std::size_t best = 0;
    for (std::size_t k = 1; k < names_.size(); ++k)
      if (probabilities.column(names_[k]).number(row) > probabilities.column(names_[best]).number(row)) best = k;
    result.push_back(names_[best]);
  }
  return result;
}

void Target::fields(Fields& f) {
  std::string measured = !is_adapted() ? "" : *is_classes_ ? "classes" : "numbers";
  f.needed("column", column_)("kind", kind_)("normalized", normalized_)("measured", measured)("classes", names_);
  f("mean", mean_)("deviation", deviation_);
  if (f.purpose() != Fields::reading) return;
  is_classes_ = measured.empty() ? std::nullopt : std::optional(measured == "classes");
}

void Target::check() const {
  require<ValueError>(kind_.empty() || kind_ == "classes" || kind_ == "numbers", "Target: its kind is \"", kind_,
                      "\"; it takes \"classes\" or \"numbers\"");
  require<ValueError>(std::isfinite(mean_) && std::isfinite(deviation_) && deviation_ > 0, "Target: the deviation is ",
                      deviation_, " and the mean ", mean_);
  if (!is_adapted()) return;
  require<ValueError>(*is_classes_ ? names_.size() > 1 && names_.size() <= most_classes : names_.empty(),
                      "Target: ", column_, " has ", names_.size(), " classes; it takes 2 to ", most_classes);
  std::vector<std::string> sorted = names_;
  std::sort(sorted.begin(), sorted.end());
  require<ValueError>(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(),
                      "Target: two classes have one name");
}

}  // namespace xgrad::inline XGRAD_PRECISION
