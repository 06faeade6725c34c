#include <xgrad/nn/parts/regularizers.hpp>

#include <cmath>

#include <xgrad/autograd/ops/ops.hpp>

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

std::span<const std::pair<std::string_view, Regularizer (*)()>> regularizers() {
  static constexpr std::pair<std::string_view, Regularizer (*)()> all[] = {
      {"l1", [] { return Regularizer(L1{}); }},
      {"l2", [] { return Regularizer(L2{}); }},
      {"l1_l2", [] { return Regularizer(L1L2{.l1 = 0.01, .l2 = 0.01}); }}};
  return all;
}

Regularizer::Regularizer() = default;

Regularizer::Regularizer(std::string_view name) : Regularizer(find_named("regularizer", regularizers(), name)()) {}

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
                      "regularizer: a function of one's own has no name by which to save it; use L1, L2 or L1L2");
  f.needed("name", name);
  if (f.purpose() == Fields::reading && !(penalty_ && name == penalty_.name()))
    *this = name == "none" ? Regularizer() : Regularizer(std::string_view(name));
  penalty_.options(f);
}

}  // namespace xgrad::inline XGRAD_PRECISION
