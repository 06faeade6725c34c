#include <xgrad/tables/table.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_set>

#include <xgrad/core/error.hpp>
#include <xgrad/data/file.hpp>
#include <xgrad/tables/detail/listed.hpp>

namespace xgrad::inline XGRAD_PRECISION {

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 20;
  std::string all;
  for (std::size_t k = 0; k < std::min(names.size(), most); ++k) all += (k == 0 ? "" : ", ") + excerpt(names[k]);
  return names.size() > most ? text(all, " and ", names.size() - most, " more") : all;
}

Table::Table(std::vector<std::pair<std::string, Column>> columns) {
  std::unordered_set<std::string_view> seen;
  for (auto& [name, column] : columns) {
    require<ValueError>(seen.insert(name).second, "Table: two columns are named ", excerpt(name));
    require<ValueError>(columns_.empty() || column.size() == rows_, "Table: column ", excerpt(name), " has ",
                        column.size(), " rows, the columns before it ", rows_);
    rows_ = column.size();
    names_.push_back(name);
    columns_.push_back(std::make_shared<const Column>(std::move(column)));
  }
}

Table::Table(const Tensor& x, const Names& names) {
  require<ShapeError>(x.dimension() == 2 && x.shape()[1] == names.size(), "Table: ", names.size(),
                      " names for a tensor ", x.shape(), "; they fit (n, ", names.size(), ")");
  const std::size_t n = x.shape()[0], k = names.size();
  std::vector<std::pair<std::string, Column>> columns;
  for (std::size_t c = 0; c < k; ++c) {
    std::vector<double> numbers(n);
    for (std::size_t row = 0; row < n; ++row) numbers[row] = static_cast<double>(x.data()[row * k + c]);
    columns.emplace_back(names[c], Column(std::move(numbers)));
  }
  *this = Table(std::move(columns));
  rows_ = n;
}

std::size_t Table::find(std::string_view name) const {
  return static_cast<std::size_t>(std::find(names_.begin(), names_.end(), name) - names_.begin());
}

std::size_t Table::index(std::string_view name, const char* who) const {
  const std::size_t k = find(name);
  require<ValueError>(k < names_.size(), who, ": there is no column ", excerpt(name), "; there are ", listed(names_));
  return k;
}

bool Table::has(std::string_view name) const { return find(name) < names_.size(); }

const Column& Table::column(std::string_view name) const { return *columns_[index(name, "column")]; }

void Table::add(const std::string& name, Column column) {
  require<ValueError>(columns_.empty() || column.size() == rows_, "add: column ", excerpt(name), " has ", column.size(),
                      " rows; the table has ", rows_);
  rows_ = column.size();
  const std::size_t k = find(name);
  auto shared = std::make_shared<const Column>(std::move(column));
  if (k < names_.size()) {
    columns_[k] = std::move(shared);
  } else {
    names_.push_back(name);
    columns_.push_back(std::move(shared));
  }
}

Table Table::drop(const Names& names) const {
  std::vector<bool> dropped(names_.size());
  for (const std::string& name : names) dropped[index(name, "drop")] = true;
  Table out;
  for (std::size_t k = 0; k < names_.size(); ++k) {
    if (dropped[k]) continue;
    out.names_.push_back(names_[k]);
    out.columns_.push_back(columns_[k]);
  }
  out.rows_ = rows_;
  return out;
}

Table Table::keep(const Names& names) const {
  Table out;
  for (const std::string& name : names) {
    const std::size_t k = index(name, "keep");
    require<ValueError>(!out.has(name), "keep: column ", excerpt(name), " is given twice");
    out.names_.push_back(name);
    out.columns_.push_back(columns_[k]);
  }
  out.rows_ = rows_;
  return out;
}

Table Table::rename(const std::vector<std::pair<std::string, std::string>>& names) const {
  Table out = *this;
  for (const auto& [from, to] : names) out.names_[index(from, "rename")] = to;
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : out.names_)
    require<ValueError>(seen.insert(name).second, "rename: two columns would be named ", excerpt(name));
  return out;
}

