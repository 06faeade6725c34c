#include <xgrad/nn/parts/regularizers.hpp>

#include <cmath>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/detail/moments.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

void check_factor(const char* name, double factor) {
  require<ValueError>(std::isfinite(factor) && factor >= 0, "regularizer: ", name, " is ", factor,
                      "; it takes a finite number from 0 up");
}

}  // namespace

void L1::check() const { check_factor("l1", l1); }
void L2::check() const { check_factor("l2", l2); }
void L1L2::check() const {
  check_factor("l1", l1);
  check_factor("l2", l2);
}

Var L1::operator()(Var w) const { return sum(abs(w)) * l1; }
Var L2::operator()(Var w) const { return sum(square(w)) * l2; }
Var L1L2::operator()(Var w) const {
  if (l2 == 0) return L1{l1}(w);
  const Var squares = L2{l2}(w);
  return l1 == 0 ? squares : L1{l1}(w) + squares;
}

void OrthogonalRegularizer::check() const {
  check_factor("factor", factor);
  require<ValueError>(mode == "rows" || mode == "columns", "OrthogonalRegularizer: the mode is \"", mode,
                      "\"; it takes rows or columns");
}

Var OrthogonalRegularizer::operator()(Var w) const {
  require(w.shape().size() == 2, "OrthogonalRegularizer: the weight has shape ", w.shape(), "; it takes a matrix");
  const bool by_rows = mode == "rows";
  const std::size_t rows = w.shape()[0], columns = w.shape()[1], n = by_rows ? rows : columns;
  if (n < 2) return w.tape().constant(0);
  const Var u = unit(w, by_rows ? Shape{rows, 1} : Shape{1, columns}, 1e-7);
  const Var others = w.tape().constant({n, n}, [n](Tensor& all) {
    for (std::size_t i = 0; i < n * n; ++i) all.data()[i] = i % (n + 1) == 0 ? 0 : 1;
  });
  const Var cosines = by_rows ? matmul_nt(u, u) : matmul_tn(u, u);
  return sum(abs(cosines * others)) * (factor / static_cast<double>(n * (n - 1)));
}

std::span<const std::pair<std::string_view, Regularizer (*)()>> regularizers() {
  static constexpr std::pair<std::string_view, Regularizer (*)()> all[] = {
      {"l1", [] { return Regularizer(L1{}); }},
      {"l2", [] { return Regularizer(L2{}); }},
      {"l1l2", [] { return Regularizer(L1L2{}); }},
      {"orthogonal_regularizer", [] { return Regularizer(OrthogonalRegularizer{}); }}};
  return all;
}

Regularizer::Regularizer() = default;

Regularizer::Regularizer(std::string_view name) : Regularizer(find_named("regularizer", regularizers(), name)()) {
  require<ValueError>(spelling(name) != "l1l2" || name.find('_') == name.npos, "regularizer: \"", name,
                      "\" was Keras 2's, of factors 0.01; ",
                      "Keras 3's \"l1l2\" has factors 0: give L1L2{.l1 = 0.01, .l2 = 0.01}");
}

Var Regularizer::operator()(Var w) const {
  if (!penalty_) return w.tape().constant(0);
  const Var penalty = penalty_(w);
  require(penalty.shape().empty(), "regularizer: the penalty has shape ", penalty.shape(),
          "; it takes a number, such as the sum of squares");
  return penalty;
}

void Regularizer::fields(Fields& f) {
  std::string name = penalty_ ? penalty_.name() : "none";
  require<ValueError>(!f.is_portable || !name.empty(),
                      "regularizer: a function of one's own has no name by which to save it; use L1, L2, L1L2 or ",
                      "OrthogonalRegularizer");
  f.needed("name", name);
  if (name == "l1_l2") name = L1L2::name;  // in files of xgrad 0.2
  if (f.purpose() == Fields::reading && !(penalty_ && name == penalty_.name())) {
    *this = name == "none" ? Regularizer() : Regularizer(std::string_view(name));
    if (name == L1L2::name) penalty_ = Callable<Var(Var)>(L1L2{});  // whose factors are still to be read
  }
  penalty_.options(f);
}

}  // namespace xgrad::inline XGRAD_PRECISION
