#pragma once

#include <concepts>
#include <span>
#include <string_view>
#include <utility>

#include <xgrad/core/named.hpp>
#include <xgrad/nn/context.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// An elementwise function, or one along the last axis such as softmax, as a layer of its own and as the `activation`
/// of other layers. It is given as a function (relu), by Keras's name ("relu"), or as any callable from Var to Var.
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

Var hard_silu(Var x);                 ///< x hard_sigmoid(x), which is also called hard_swish (Howard et al. 2019)
Var hard_tanh(Var x);                 ///< x between -1 and 1; the slope is 1 there, too
Var tanh_shrink(Var x);               ///< x - tanh(x)
Var log_sigmoid(Var x);               ///< log(sigmoid(x)), without overflow
Var celu(Var x);                      ///< x, or e^x - 1 below 0
Var celu(Var x, Real alpha);          ///< x, or alpha (e^(x / alpha) - 1) below 0 (Barron 2017)
Var hard_shrink(Var x);               ///< x, or 0 between -0.5 and 0.5; the slope is 0 there, too
Var hard_shrink(Var x, Real lambda);  ///< x, or 0 between -lambda and lambda; the slope is 0 there, too
Var soft_shrink(Var x);               ///< x brought nearer to 0 by 0.5, or 0 where it is nearer
Var soft_shrink(Var x, Real lambda);  ///< x brought nearer to 0 by lambda, or 0 where it is nearer
Var squareplus(Var x);                ///< (x + sqrt(x^2 + 4)) / 2 (Barron 2021)
Var squareplus(Var x, Real b);        ///< (x + sqrt(x^2 + b)) / 2 (Barron 2021)
Var sparse_plus(Var x);               ///< 0 up to -1, (x + 1)^2 / 4 up to 1, then x
Var sparse_sigmoid(Var x);            ///< 0 up to -1, (x + 1) / 2 up to 1, then 1: the slope of sparse_plus

/// x where it is above a threshold, else a default value. As in Keras, it cannot be given by its name alone.
Var threshold(Var x, Real threshold, Real default_value);

/// a sigmoid(b) for the halves a and b of the last axis, (..., 2 k) to (..., k) (Dauphin et al. 2017). Throws
/// ShapeError for an odd extent.
Var glu(Var x);

/// The probabilities that are nearest to x along the last axis, many of them 0: x - tau where that is above 0, else 0
/// (Martins & Astudillo 2016). Unlike Keras's, they sum to 1. Throws ShapeError for the shape ().
Var sparsemax(Var x);

}  // namespace xgrad::inline XGRAD_PRECISION
