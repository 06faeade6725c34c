#include <xgrad/core/kernels/product.hpp>

#include <algorithm>

#include <xgrad/core/kernels/detail/blas.hpp>
#include <xgrad/core/kernels/detail/products.hpp>
#include <xgrad/core/kernels/elementwise.hpp>
#include <xgrad/core/threads.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// The first and one past the last of some rows or columns.
struct Range {
  std::size_t first, last;
  std::size_t size() const { return last - first; }
};

// c += a b, where neither the loops of products nor BLAS take so few columns.
void add_product(Factor a, Factor b, Real* c, std::size_t step, Range rows, Range columns, std::size_t k) {
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < columns.size(); ++j) {
      Real sum = 0;
      for (std::size_t p = 0; p < k; ++p) sum += a.x[i * a.row + p * a.column] * b.x[p * b.row + j * b.column];
      c[i * step + j] += sum;
    }
}

// Where the loops for many columns copy to: a thread's stack may be short.
Real* panel(std::size_t size) {
  thread_local std::vector<Real, by_argument::Uninitialised<Real>> memory;
  if (memory.size() < size) memory.resize(size);
  return memory.data();
}

// Some rows and columns of a product of matrices; a is (m, k) or its transpose, b (k, n) or its transpose, c (m, n),
// and the bias, if any, (n,).
void write_block(const Products& own, Product product, const Real* a, const Real* b, const Real* bias, Real* c,
                 std::size_t m, std::size_t n, std::size_t k, Range rows, Range columns) {
  const bool transpose_a = product == Product::tn, transpose_b = product == Product::nt;
  a += rows.first * (transpose_a ? 1 : k);
  b += columns.first * (transpose_b ? k : 1);
  c += rows.first * n + columns.first;
  if (bias) bias += columns.first;
  const Factor left{a, transpose_a ? 1 : k, transpose_a ? m : 1}, right{b, transpose_b ? 1 : n, transpose_b ? k : 1};
  if ((own.narrow_pays || !has_blas) && n <= own.widest && (!transpose_b || k <= longest_transpose))
    return own.narrow(left, right, bias, c, rows.size(), n, k);
  if ((own.wide_pays || !has_blas) && columns.size() >= own.lanes)
    return own.wide(left, right, bias, c, n, rows.size(), columns.size(), k, panel(own.panel));
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (bias)
      std::copy_n(bias, columns.size(), c + i * n);
    else
      std::fill_n(c + i * n, columns.size(), Real{0});  // OpenBLAS's own way, beta = 0, takes up to twice as long
  if (k == 0) return;
  if (!has_blas) return add_product(left, right, c, n, rows, columns, k);
  blas_gemm(product, a, transpose_a ? m : k, b, transpose_b ? k : n, c, n, rows.size(), columns.size(), k);
}

// The whole, which threads share if there is much to multiply: its rows, or its columns if they are many more. OpenBLAS
// copies all that a call reads, and wide::product may copy b; by columns, each thread copies only its part of the
// larger one, b. OpenBLAS's own threads lose on short products: docs/performance.md.
void gemm(Product product, const Real* a, const Real* b, const Real* bias, Real* c, std::size_t m, std::size_t n,
          std::size_t k) {
  if (m == 0 || n == 0) return;
  constexpr std::size_t enough = 1 << 20;
  const Products& own = products();
  const bool by_columns = n > 4 * m && n > own.widest;
  const std::size_t block = by_columns ? own.lanes : 8;
  const auto write_part = [=, &own](std::size_t part, std::size_t parts) {
    const std::size_t size = by_columns ? n : m;
    const Range range{begin_of(part, parts, size, block), begin_of(part + 1, parts, size, block)};
    if (range.size() == 0) return;
    write_block(own, product, a, b, bias, c, m, n, k, by_columns ? Range{0, m} : range,
                by_columns ? range : Range{0, n});
  };
  const bool is_long = m * n * k >= enough;
  is_long ? in_threads(std::ref(write_part)) : write_part(0, 1);
}

std::size_t inner_extent(Product product, const Tensor& a) {
  return a.shape(a.dimension() - (product == Product::tn ? 2 : 1));
}

}  // namespace

void gemm(Product product, const Tensor& a, const Tensor& b, Tensor& c, const Tensor* bias) {
  gemm(product, a.data(), b.data(), bias ? bias->data() : nullptr, c.data(), c.shape(0), c.shape(1),
       inner_extent(product, a));
}

void batched_gemm(Product product, const Tensor& a, const Tensor& b, Tensor& c) {
  if (c.dimension() == 2) return gemm(product, a, b, c);
  const auto batch = [](const Tensor& x) { return Shape(x.shape().begin(), x.shape().end() - 2); };
  const auto matrix = [](const Tensor& x) { return x.shape(x.dimension() - 2) * x.shape(x.dimension() - 1); };
  const Shape of_a = batch(a), of_b = batch(b), of_c = batch(c);
  const std::size_t m = c.shape(c.dimension() - 2), n = c.shape(c.dimension() - 1), k = inner_extent(product, a);
  Walk<3>(of_c, {&of_c, &of_a, &of_b}).each_run([&](std::size_t count, auto offset, auto step) {
    for (std::size_t i = 0; i < count; ++i)
      gemm(product, a.data() + (offset[1] + i * step[1]) * matrix(a), b.data() + (offset[2] + i * step[2]) * matrix(b),
           nullptr, c.data() + (offset[0] + i * step[0]) * m * n, m, n, k);
  });
}

}  // namespace xgrad::inline XGRAD_PRECISION
