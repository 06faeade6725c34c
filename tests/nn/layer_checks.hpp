#pragma once

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/autograd/tools/check.hpp>
#include <xgrad/nn/layer.hpp>

#include "options.hpp"

namespace xgrad {

inline Shape without_batch(const Tensor& x) { return Shape(x.shape().begin() + 1, x.shape().end()); }

/// Checks the gradients of a layer's outputs, for inputs like x, by x at orders 1 and 2 and by its weights at order 1.
inline void check_gradients(Layer layer, const Tensor& x, const Context& context = {}) {
  if (sizeof(Real) == sizeof(float)) return;  // differences are too coarse
  Rng rng(1);
  build(layer, without_batch(x), rng);
  each_parameter(layer, [&](const std::string&, Parameter& p) {
    if (p.trainable) p.edit() = random_uniform(rng, p.value().shape(), 0.5, 1.5);
  });
  const GradientCheck check = check_gradient([&](Var v) { return layer(v, context); }, {x});
  INFO(check.message);
  CHECK(check.ok);
  CHECK(check.order == 2);

  const auto loss = [&](Tape& tape) { return sum(square(layer(tape.constant(x), context) + 0.5)); };
  for (Parameter* const parameter : learnt_parameters(layer)) {
    Parameter& p = *parameter;
    CAPTURE(p.label);
    Tape tape;
    tape.backward(loss(tape));
    const Tensor analytic = p.gradient;
    Tensor numeric = zeros(analytic.shape());
    for (std::size_t i = 0; i < numeric.size(); ++i) {
      const Real here = p.value().data()[i];
      const auto at = [&](double h) {
        p.edit().data()[i] = static_cast<Real>(here + h);
        Tape moved;
        return loss(moved).item();
      };
      numeric.data()[i] = static_cast<Real>((8 * (at(1e-3) - at(-1e-3)) - (at(2e-3) - at(-2e-3))) / 12e-3);
      p.edit().data()[i] = here;
    }
    check_close(analytic, numeric, 1e-8);
  }
}

/// Checks that a layer that is read from what another is written as does to x what that one does.
inline void check_round_trip(Layer layer, Layer fresh, const Tensor& x) {
  Rng rng(1);
  build(layer, without_batch(x), rng);
  Writer written;
  layer.fields(written);
  std::vector<std::pair<std::string, Tensor>> tensors;
  for (const StoredTensor& tensor : written.tensors) tensors.emplace_back(tensor.name, to_tensor(tensor));
  Reader reader(FileTensors(tensors), written.options);
  fresh.fields(reader);
  reader.finish();
  Writer again;
  fresh.fields(again);
  CHECK(again.options == written.options);
  Tape tape;
  for (const bool training : {false, true}) {
    Rng one(3), same(3);
    const Var y = layer(tape.constant(x), {.training = training, .rng = &one});
    check_close(fresh(tape.constant(x), {.training = training, .rng = &same}).value(), y.value(), 0);
  }
}

}  // namespace xgrad
