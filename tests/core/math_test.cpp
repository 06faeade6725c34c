#include <xgrad/core/kernels/math.hpp>
#include <xgrad/core/random.hpp>

#include <limits>

#include "support.hpp"

using namespace xgrad;

TEST_CASE("exponential is within two units in the last place") {
  const double unit = std::numeric_limits<Real>::epsilon();
  for (double x = -87; x < 88.7; x += 0.0137) {
    const Real rounded = static_cast<Real>(x);
    const double expected = std::exp(double{rounded});
    CAPTURE(x);
    CHECK(std::abs(exponential(rounded) - expected) <= 2 * unit * expected);
  }
}

TEST_CASE("exponential at the ends of its range") {
  constexpr Real infinity = std::numeric_limits<Real>::infinity();
  CHECK(exponential(Real{0}) == 1);
  CHECK(exponential(infinity) == infinity);
  CHECK(exponential(Real{1000}) == infinity);
  CHECK(exponential(-infinity) == 0);
  CHECK(exponential(Real{-1000}) == 0);
  CHECK(std::isnan(exponential(std::numeric_limits<Real>::quiet_NaN())));
}

TEST_CASE("sum_to undoes each way of broadcasting") {
  const Tensor x{{1, 2, 3}, {4, 5, 6}};
  Tensor rows(Shape{3}), columns(Shape{2, 1}), all(Shape{}), same(Shape{2, 3});
  sum_to(rows, x);
  sum_to(columns, x);
  sum_to(all, x);
  sum_to(same, x);
  check_close(rows, {5, 7, 9}, 0);
  CHECK(columns(0, 0) == 6);
  CHECK(columns(1, 0) == 15);
  CHECK(*all.data() == 21);
  check_close(same, x, 0);
}

TEST_CASE("sum_to adds up rows of any length") {
  for (const std::size_t n : {7, 8, 9, 10, 16, 23, 63, 64, 65})
    for (const std::size_t rows : {0, 1, 3}) {
      Tensor x(Shape{rows, n}), y = filled({n}, -1), expected(Shape{n});
      for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < n; ++j) x(i, j) = static_cast<Real>(100 * i + j);
      for (std::size_t j = 0; j < n; ++j) expected(j) = static_cast<Real>(50 * rows * (rows - 1) + rows * j);
      sum_to(y, x);
      check_close(y, expected, 0);
    }
}

TEST_CASE("sum_to sums axes that are not neighbours") {
  const Tensor x{{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}}, {{12, 13, 14, 15}, {16, 17, 18, 19}, {20, 21, 22, 23}}};
  Tensor y(Shape{1, 3, 1});
  sum_to(y, x);
  // 0+1+2+3 + 12+13+14+15, and 4 * 8 more for each of the next
  CHECK(y.shape() == Shape{1, 3, 1});
  CHECK(y(0, 0, 0) == 60);
  CHECK(y(0, 1, 0) == 92);
  CHECK(y(0, 2, 0) == 124);
}

TEST_CASE("the sum of nothing is 0") {
  Tensor y = filled({3}, 9);
  sum_to(y, zeros({0, 3}));
  check_close(y, {0, 0, 0}, 0);
}

TEST_CASE("forty million ones add up in float, where a float accumulator stops at 16,777,216") {
  Tensor total(Shape{}), pair(Shape{2});
  sum_to(total, ones({40'000'000}));
  CHECK(*total.data() == 40'000'000);
  sum_to(pair, ones({20'000'000, 2}));
  CHECK(pair(1) == 20'000'000);
}

TEST_CASE("softmax by hand") {
  Tensor y(Shape{2, 3});
  softmax(y, {{0, 0, 0}, {std::log(Real{1}), std::log(Real{2}), std::log(Real{5})}});
  check_close(y, {{1 / Real{3}, 1 / Real{3}, 1 / Real{3}}, {0.125, 0.25, 0.625}}, 1e-6);
}

TEST_CASE("softmax and its logarithm are finite for logits of 10,000") {
  Tensor y(Shape{1, 3});
  const Tensor x{{10000, -10000, 9999}};
  softmax(y, x);
  check_close(y, {{Real(0.731058578630), 0, Real(0.268941421370)}}, 1e-6);
  softmax(y, {{-10000, 9999, 10000}});
  check_close(y, {{0, Real(0.268941421370), Real(0.731058578630)}}, 1e-6);
  log_softmax(y, x);
  check_close(y, {{Real(-0.313261687518), Real(-20000.313261687518), Real(-1.313261687518)}}, 1e-6);
}

TEST_CASE("broadcast_to stretches") {
  Tensor y(Shape{2, 2, 3});
  broadcast_to(y, {{1, 2, 3}});
  CHECK(y(1, 1, 2) == 3);
  CHECK(y(0, 1, 0) == 1);
}

TEST_CASE("the largest of numbers is NaN beside NaN, and minus infinity where there is nothing else") {
  const Real infinity = std::numeric_limits<Real>::infinity();
  const auto largest = [](const Tensor& x) {
    Tensor y = zeros({1});
    max_to(y, x);
    return y(0);
  };
  CHECK(std::isnan(largest({NAN, 1})));
  CHECK(std::isnan(largest({1, NAN})));
  CHECK(largest({-infinity, -infinity}) == -infinity);
  CHECK(largest({-infinity, 1}) == 1);
}

TEST_CASE("columns of sums are sums of rows, whatever their number") {
  for (const std::size_t n : {7, 8, 9, 20, 65}) {
    Tensor x = zeros({n, 3}), y = zeros({n, 1});
    for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<Real>(i);
    sum_to(y, x);
    for (std::size_t row = 0; row < n; ++row) CHECK(y(row, 0) == static_cast<Real>(9 * row + 3));
    Tensor total = zeros({n});
    sum_to(total, ones({5, n}));
    CHECK(total == filled({n}, 5));
  }
}
