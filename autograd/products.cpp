#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/elementwise.hpp>
#include <xgrad/core/math.hpp>

// Products come as a family that is closed under differentiation: nn pulls back through nt and tn, and they through it.

namespace xgrad::inline XGRAD_PRECISION {

namespace {

Var record_product(const Op& op, Product product, Var a, Var b) {
  const Shape &s = a.shape(), &t = b.shape();
  const bool matrices = s.size() == 2 && t.size() == 2;
  const std::size_t inner_a = product == Product::tn ? 0 : 1, inner_b = product == Product::nt ? 1 : 0;
  constexpr const char* takes[] = {"(m, k) by (k, n)", "(m, k) by (n, k)", "(k, m) by (k, n)"};
  require(matrices && s[inner_a] == t[inner_b], op.name, ": cannot multiply ", s, " by ", t, "; it takes ",
          takes[static_cast<int>(product)]);
  return a.tape().record(op, Shape{s[1 - inner_a], t[1 - inner_b]}, a, b);
}

}  // namespace

/// c = a b        a: (m, k)   b: (k, n)   c: (m, n)
Var matmul(Var a, Var b) {
  static constexpr Op op{.name = "matmul",
                         .rule = "a' += c' b^T,  b' += a^T c'",
                         .forward = [](Tensor& c, In a, In b) { gemm(Product::nn, a, b, c); },
                         .pull_a = [](Var g, Var, Var, Var b) { return matmul_nt(g, b); },
                         .pull_b = [](Var g, Var, Var a, Var) { return matmul_tn(a, g); }};
  return record_product(op, Product::nn, a, b);
}

/// c = a b^T      a: (m, k)   b: (n, k)   c: (m, n)
Var matmul_nt(Var a, Var b) {
  static constexpr Op op{.name = "matmul_nt",
                         .rule = "a' += c' b,  b' += c'^T a",
                         .forward = [](Tensor& c, In a, In b) { gemm(Product::nt, a, b, c); },
                         .pull_a = [](Var g, Var, Var, Var b) { return matmul(g, b); },
                         .pull_b = [](Var g, Var, Var a, Var) { return matmul_tn(g, a); }};
  return record_product(op, Product::nt, a, b);
}

/// c = a^T b      a: (k, m)   b: (k, n)   c: (m, n)
Var matmul_tn(Var a, Var b) {
  static constexpr Op op{.name = "matmul_tn",
                         .rule = "a' += b c'^T,  b' += a c'",
                         .forward = [](Tensor& c, In a, In b) { gemm(Product::tn, a, b, c); },
                         .pull_a = [](Var g, Var, Var, Var b) { return matmul_nt(b, g); },
                         .pull_b = [](Var g, Var, Var a, Var) { return matmul(a, g); }};
  return record_product(op, Product::tn, a, b);
}

/// y = x w + b    x: (n, k)   w: (k, m)   b: (m,)   y: (n, m)
Var linear(Var x, Var w, Var b) {
  static constexpr Op op{.name = "linear",
                         .rule = "x' += y' w^T,  w' += x^T y',  b' += the rows of y', summed",
                         .forward =
                             [](Tensor& y, In x, In w, In b) {
                               broadcast_to(y, b);
                               gemm(Product::nn, x, w, y, true);
                             },
                         .pull_a = [](Var g, Var, Var, Var w, Var) { return matmul_nt(g, w); },
                         .pull_b = [](Var g, Var, Var x, Var, Var) { return matmul_tn(x, g); },
                         .pull_c = [](Var g, Var, Var, Var, Var) { return g; }};
  const Shape &s = x.shape(), &t = w.shape();
  require(s.size() == 2 && t.size() == 2 && s[1] == t[0] && b.shape() == Shape{t[1]}, "linear: cannot compute ", s,
          " by ", t, " plus ", b.shape(), "; it takes (n, k) by (k, m) plus (m,)");
  return x.tape().record(op, Shape{s[0], t[1]}, x, w, b);
}

}  // namespace xgrad::inline XGRAD_PRECISION
