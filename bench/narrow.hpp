#pragma once

// Products for layers of few units, where sgemm spends its time on packing and on columns that are not there. The
// kernel is stored by units, w (out, in), so that all three products run along the inputs; `in` is a multiple of 16 and
// out one of `columns`. Rows of y and its gradient begin at multiples of 16.

#include <cstddef>
#include <utility>

namespace narrow {

constexpr std::size_t columns = 5, stride = 16;  // 2 by 5 sums stay in registers

#ifdef __AVX512F__
constexpr std::size_t lanes = 16;
#else
constexpr std::size_t lanes = 8;
#endif
typedef float Lanes __attribute__((vector_size(lanes * sizeof(float)), may_alias, aligned(32)));

inline const Lanes& load(const float* x) { return *reinterpret_cast<const Lanes*>(x); }
inline Lanes& load(float* x) { return *reinterpret_cast<Lanes*>(x); }

// By halves: to each number is added the one `half` lanes away, until all are the sum.
template <std::size_t half = lanes / 2>
[[gnu::always_inline]] inline float sum(Lanes x) {
  const auto exchanged = [x]<std::size_t... k>(std::index_sequence<k...>) {
    return Lanes(__builtin_shufflevector(x, x, (k ^ half)...));
  };
  x += exchanged(std::make_index_sequence<lanes>{});
  if constexpr (half == 1)
    return x[0];
  else
    return sum<half / 2>(x);
}

template <std::size_t rows>
void forward_block(const float* x, const float* w, float* y, std::size_t in) {
  Lanes total[rows][columns] = {};
  for (std::size_t k = 0; k < in; k += lanes) {
#pragma GCC unroll 5
    for (std::size_t j = 0; j < columns; ++j) {
      const Lanes weights = load(w + j * in + k);
#pragma GCC unroll 2
      for (std::size_t i = 0; i < rows; ++i) total[i][j] += load(x + i * in + k) * weights;
    }
  }
#pragma GCC unroll 5
  for (std::size_t j = 0; j < columns; ++j)
#pragma GCC unroll 2
    for (std::size_t i = 0; i < rows; ++i) y[i * stride + j] = sum(total[i][j]);
}

/// y = x w^T      x: (n, in)   w: (out, in)   y: (n, out)
inline void forward(const float* x, const float* w, float* y, std::size_t n, std::size_t in, std::size_t out) {
  for (std::size_t j = 0; j < out; j += columns) {
    std::size_t i = 0;
    for (; i + 2 <= n; i += 2) forward_block<2>(x + i * in, w + j * in, y + i * stride + j, in);
    if (i < n) forward_block<1>(x + i * in, w + j * in, y + i * stride + j, in);
  }
}

/// x' = y' w
inline void input_gradient(const float* dy, const float* w, float* dx, std::size_t n, std::size_t in, std::size_t out) {
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < in; k += lanes) {
      Lanes total = {};
      for (std::size_t j = 0; j < out; ++j) total += dy[i * stride + j] * load(w + j * in + k);
      load(dx + i * in + k) = total;
    }
}

/// w' = y'^T x, handed on as it is computed: update(at, gradients, n) for the n weights from w[at] on.
template <class Update>
void step_kernel(const float* x, const float* dy, std::size_t n, std::size_t in, std::size_t out, Update update) {
  constexpr std::size_t width = 16, parts = width / lanes;
  for (std::size_t k = 0; k < in; k += width)
    for (std::size_t j = 0; j < out; j += columns) {
      Lanes total[columns][parts] = {};
      for (std::size_t i = 0; i < n; ++i) {
#pragma GCC unroll 5
        for (std::size_t c = 0; c < columns; ++c) {
          const float g = dy[i * stride + j + c];
#pragma GCC unroll 2
          for (std::size_t p = 0; p < parts; ++p) total[c][p] += g * load(x + i * in + k + p * lanes);
        }
      }
      alignas(64) float g[columns][width];
      for (std::size_t c = 0; c < columns; ++c) {
        for (std::size_t p = 0; p < parts; ++p) load(g[c] + p * lanes) = total[c][p];  // memcpy's halves do not forward
        update((j + c) * in + k, g[c], width);
      }
    }
}

}  // namespace narrow
