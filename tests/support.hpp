#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <string>
#include <vector>

#include <xgrad/core/error.hpp>
#include <xgrad/core/tensor.hpp>

namespace xgrad {

/// One of two tolerances: for the float library, and for its double twin.
inline double either(double in_float, double in_double) { return sizeof(Real) == sizeof(float) ? in_float : in_double; }

/// What an Error of type E says that f throws; "nothing" if it does not throw.
template <class E = Error, class F>
std::string thrown_by(F f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing";
}

/// The names in one of the library's tables, such as activations().
template <class Table>
std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const auto& row : table) names.emplace_back(row.first);
  return names;
}

/// These names as the message has them that refuses another.
template <class Table>
std::string listed(const Table& table) {
  std::string names;
  for (const std::string& name : names_of(table)) names += (names.empty() ? "" : ", ") + name;
  return names;
}

inline void check_close(const Tensor& actual, const Tensor& expected, double tolerance) {
  REQUIRE(actual.shape() == expected.shape());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    CAPTURE(i);
    const double a = actual.data()[i], e = expected.data()[i];
    CAPTURE(a);
    CAPTURE(e);
    CHECK(std::abs(a - e) <= tolerance * std::fmax(1, std::abs(e)));
  }
}

}  // namespace xgrad
