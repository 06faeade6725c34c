#pragma once

#include <xgrad/optim/optimizer.hpp>

#include "support.hpp"

namespace xgrad {

/// Sets the parameter's gradient, as a backward pass would.
inline void give_gradient(Parameter& p, const Tensor& numbers) {
  p.gradient = zeros(p.value().shape());
  std::copy(numbers.begin(), numbers.end(), p.gradient.begin());
  p.fresh = true;
}

/// Where w = 1 goes with the given gradients, one a step.
inline double weight_after(Optimizer optimizer, std::initializer_list<Real> gradients) {
  Parameter w("w", Tensor{1});
  for (const Real g : gradients) {
    give_gradient(w, Tensor{g});
    optimizer.step(std::vector{&w});
  }
  return w.value()(0);
}

}  // namespace xgrad
