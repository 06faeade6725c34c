#pragma once

#include <concepts>
#include <span>
#include <string_view>
#include <utility>

#include <xgrad/core/named.hpp>
#include <xgrad/nn/context.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// An elementwise function or softmax as a layer, and as the `activation` of others: given as a function (relu), by
/// Keras's name ("relu"), or as any callable from Var to Var.
class Activation {
 public:
  static constexpr const char* kind = "activation";

  Activation(Var (*function)(Var));

  /// Throws ValueError, with the names that there are, for a name that is not one of them.
  Activation(std::string_view name);
  Activation(const char* name) : Activation(std::string_view(name)) {}

  template <std::invocable<Var> F>
  requires(!std::same_as<F, Activation>) Activation(F function) : function_(std::move(function)) {}

  Var operator()(Var x, const Context& = {}) const { return function_(x); }

  /// Keras's name of the function, also if it was given by itself; "" for one of the user's own.
  const std::string& name() const { return function_.name(); }

  void fields(Fields& f);

 private:
  Callable<Var(Var)> function_;
};

/// The activations of the library. A function's own name stands before its others.
std::span<const std::pair<std::string_view, Var (*)(Var)>> activations();

// Those of Keras's activations that autograd/ops/ops.hpp does not have, made of those that it has.

Var linear(Var x);        ///< the identity: no activation
Var relu6(Var x);         ///< min(max(x, 0), 6)
Var hard_sigmoid(Var x);  ///< relu6(x + 3) / 6
Var softsign(Var x);      ///< x / (1 + |x|)
Var mish(Var x);          ///< x tanh(softplus(x)) (Misra 2019)

}  // namespace xgrad::inline XGRAD_PRECISION