Table Table::rows(std::size_t begin, std::size_t end) const {
  require<ValueError>(begin <= end && end <= rows_, "rows: there are no rows ", begin, " to ", end, "; the table has ",
                      rows_);
  std::vector<std::size_t> taken(end - begin);
  std::iota(taken.begin(), taken.end(), begin);
  return take(taken);
}

Table Table::take(const std::vector<std::size_t>& rows) const {
  for (const std::size_t row : rows)
    require<ValueError>(row < rows_, "take: there is no row ", row, "; the table has ", rows_);
  Table out;
  out.names_ = names_;
  out.rows_ = rows.size();
  for (const auto& column : columns_) out.columns_.push_back(std::make_shared<const Column>(column->take(rows)));
  return out;
}

Table Table::filter(const std::function<bool(std::size_t row)>& f) const {
  std::vector<std::size_t> taken;
  for (std::size_t row = 0; row < rows_; ++row)
    if (f(row)) taken.push_back(row);
  return take(taken);
}

Table Table::head(std::size_t n) const { return rows(0, std::min(n, rows_)); }

Table Table::sort(const std::string& name, bool ascending) const {
  const Column& by = *columns_[index(name, "sort")];
  std::vector<std::size_t> order(rows_);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto missing = std::stable_partition(order.begin(), order.end(), [&](auto row) { return !by.is_missing(row); });
  std::stable_sort(order.begin(), missing, [&](std::size_t a, std::size_t b) {
    if (!ascending) std::swap(a, b);
    return by.is_text() ? by.text(a) < by.text(b) : by.number(a) < by.number(b);
  });
  return take(order);
}

Table Table::describe() const {
  Names kinds;
  std::vector<double> counts, missing, distinct, means, stds, mins, maxs;
  for (const auto& column : columns_) {
    const ColumnSummary s = column->summary();
    kinds.push_back(column->is_text() ? "text" : "number");
    counts.push_back(static_cast<double>(s.count));
    missing.push_back(static_cast<double>(s.missing));
    distinct.push_back(static_cast<double>(s.distinct));
    means.push_back(s.mean);
    stds.push_back(s.std);
    mins.push_back(s.min);
    maxs.push_back(s.max);
  }
  Table out;
  out.add("column", Column(names_));
  out.add("kind", Column(kinds));
  out.add("count", Column(counts));
  out.add("missing", Column(missing));
  out.add("distinct", Column(distinct));
  out.add("mean", Column(means));
  out.add("std", Column(stds));
  out.add("min", Column(mins));
  out.add("max", Column(maxs));
  return out;
}

Tensor Table::to_tensor(const Names& names) const {
  const Names& taken = names.empty() ? names_ : names;
  Tensor x = zeros({rows_, taken.size()});
  for (std::size_t c = 0; c < taken.size(); ++c) {
    const Column& column = *columns_[index(taken[c], "to_tensor")];
    const auto refuse_unless = [&](bool condition, const auto&... what) {
      require<ValueError>(condition, "to_tensor: column ", excerpt(taken[c]), what...);
    };
    refuse_unless(!column.is_text(), " holds texts; name columns of numbers, or drop it");
    const std::size_t missing = column.missing();
    refuse_unless(missing == 0, ": ", missing, " of ", rows_, " values are missing; fill or filter them, or drop it");
    for (std::size_t row = 0; row < rows_; ++row) {
      const Real value = static_cast<Real>(column.numbers()[row]);
      if (!std::isfinite(value))
        refuse_unless(false, ": ", shortest(column.numbers()[row]), " in row ", row, " is not finite in Real");
      x.data()[row * taken.size() + c] = value;
    }
  }
  return x;
}

std::size_t Table::bytes() const {
  std::size_t sum = 0;
  for (const auto& column : columns_) sum += column->bytes();
  return sum;
}

}  // namespace xgrad::inline XGRAD_PRECISION
