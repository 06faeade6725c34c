#include <xgrad/autograd/tools/check.hpp>

#include <algorithm>
#include <cmath>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/random.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

std::vector<Var> variables(Tape& tape, const std::vector<Tensor>& inputs) {
  std::vector<Var> result;
  for (const Tensor& x : inputs) result.push_back(tape.variable(x));
  return result;
}

// sum(weights * y), with the same random weights at every call; a number stays as it is.
Var weighted_sum(Var y, std::size_t seed) {
  if (y.shape().empty()) return y;
  Rng rng(static_cast<std::uint32_t>(seed));
  return sum(y * random_uniform(rng, y.shape(), 0.5, 1.5));
}

// The derivative of f, a number, along a random direction: a function whose gradient is made of second derivatives.
Function along_gradient(const Function& f) {
  return [&f](const std::vector<Var>& x) {
    const std::vector<Var> gradients = gradient(f(x), x);
    Var total = weighted_sum(gradients[0], 2);
    for (std::size_t k = 1; k < gradients.size(); ++k) total = total + weighted_sum(gradients[k], 2 + k);
    return total;
  };
}

std::vector<Tensor> analytic_gradient(const Function& f, const std::vector<Tensor>& inputs) {
  Tape tape;
  const std::vector<Var> x = variables(tape, inputs);
  std::vector<Tensor> result;
  for (const Var g : gradient(f(x), x)) result.push_back(g.value());
  return result;
}

std::string place(const Shape& shape, std::size_t element) {
  Shape index(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0; element /= shape[axis]) index[axis] = element % shape[axis];
  return text(index);
}

// The worst of all elements; NaN is worse than any error.
GradientCheck compared(const std::vector<Tensor>& analytic, const std::vector<Tensor>& numeric, double tolerance) {
  GradientCheck worst;
  for (std::size_t k = 0; k < analytic.size(); ++k) {
    for (std::size_t i = 0; i < analytic[k].size(); ++i) {
      const double a = analytic[k].data()[i], n = numeric[k].data()[i];
      const double error = std::abs(a - n) / std::max({1.0, std::abs(a), std::abs(n)});
      if (error <= worst.relative_error || std::isnan(worst.relative_error)) continue;
      worst = {error <= tolerance, 1, k, i, a, n, error, ""};
    }
  }
  return worst;
}

}  // namespace

std::vector<Tensor> numeric_gradient(const Function& f, const std::vector<Tensor>& inputs) {
  constexpr double h = 1e-3;
  std::vector<Tensor> moved = inputs, result;
  Tape tape;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    Tensor& slopes = result.emplace_back(zeros(inputs[k].shape()));
    for (std::size_t i = 0; i < inputs[k].size(); ++i) {
      const Real here = inputs[k].data()[i];
      const auto at = [&](double steps) {
        tape.rewind();
        moved[k].data()[i] = static_cast<Real>(here + steps * h);
        return weighted_sum(f(variables(tape, moved)), 1).item();
      };
      slopes.data()[i] = static_cast<Real>((8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h));
      moved[k].data()[i] = here;
    }
  }
  return result;
}

GradientCheck check_gradient(const Function& f, const std::vector<Tensor>& inputs, double tolerance) {
  const Function number = [&f](const std::vector<Var>& x) { return weighted_sum(f(x), 1); };
  const Function slope = along_gradient(number);
  GradientCheck worst;
  for (int order = 1; order <= 2 && worst.ok; ++order) {
    const Function& g = order == 1 ? number : slope;
    worst = compared(analytic_gradient(g, inputs), numeric_gradient(g, inputs), tolerance);
    worst.order = order;
  }
  if (!inputs.empty() && inputs[worst.input].size() > 0)
    worst.message =
        text("order ", worst.order, ": input ", worst.input, " at ", place(inputs[worst.input].shape(), worst.element),
             ": analytic ", worst.analytic, ", numeric ", worst.numeric, ", relative error ", worst.relative_error);
  return worst;
}

}  // namespace xgrad::inline XGRAD_PRECISION
