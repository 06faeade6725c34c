#pragma once

// The samples and the first weights of Keras's runs of fit: tests/reference/README.md.

#include <xgrad/data/npy.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/model/sequential.hpp>

namespace xgrad {

inline const Tensor& input(const std::string& name) {
  static const auto arrays = load_npz_named(XGRAD_TEST_DATA "/keras/fit_inputs.npz");
  for (const auto& [known, array] : arrays)
    if (known == name) return array;
  throw ValueError("no array " + name);
}

/// Keras's model, from Keras's weights.
inline Sequential model(Regularizer regularizer = {}) {
  Sequential model{Input{{6}}, Dense(8, "relu", {.kernel_regularizer = regularizer}), Dense(3, "softmax")};
  model.set_weights({input("w0"), input("b0"), input("w1"), input("b1")});
  return model;
}

}  // namespace xgrad
