#include <xgrad/core/named.hpp>
#include <xgrad/optim/adadelta.hpp>
#include <xgrad/optim/adagrad.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/adamax.hpp>
#include <xgrad/optim/adamw.hpp>
#include <xgrad/optim/nadam.hpp>
#include <xgrad/optim/rmsprop.hpp>
#include <xgrad/optim/sgd.hpp>

namespace xgrad::inline XGRAD_PRECISION {

// Compiled here, where the loops are vectorised whatever options the user's program is compiled with.
template Optimizer::Optimizer(SGD);
template Optimizer::Optimizer(RMSprop);
template Optimizer::Optimizer(Adam);
template Optimizer::Optimizer(AdamW);
template Optimizer::Optimizer(Adagrad);
template Optimizer::Optimizer(Adadelta);
template Optimizer::Optimizer(Adamax);
template Optimizer::Optimizer(Nadam);

namespace {

template <class Rule>
std::pair<std::string_view, Optimizer (*)()> rule_row() {
  return {Rule::name, [] { return Optimizer(Rule{}); }};
}

}  // namespace

std::span<const std::pair<std::string_view, Optimizer (*)()>> optimizers() {
  static const std::pair<std::string_view, Optimizer (*)()> all[] = {
      rule_row<SGD>(),     rule_row<RMSprop>(),  rule_row<Adam>(),   rule_row<AdamW>(),
      rule_row<Adagrad>(), rule_row<Adadelta>(), rule_row<Adamax>(), rule_row<Nadam>()};
  return all;
}

Optimizer::Optimizer(std::string_view name) : Optimizer(find_named("optimizer", optimizers(), name)()) {}

}  // namespace xgrad::inline XGRAD_PRECISION
