#include <xgrad/core/kernels/levels.hpp>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <vector>

#include <xgrad/core/kernels/detail/products.hpp>
#include <xgrad/core/kernels/elementwise.hpp>
#include <xgrad/core/kernels/math.hpp>
#include <xgrad/core/kernels/product.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/optim/adam.hpp>

#include "support.hpp"

// What is compiled once for each level of the processor. ctest runs these tests at every level that this one has.

using namespace xgrad;

namespace {

constexpr long double eps = std::numeric_limits<Real>::epsilon();

// Element (i, p) of a matrix or its transpose.
long double at(const Tensor& x, bool transposed, std::size_t i, std::size_t p) {
  return transposed ? x(p, i) : x(i, p);
}

// Compares with sums in long double: each of k products and k additions rounds by at most half an eps.
void check_product(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b, const Tensor* bias,
                   const Tensor& c, std::size_t k) {
  long double worst = 0;
  for (std::size_t i = 0; i < c.shape(0); ++i)
    for (std::size_t j = 0; j < c.shape(1); ++j) {
      long double sum = bias ? bias->data()[j] : 0, size = std::abs(sum);
      for (std::size_t p = 0; p < k; ++p) {
        const long double term = at(a, transpose_a, i, p) * at(b, transpose_b, p, j);
        sum += term, size += std::abs(term);
      }
      worst = std::max(worst, std::abs(c(i, j) - sum) / (size * eps * static_cast<long double>(k + 2)));
    }
  CHECK(worst <= 1);
}

}  // namespace

TEST_CASE("the level is the one that is asked for") {
  const char* const asked = std::getenv("XGRAD_KERNELS");
  if (asked != nullptr) CHECK(kernels() == asked);
  CHECK(!kernels().empty());
#if XGRAD_LEVELS
  const bool v3 = kernels() == "x86-64-v3", v4 = kernels() == "x86-64-v4";
  CHECK(products().lanes * sizeof(Real) == (v4 ? 64 : v3 ? 32 : 16));
  CHECK(products().narrow_pays == (v3 || v4));
#endif
}

TEST_CASE("products of this level agree with sums in long double, for every shape around its vectors") {
  Rng rng(1);
  const std::size_t lanes = products().lanes;
  for (const std::size_t m : {std::size_t{1}, std::size_t{3}, lanes, 2 * lanes + 5})
    for (const std::size_t n :
         {std::size_t{1}, std::size_t{2}, lanes - 1, lanes, std::size_t{10}, 2 * lanes, 2 * lanes + 1, 5 * lanes + 3})
      for (const std::size_t k : {std::size_t{1}, lanes + 1, std::size_t{65}, std::size_t{520}}) {
        const Tensor a = random_normal(rng, {m, k}, 0, 1), b = random_normal(rng, {k, n}, 0, 1),
                     at = random_normal(rng, {k, m}, 0, 1), bt = random_normal(rng, {n, k}, 0, 1),
                     bias = random_normal(rng, {n}, 0, 1);
        CAPTURE(m);
        CAPTURE(n);
        CAPTURE(k);
        Tensor c(Shape{m, n});
        for (const Tensor* plus : {static_cast<const Tensor*>(nullptr), &bias}) {
          gemm(Product::nn, a, b, c, plus);
          check_product(a, false, b, false, plus, c, k);
          gemm(Product::nt, a, bt, c, plus);
          check_product(a, false, bt, true, plus, c, k);
          gemm(Product::tn, at, b, c, plus);
          check_product(at, true, b, false, plus, c, k);
        }
      }
}

TEST_CASE("elementwise loops of this level agree with long double") {
  Rng rng(2);
  for (const std::size_t n : {1, 7, 64, 1'003}) {
    const Tensor x = random_uniform(rng, {n}, -20, 20), z = random_uniform(rng, {n}, 1, 2);
    Tensor y(Shape{n});
    exponential(y, x);
    long double worst = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const long double exact = std::exp(static_cast<long double>(x(i)));
      worst = std::max(worst, std::abs(y(i) - exact) / (exact * eps));
    }
    CHECK(worst <= 2);
    map(y, x, z, [](Real a, Real b) { return a / std::sqrt(b); });
    for (std::size_t i = 0; i < n; ++i)
      CHECK(std::abs(y(i) - x(i) / std::sqrt(static_cast<long double>(z(i)))) <= 2 * eps * std::abs(x(i)));
    long double total = 0;
    for (const Real number : z) total += number;
    CHECK(std::abs(sum(z.data(), n) - total) <= 1e-12L * total);
    CHECK(all_finite(n, [p = z.data()](std::size_t i) { return p[i]; }));
    Tensor with_nan = z;
    with_nan(n - 1) = std::numeric_limits<Real>::quiet_NaN();
    CHECK(!all_finite(n, [p = with_nan.data()](std::size_t i) { return p[i]; }));
  }
}

TEST_CASE("softmax of this level agrees with long double") {
  Rng rng(3);
  for (const std::size_t classes : {1, 3, 10, 37}) {
    const Tensor x = random_normal(rng, {5, classes}, 0, 3);
    Tensor y(x.shape()), log_y(x.shape());
    softmax(y, x);
    log_softmax(log_y, x);
    for (std::size_t row = 0; row < 5; ++row) {
      long double total = 0;
      for (std::size_t k = 0; k < classes; ++k) total += std::exp(static_cast<long double>(x(row, k)));
      for (std::size_t k = 0; k < classes; ++k) {
        const long double log_p = x(row, k) - std::log(total);
        CHECK(std::abs(y(row, k) - std::exp(log_p)) <= 16 * eps * std::exp(log_p));
        CHECK(std::abs(log_y(row, k) - log_p) <= 32 * eps);
      }
    }
  }
}

TEST_CASE("a step of Adam at this level agrees with long double") {
  Rng rng(4);
  const std::size_t n = 133;
  const Tensor start = random_normal(rng, {n}, 0, 1), g = random_normal(rng, {n}, 0, 1);
  Parameter w("w", start);
  w.gradient = g;
  w.fresh = true;
  Optimizer optimizer = Adam{};
  optimizer.step({&w});
  for (std::size_t i = 0; i < n; ++i) {  // the first step: m = g / 10, v = g^2 / 1000
    const long double m = g(i) * (1 - 0.9L), root = std::sqrt(g(i) * static_cast<long double>(g(i)) * (1 - 0.999L));
    const long double moved = 1e-3L * std::sqrt(1 - 0.999L) / (1 - 0.9L) * m / (root + 1e-7L);
    CHECK(std::abs(w.value()(i) - (start(i) - moved)) <= eps * std::abs(start(i)) + either(1e-7, 1e-15));
  }
}
