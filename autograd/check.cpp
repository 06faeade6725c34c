#include <xgrad/autograd/check.hpp>

#include <algorithm>
#include <cmath>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/random.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

using Function = std::function<Var(const std::vector<Var>&)>;

std::vector<Var> variables(Tape& tape, const std::vector<Tensor>& inputs) {
  std::vector<Var> result;
  for (const Tensor& x : inputs) result.push_back(tape.variable(x));
  return result;
}

// sum(weights * y), with the same random weights at every call.
Var weighted_sum(Var y, std::uint32_t seed) {
  Rng rng(seed);
  return sum(y * random_uniform(rng, y.shape(), 0.5, 1.5));
}

// f, made a number.
Function projected(const Function& f) {
  return [&f](const std::vector<Var>& x) { return weighted_sum(f(x), 1); };
}

// The derivative of f, a number, along a random direction: a function whose gradient is made of second derivatives.
Function along_gradient(const Function& f) {
  return [&f](const std::vector<Var>& x) {
    const std::vector<Var> gradients = gradient(f(x), x);
    Var total = weighted_sum(gradients[0], 2);
    for (std::size_t k = 1; k < gradients.size(); ++k)
      total = total + weighted_sum(gradients[k], 2 + static_cast<std::uint32_t>(k));
    return total;
  };
}

std::string place(const Shape& shape, std::size_t element) {
  Shape index(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0; element /= shape[axis]) index[axis] = element % shape[axis];
  return text(index);
}

void compare(int order, const Function& f, const std::vector<Tensor>& inputs, double tolerance, GradientCheck& worst) {
  Tape tape;
  const std::vector<Var> x = variables(tape, inputs);
  const std::vector<Var> analytic = gradient(f(x), x);
  std::vector<Tensor> moved = inputs;
  Tape probe;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    for (std::size_t i = 0; i < inputs[k].size(); ++i) {
      const double h = 1e-3;
      const auto at = [&](double steps) {
        moved[k].data()[i] = static_cast<Real>(inputs[k].data()[i] + steps * h);
        probe.rewind();
        const double y = f(variables(probe, moved)).item();
        moved[k].data()[i] = inputs[k].data()[i];
        return y;
      };
      const double a = analytic[k].value().data()[i], n = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
      const double error = std::abs(a - n) / std::max({1.0, std::abs(a), std::abs(n)});
      if (worst.order != 0 && !(error > worst.relative_error) && !std::isnan(error)) continue;
      worst = {error <= tolerance, order, k, i, a, n, error, ""};
      worst.message = text("order ", order, ": input ", k, " at ", place(inputs[k].shape(), i), ": analytic ", a,
                           ", numeric ", n, ", relative error ", error);
      if (std::isnan(error)) return;
    }
  }
}

}  // namespace

GradientCheck check_gradient(const Function& f, const std::vector<Tensor>& inputs, double tolerance) {
  GradientCheck worst;
  const Function number = projected(f), derivative = along_gradient(number);
  compare(1, number, inputs, tolerance, worst);
  if (worst.ok) compare(2, derivative, inputs, tolerance, worst);
  return worst;
}

}  // namespace xgrad::inline XGRAD_PRECISION
