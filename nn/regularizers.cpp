#include <xgrad/nn/regularizers.hpp>

#include <cmath>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/config.hpp>
#include <xgrad/nn/named.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Regularizer::Regularizer(L1L2 r) : factors_(r) {
  for (const auto& [name, factor] : {std::pair{"l1", r.l1}, std::pair{"l2", r.l2}})
    require<ValueError>(std::isfinite(factor) && factor >= 0, "regularizer: ", name, " is ", factor,
                        "; it takes a finite number from 0 up");
}

Regularizer::Regularizer(std::string_view name) {
  const std::pair<std::string_view, Regularizer> regularizers[] = {
      {"l1", L1{}}, {"l2", L2{}}, {"l1_l2", L1L2{.l1 = 0.01, .l2 = 0.01}}};
  *this = named("regularizer", regularizers, name);
}

Var Regularizer::operator()(Var w) const {
  if (own_) {
    const Var penalty = own_(w);
    require(penalty.shape().empty(), "regularizer: the penalty has shape ", penalty.shape(),
            "; it takes a number, such as the sum of squares");
    return penalty;
  }
  if (factors_.l2 == 0) return sum(abs(w)) * factors_.l1;
  const Var squares = sum(square(w)) * factors_.l2;
  return factors_.l1 == 0 ? squares : sum(abs(w)) * factors_.l1 + squares;
}

std::string option_text(const Regularizer& regularizer) {
  require<ValueError>(!regularizer.own_,
                      "regularizer: a function of one's own has no name by which to save it; use L1, L2 or L1L2");
  if (!regularizer) return "none";
  return "l1_l2 " + option_text(regularizer.factors_.l1) + " " + option_text(regularizer.factors_.l2);
}

void read_option(const std::string& text, Regularizer& regularizer) {
  if (text == "none") {
    regularizer = {};
    return;
  }
  const std::string_view kind = "l1_l2 ";
  const std::size_t space = text.find(' ', kind.size());
  require<ValueError>(text.starts_with(kind) && space != text.npos, "\"", text,
                      "\" is no regularizer; it takes \"none\" or \"l1_l2 0.01 0.01\"");
  L1L2 factors;
  read_option(text.substr(kind.size(), space - kind.size()), factors.l1);
  read_option(text.substr(space + 1), factors.l2);
  regularizer = factors;
}

}  // namespace xgrad::inline XGRAD_PRECISION
