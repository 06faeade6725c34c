#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/kernels/elementwise.hpp>
#include <xgrad/core/kernels/math.hpp>

// The product of two matrices is y = a b, in indices y_ij = sum_k a_ik b_kj. The element a_ik occurs in row i of y
// only, with dy_ij/da_ik = b_kj; and b_kj in column j only, with dy_ij/db_kj = a_ik. So
//
//   dL/da_ik = sum_j ȳ_ij b_kj,  that is  ā = ȳ b^T
//   dL/db_kj = sum_i a_ik ȳ_ij,  that is  b̄ = a^T ȳ
//
// Nothing is transposed in memory: matmul_nt(a, b) computes a b^T, and matmul_tn(a, b) computes a^T b. The pullbacks of
// these three products are again among the three, so they can be differentiated any number of times.

namespace xgrad::inline XGRAD_PRECISION {

namespace {

Var record_product(const Op& op, Product product, Var a, Var b) {
  const Shape &s = a.shape(), &t = b.shape();
  constexpr const char* takes[] = {"(m, k) by (k, n)", "(m, k) by (n, k)", "(k, m) by (k, n)"};
  const auto misfit = [&](bool fits) {
    require(fits, op.name, ": cannot multiply ", s, " by ", t, "; it takes ", takes[static_cast<int>(product)],
            ", after leading axes that broadcast");
  };
  misfit(s.size() >= 2 && t.size() >= 2);
  // the last two axes, by their numbers, add up to 2 rank - 3
  const std::size_t rows = s.size() - (product == Product::tn ? 1 : 2), inner_a = 2 * s.size() - 3 - rows;
  const std::size_t columns = t.size() - (product == Product::nt ? 2 : 1), inner_b = 2 * t.size() - 3 - columns;
  misfit(s[inner_a] == t[inner_b]);
  if (s.size() == 2 && t.size() == 2) return a.tape().record(op, Shape{s[rows], t[columns]}, a, b);
  Shape shape = broadcast_shape(op.name, Shape(s.begin(), s.end() - 2), Shape(t.begin(), t.end() - 2));
  shape.push_back(s[rows]);
  shape.push_back(t[columns]);
  return a.tape().record(op, shape, a, b);
}

/// y = a b        a: (..., m, k)   b: (..., k, n)   y: (..., m, n)
Var matrix_product(Var a, Var b) {
  static constexpr Op op{
      .name = "matmul",
      .rule = "ā += ȳ b^T,  b̄ += a^T ȳ",
      .forward = [](Tensor& y, In a, In b) { batched_gemm(Product::nn, a, b, y); },
      .pull_a = [](const Pull& p) { return matmul_nt(p.g, p.b); },
      .pull_b = [](const Pull& p) { return matmul_tn(p.a, p.g); },
  };
  return record_product(op, Product::nn, a, b);
}

}  // namespace

/// y = a b^T      a: (..., m, k)   b: (..., n, k)   y: (..., m, n)
Var matmul_nt(Var a, Var b) {
  static constexpr Op op{
      .name = "matmul_nt",
      .rule = "ā += ȳ b,  b̄ += ȳ^T a",
      .forward = [](Tensor& y, In a, In b) { batched_gemm(Product::nt, a, b, y); },
      .pull_a = [](const Pull& p) { return matrix_product(p.g, p.b); },
      .pull_b = [](const Pull& p) { return matmul_tn(p.g, p.a); },
  };
  return record_product(op, Product::nt, a, b);
}

/// y = a^T b      a: (..., k, m)   b: (..., k, n)   y: (..., m, n)
Var matmul_tn(Var a, Var b) {
  static constexpr Op op{
      .name = "matmul_tn",
      .rule = "ā += b ȳ^T,  b̄ += a ȳ",
      .forward = [](Tensor& y, In a, In b) { batched_gemm(Product::tn, a, b, y); },
      .pull_a = [](const Pull& p) { return matmul_nt(p.b, p.g); },
      .pull_b = [](const Pull& p) { return matrix_product(p.a, p.g); },
  };
  return record_product(op, Product::tn, a, b);
}

Var matmul(Var a, Var b) {
  const bool row = a.shape().size() == 1, column = b.shape().size() == 1;
  if (!row && !column) return matrix_product(a, b);
  const Var left = row ? expand_dims(a, 0) : a;  // a vector stands as a matrix, and its axis goes again
  const Var y = matrix_product(left, column ? expand_dims(b, 1) : b);
  const Var without_row = row ? squeeze(y, -2) : y;
  return column ? squeeze(without_row, -1) : without_row;
}

/// y = a b + c    a: (n, k)   b: (k, m)   c: (m,)   y: (n, m)
Var linear(Var a, Var b, Var c) {
  static constexpr Op op{
      .name = "linear",
      .rule = "ā += ȳ b^T,  b̄ += a^T ȳ,  c̄ += the rows of ȳ, summed",
      .forward = [](Tensor& y, In a, In b, In c) { gemm(Product::nn, a, b, y, &c); },
      .pull_a = [](const Pull& p) { return matmul_nt(p.g, p.b); },
      .pull_b = [](const Pull& p) { return matmul_tn(p.a, p.g); },
      .pull_c = [](const Pull& p) { return p.g; },  // c was broadcast to all rows, so the sweep sums the rows
  };
  const Shape &s = a.shape(), &t = b.shape();
  require(s.size() == 2 && t.size() == 2 && s[1] == t[0] && c.shape() == Shape{t[1]}, "linear: cannot compute ", s,
          " by ", t, " plus ", c.shape(), "; it takes (n, k) by (k, m) plus (m,)");
  return a.tape().record(op, Shape{s[0], t[1]}, a, b, c);
}

namespace {

void require_vector(const char* who, Var x) {
  require(x.shape().size() == 1, who, ": the shape is ", x.shape(), "; it takes (n,)");
}

}  // namespace

Var dot(Var a, Var b) {
  require_vector("dot", a);
  require_vector("dot", b);
  return matmul(a, b);
}

Var outer(Var a, Var b) {
  require_vector("outer", a);
  require_vector("outer", b);
  const Var column = expand_dims(a, 1);
  return column * expand_dims(b, 0);
}

}  // namespace xgrad::inline XGRAD_PRECISION
