#pragma once

// Arithmetic on whole tensors, evaluated on the spot. In each function the result y already has its shape.

#include <xgrad/core/kernels/exponential.hpp>
#include <xgrad/core/kernels/levels.hpp>
#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace detail {

template <class Term>
double add_up(std::size_t n, Term term) {
  constexpr std::size_t lanes = 8;
  double partial[lanes] = {}, total = 0;
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes)
    for (std::size_t k = 0; k < lanes; ++k) partial[k] += term(i + k);
  for (; i < n; ++i) total += term(i);
  for (const double p : partial) total += p;
  return total;
}

}  // namespace detail

/// term(0) + ... + term(n - 1), accumulated in double, in lanes that do not wait for each other.
template <class Term>
double sum(std::size_t n, Term term) {
  return by_level([=] { return detail::add_up(n, term); });
}

/// The sum of n numbers, accumulated in double.
double sum(const Real* x, std::size_t n);

/// Whether term(0), ..., term(n - 1) are all finite. 0 times a finite number is 0, and else NaN, which stays in a sum.
template <class Term>
bool all_finite(std::size_t n, Term term) {
  return by_level([=] {
    constexpr std::size_t lanes = 256 / sizeof(Real);  // four vectors that do not wait for each other
    Real total = 0;
    std::size_t i = 0;
    if (n >= lanes) {
      Real partial[lanes] = {};
      for (; i + lanes <= n; i += lanes)
        for (std::size_t k = 0; k < lanes; ++k) partial[k] += term(i + k) * 0;
      for (std::size_t width = lanes / 2; width > 0; width /= 2)
        for (std::size_t k = 0; k < width; ++k) partial[k] += partial[k + width];
      total = partial[0];
    }
    for (; i < n; ++i) total += term(i) * 0;
    return total == 0;
  });
}

/// y = e^x.
void exponential(Tensor& y, const Tensor& x);

/// y = x broadcast to y's shape, as in NumPy.
void broadcast_to(Tensor& y, const Tensor& x);

/// y = the sums of x down to y's shape, which broadcasts to x's; accumulated in double.
void sum_to(Tensor& y, const Tensor& x);

/// y = the largest elements of x down to y's shape, which broadcasts to x's; NaN where there is one among them. An axis
/// of extent 0 is not to be reduced.
void max_to(Tensor& y, const Tensor& x);

/// y = softmax(x) along the last axis: e^(x - max) / sum, which no finite x makes overflow.
void softmax(Tensor& y, const Tensor& x);

/// y = log(softmax(x)) along the last axis: x - max - log(sum e^(x - max)).
void log_softmax(Tensor& y, const Tensor& x);

}  // namespace xgrad::inline XGRAD_PRECISION
