#include <cmath>
#include <limits>

#include <xgrad/core/kernels/product.hpp>
#include <xgrad/core/random.hpp>

#include "support.hpp"

#define XGRAD_LEVEL tested
#include <xgrad/core/kernels/detail/narrow.hpp>
#include <xgrad/core/kernels/detail/wide.hpp>

// The loops of products as they are compiled here; levels_test.cpp tests those of the library.

using namespace xgrad;
using namespace xgrad::tested;

namespace {

Tensor transposed(const Tensor& a) {
  Tensor t = zeros({a.shape(1), a.shape(0)});
  for (std::size_t i = 0; i < a.shape(0); ++i)
    for (std::size_t j = 0; j < a.shape(1); ++j) t(j, i) = a(i, j);
  return t;
}

Tensor naive_product(const Tensor& a, const Tensor& b) {
  Tensor c = zeros({a.shape(0), b.shape(1)});
  for (std::size_t i = 0; i < a.shape(0); ++i)
    for (std::size_t j = 0; j < b.shape(1); ++j)
      for (std::size_t k = 0; k < b.shape(0); ++k) c(i, j) += a(i, k) * b(k, j);
  return c;
}

}  // namespace

TEST_CASE("the three products, by hand") {
  const Tensor a{{1, 2}, {3, 4}}, b{{5, 6}, {7, 8}};
  Tensor c(Shape{2, 2});
  gemm(Product::nn, a, b, c);
  check_close(c, {{19, 22}, {43, 50}}, 0);
  gemm(Product::nt, a, b, c);
  check_close(c, {{17, 23}, {39, 53}}, 0);
  gemm(Product::tn, a, b, c);
  check_close(c, {{26, 30}, {38, 44}}, 0);
  const Tensor bias{100, 200};
  gemm(Product::tn, a, b, c, &bias);
  check_close(c, {{126, 230}, {138, 244}}, 0);
}

TEST_CASE("the three products agree with the definition on odd shapes") {
  Rng rng(2);
  for (const auto& [m, k, n] : {std::array<std::size_t, 3>{1, 1, 1},
                                {3, 1, 2},
                                {1, 7, 5},
                                {17, 33, 9},
                                {32, 784, 10},
                                {5, 100, 20},
                                {3, 600, 50}}) {
    const Tensor a = random_normal(rng, {m, k}, 0, 1), b = random_normal(rng, {k, n}, 0, 1),
                 expected = naive_product(a, b);
    Tensor c(Shape{m, n});
    gemm(Product::nn, a, b, c);
    check_close(c, expected, either(1e-4, 1e-12));
    gemm(Product::nt, a, transposed(b), c);
    check_close(c, expected, either(1e-4, 1e-12));
    gemm(Product::tn, transposed(a), b, c);
    check_close(c, expected, either(1e-4, 1e-12));
  }
}

TEST_CASE("products of few columns agree with the definition, and write nothing beyond the result") {
  Rng rng(3);
  for (std::size_t n = 1; n <= narrow::widest; ++n)
    for (const std::size_t m : {1, 5, 8, 31})
      for (const std::size_t k : {1, 3, 4, 23}) {
        const Tensor a = random_normal(rng, {m, k}, 0, 1), b = random_normal(rng, {k, n}, 0, 1),
                     bias = random_normal(rng, {n}, 0, 1), product = naive_product(a, b), expected = product + bias;
        for (const bool transposes : {false, true})
          for (const bool biased : {false, true}) {
            const Tensor left = transposes ? transposed(a) : a;
            Tensor c = filled({m * n + narrow::widest}, 7);
            narrow::product({left.data(), transposes ? 1 : k, transposes ? m : 1}, b.data(),
                            biased ? bias.data() : nullptr, c.data(), m, n, k);
            for (std::size_t i = 0; i < m * n; ++i)
              CHECK(std::abs(c(i) - (biased ? expected : product).data()[i]) <= either(1e-5, 1e-13));
            for (std::size_t i = m * n; i < c.size(); ++i) CHECK(c(i) == 7);
          }
      }
}

template <std::size_t n>
void check_columns() {
  constexpr std::size_t lanes = simd::lanes;
  Rng rng(4);
  for (const std::size_t m : {lanes - 1, lanes, 2 * lanes, 3 * lanes + 1})
    for (const std::size_t k : {std::size_t{1}, lanes, lanes + 3, std::size_t{64}, std::size_t{131}}) {
      const Tensor a = random_normal(rng, {m, k}, 0, 1), b = random_normal(rng, {k, n}, 0, 1),
                   bias = random_normal(rng, {n}, 0, 1), product = naive_product(a, b), expected = product + bias;
      for (const bool transposes : {false, true})
        for (const bool biased : {false, true}) {
          const Tensor left = transposes ? transposed(a) : a;
          const simd::Matrix rows{left.data(), transposes ? 1 : k, transposes ? m : 1};
          Tensor c = filled({m * n + lanes}, 7);
          const std::size_t done =
              narrow::write_by_columns<n>(rows, b.data(), biased ? bias.data() : nullptr, c.data(), m, k);
          CHECK(done == m / lanes * lanes);
          for (std::size_t i = 0; i < done * n; ++i)
            CHECK(std::abs(c(i) - (biased ? expected : product).data()[i]) <= either(1e-4, 1e-12));
          for (std::size_t i = done * n; i < c.size(); ++i) CHECK(c(i) == 7);
        }
    }
}

