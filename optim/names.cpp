#include <xgrad/optim/adadelta.hpp>
#include <xgrad/optim/adagrad.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/adamax.hpp>
#include <xgrad/optim/adamw.hpp>
#include <xgrad/optim/nadam.hpp>
#include <xgrad/optim/rmsprop.hpp>
#include <xgrad/optim/sgd.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

template <class Rule, class... Others>
Optimizer named(const std::string& name, const std::string& names_before = {}) {
  if (name == Rule::name) return Rule{};
  const std::string names = names_before + (names_before.empty() ? "" : ", ") + Rule::name;
  if constexpr (sizeof...(Others) > 0) return named<Others...>(name, names);
  throw ValueError(text("optimizer: there is no \"", name, "\"; the names are ", names));
}

}  // namespace

Optimizer::Optimizer(const std::string& name)
    : Optimizer(named<SGD, RMSprop, Adam, AdamW, Adagrad, Adadelta, Adamax, Nadam>(name)) {}

}  // namespace xgrad::inline XGRAD_PRECISION
