#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/elementwise.hpp>
#include <xgrad/core/math.hpp>

// Products come as a family that is closed under differentiation: nn pulls back through nt and tn, and they through it.

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

Var product_nn(Var a, Var b);

}  // namespace

/// c = a b^T      a: (..., m, k)   b: (..., n, k)   c: (..., m, n)
Var matmul_nt(Var a, Var b) {
  static constexpr Op op{
      .name = "matmul_nt",
      .rule = "a' += c' b,  b' += c'^T a",
      .forward = [](Tensor& c, In a, In b) { batched_gemm(Product::nt, a, b, c); },
      .pull_a = [](const Pull& p) { return product_nn(p.g, p.b); },
      .pull_b = [](const Pull& p) { return matmul_tn(p.g, p.a); },
  };
  return record_product(op, Product::nt, a, b);
}

/// c = a^T b      a: (..., k, m)   b: (..., k, n)   c: (..., m, n)
Var matmul_tn(Var a, Var b) {
  static constexpr Op op{
      .name = "matmul_tn",
      .rule = "a' += b c'^T,  b' += a c'",
      .forward = [](Tensor& c, In a, In b) { batched_gemm(Product::tn, a, b, c); },
      .pull_a = [](const Pull& p) { return matmul_nt(p.b, p.g); },
      .pull_b = [](const Pull& p) { return product_nn(p.a, p.g); },
  };
  return record_product(op, Product::tn, a, b);
}

namespace {

/// c = a b        a: (..., m, k)   b: (..., k, n)   c: (..., m, n)
Var product_nn(Var a, Var b) {
  static constexpr Op op{
      .name = "matmul",
      .rule = "a' += c' b^T,  b' += a^T c'",
      .forward = [](Tensor& c, In a, In b) { batched_gemm(Product::nn, a, b, c); },
      .pull_a = [](const Pull& p) { return matmul_nt(p.g, p.b); },
      .pull_b = [](const Pull& p) { return matmul_tn(p.a, p.g); },
  };
  return record_product(op, Product::nn, a, b);
}

}  // namespace

Var matmul(Var a, Var b) {
  const bool row = a.shape().size() == 1, column = b.shape().size() == 1;
  if (!row && !column) return product_nn(a, b);
  const Var left = row ? expand_dims(a, 0) : a;  // a vector stands as a matrix, and its axis goes again
  const Var c = product_nn(left, column ? expand_dims(b, 1) : b);
  const Var without_row = row ? squeeze(c, -2) : c;
  return column ? squeeze(without_row, -1) : without_row;
}

/// y = x w + b    x: (n, k)   w: (k, m)   b: (m,)   y: (n, m)
Var linear(Var x, Var w, Var b) {
  static constexpr Op op{
      .name = "linear",
      .rule = "x' += y' w^T,  w' += x^T y',  b' += the rows of y', summed",
      .forward = [](Tensor& y, In x, In w, In b) { gemm(Product::nn, x, w, y, &b); },
      .pull_a = [](const Pull& p) { return matmul_nt(p.g, p.b); },
      .pull_b = [](const Pull& p) { return matmul_tn(p.a, p.g); },
      .pull_c = [](const Pull& p) { return p.g; },
  };
  const Shape &s = x.shape(), &t = w.shape();
  require(s.size() == 2 && t.size() == 2 && s[1] == t[0] && b.shape() == Shape{t[1]}, "linear: cannot compute ", s,
          " by ", t, " plus ", b.shape(), "; it takes (n, k) by (k, m) plus (m,)");
  return x.tape().record(op, Shape{s[0], t[1]}, x, w, b);
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