TEST_CASE("a product by columns agrees with the definition, and writes nothing beyond its rows") {
  constexpr std::size_t lanes = simd::lanes;
  check_columns<(lanes + 1) / 2>();
  check_columns<lanes>();
  check_columns<lanes + 2>();
}

template <std::size_t n>
void check_groups(std::size_t count) {
  Rng rng(5);
  const Tensor row = random_normal(rng, {1, count}, 0, 1), matrix = random_normal(rng, {count, n}, 0, 1),
               bias = random_normal(rng, {n}, 0, 1), product = naive_product(row, matrix), expected = product + bias;
  for (const bool biased : {false, true}) {
    Tensor c = filled({n + 1}, 7);
    narrow::write_row_by_groups<n>(row.data(), matrix.data(), biased ? bias.data() : nullptr, c.data(), count);
    for (std::size_t j = 0; j < n; ++j)
      CHECK(std::abs(c(j) - (biased ? expected : product)(0, j)) <= either(1e-4, 1e-12));
    CHECK(c(n) == 7);
  }
  Tensor c = filled({count * n + 1}, 7);
  narrow::write_outer_product_by_groups<n>(row.data(), bias.data(), c.data(), count);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = 0; j < n; ++j) CHECK(c(i * n + j) == row(0, i) * bias(j));
  CHECK(c(count * n) == 7);
}

TEST_CASE("products by groups of rows agree with the definition, and write nothing beyond the result") {
  constexpr std::size_t lanes = simd::lanes;
  for (const std::size_t count : {std::size_t{1}, lanes - 1, lanes, lanes + 3, std::size_t{131}}) {
    check_groups<lanes + 1>(count);
    check_groups<lanes + 2>(count);
    check_groups<2 * lanes>(count);
  }
}

TEST_CASE("products of many columns agree with the definition, and write nothing between or beyond the rows") {
  constexpr std::size_t lanes = simd::lanes, gap = 3;
  Rng rng(6);
  for (const std::size_t n : {lanes, 2 * lanes - 1, 3 * lanes, 5 * lanes + 1})
    for (const std::size_t m : {std::size_t{1}, std::size_t{7}, std::size_t{16}, wide::few_rows + 3})
      for (const std::size_t k : {std::size_t{0}, std::size_t{1}, lanes + 3, wide::depth, wide::depth + 2}) {
        const Tensor a = random_normal(rng, {m, k}, 0, 1), b = random_normal(rng, {k, n}, 0, 1),
                     bias = random_normal(rng, {n}, 0, 1), product = naive_product(a, b), expected = product + bias;
        for (const bool transposes_a : {false, true})
          for (const bool transposes_b : {false, true})
            for (const bool biased : {false, true}) {
              const Tensor left = transposes_a ? transposed(a) : a, right = transposes_b ? transposed(b) : b;
              Tensor c = filled({m, n + gap}, 7);
              using simd::Matrix;
              std::vector<Real> panel(wide::depth * wide::most_vectors * lanes);
              wide::product(transposes_a ? Matrix{left.data(), 1, m} : Matrix{left.data(), k, 1},
                            transposes_b ? Matrix{right.data(), 1, k} : Matrix{right.data(), n, 1},
                            biased ? bias.data() : nullptr, c.data(), n + gap, m, n, k, panel.data());
              Real worst = 0;
              for (std::size_t i = 0; i < m; ++i) {
                for (std::size_t j = 0; j < n; ++j)
                  worst = std::max(worst, std::abs(c(i, j) - (biased ? expected : product)(i, j)));
                for (std::size_t j = n; j < n + gap; ++j) CHECK(c(i, j) == 7);
              }
              CHECK(worst <= either(3e-4, 1e-12));
            }
      }
}

TEST_CASE("an infinite number in a product stays in its row and column") {
  const Real infinity = std::numeric_limits<Real>::infinity();
  for (const std::size_t n : {3, 100}) {
    Tensor a = ones({9, 5}), b = ones({5, n}), c = zeros({9, n});
    a(2, 1) = infinity;
    gemm(Product::nn, a, b, c);
    for (std::size_t i = 0; i < 9; ++i)
      for (std::size_t j = 0; j < n; ++j) CHECK(c(i, j) == (i == 2 ? infinity : 5));
    a = ones({9, 5});
    b(3, 1) = infinity;
    gemm(Product::nn, a, b, c);
    for (std::size_t i = 0; i < 9; ++i)
      for (std::size_t j = 0; j < n; ++j) CHECK(c(i, j) == (j == 1 ? infinity : 5));
  }
}

TEST_CASE("a product over an inner extent of 0 is zeros") {
  Tensor c = filled({2, 3}, 9);
  gemm(Product::nn, zeros({2, 0}), zeros({0, 3}), c);
  check_close(c, zeros({2, 3}), 0);
}
