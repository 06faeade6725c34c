#pragma once

#include <concepts>
#include <span>
#include <string_view>
#include <utility>

#include <xgrad/core/named.hpp>
#include <xgrad/nn/context.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// An elementwise function, or softmax, as a layer of its own and as the `activation` of other layers. It is given as a
/// function (relu), by Keras's name ("relu"), or as any callable from Var to Var.
class Activation {
 public:
  static constexpr const char* kind = "activation";

  /// The function by itself: Activation(relu). One of the library's has its name.
  Activation(Var (*function)(Var));

  /// The activation of a name in any of Keras's spellings. Throws ValueError, which lists the names, for another.
  Activation(std::string_view name);
  Activation(const char* name) : Activation(std::string_view(name)) {}

  /// A function of the user's own, such as a lambda.
  template <std::invocable<Var> F>
  requires(!std::same_as<F, Activation>) Activation(F function) : function_(std::move(function)) {}

  /// The function of x. Throws ValueError if the activation was moved from.
  Var operator()(Var x, const Context& = {}) const { return function_(x); }

  /// Keras's name of the function, also where that was given by itself; "" for a function of the user's own.
  const std::string& name() const { return function_.name(); }

  void fields(Fields& f);  ///< the name

 private:
  Callable<Var(Var)> function_;
};

/// The library's activations by name. A function with several names has its own first.
std::span<const std::pair<std::string_view, Var (*)(Var)>> activations();

// Activations of Keras that are no operations of their own, but made of those in autograd/ops/ops.hpp. Of any shape.

Var linear(Var x);        ///< the identity: no activation
Var relu6(Var x);         ///< min(max(x, 0), 6)
Var hard_sigmoid(Var x);  ///< relu6(x + 3) / 6
Var softsign(Var x);      ///< x / (1 + |x|)
Var mish(Var x);          ///< x tanh(softplus(x)) (Misra 2019)

}  // namespace xgrad::inline XGRAD_PRECISION
