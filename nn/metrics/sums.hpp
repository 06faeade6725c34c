#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// One walk over the sums that a metric keeps, by which processes that have each seen a part of the data add them up.
/// A metric shows them by one function, void sums(Sums& f) { f(total)(count); }: doubles, structs of doubles, and
/// vectors of these.
class Sums {
 public:
  /// A walk that writes the sums down.
  Sums() = default;

  /// A walk that adds what another one wrote down. The numbers outlive it.
  explicit Sums(std::span<const double> others) : others_(others), adds_(true) {}

  template <class T>
  Sums& operator()(T& sums) {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) % sizeof(double) == 0, "sums are doubles");
    double each[sizeof(T) / sizeof(double)];
    std::memcpy(each, &sums, sizeof(T));
    for (double& number : each) add(number);
    std::memcpy(&sums, each, sizeof(T));
    return *this;
  }

  /// A list, which is empty where there was no batch. Throws ShapeError for lists of two lengths.
  template <class T>
  Sums& operator()(std::vector<T>& sums) {
    auto size = static_cast<double>(sums.size());
    if (!adds_) numbers_.push_back(size);
    const std::size_t n = adds_ ? static_cast<std::size_t>(next()) : sums.size();
    if (sums.empty()) sums.resize(n);
    require(n == 0 || n == sums.size(), "metrics: ", n, " sums on one rank and ", sums.size(), " on another");
    for (std::size_t k = 0; k < n; ++k) (*this)(sums[k]);
    return *this;
  }

  bool adds() const { return adds_; }                              ///< whether it adds, and writes nothing down
  const std::vector<double>& numbers() const { return numbers_; }  ///< what was written down

  /// The next number that another walk wrote down. Throws ShapeError if there is none.
  double next() {
    require(!others_.empty(), "metrics: there are fewer sums than on another rank");
    const double number = others_.front();
    others_ = others_.subspan(1);
    return number;
  }

 private:
  void add(double& number) {
    if (adds_)
      number += next();
    else
      numbers_.push_back(number);
  }

  std::span<const double> others_;
  bool adds_ = false;
  std::vector<double> numbers_;
};

}  // namespace xgrad::inline XGRAD_PRECISION
