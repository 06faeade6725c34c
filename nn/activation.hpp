#pragma once

#include <concepts>
#include <functional>
#include <string_view>
#include <utility>

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// An elementwise function or softmax as a layer, and as the `activation` of others: given as a function (relu), by
/// Keras's name ("relu"), or as any callable from Var to Var.
class Activation {
 public:
  static constexpr const char* kind = "activation";

  Activation(Var (*function)(Var)) : function_(function) {}

  /// Throws ValueError, with the names that there are, for a name that is not one of them.
  Activation(std::string_view name);
  Activation(const char* name) : Activation(std::string_view(name)) {}

  template <std::invocable<Var> F>
  requires(!std::same_as<F, Activation>) Activation(F function) : function_(std::move(function)) {}

  Var operator()(Var x, const Context& = {}) const { return function_(x); }

 private:
  std::function<Var(Var)> function_;
};

/// The identity: no activation.
Var linear(Var x);

}  // namespace xgrad::inline XGRAD_PRECISION
