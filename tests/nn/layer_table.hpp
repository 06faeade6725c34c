#pragma once

// Every kind of layer, with options that are not the defaults. What holds for all of them is tested by going through
// this table: layer_table_test.cpp.

#include <string>
#include <vector>

#include <xgrad/nn/layers/activations.hpp>
#include <xgrad/nn/layers/alpha_dropout.hpp>
#include <xgrad/nn/layers/batch_normalization.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/layers/dropout.hpp>
#include <xgrad/nn/layers/embedding.hpp>
#include <xgrad/nn/layers/flatten.hpp>
#include <xgrad/nn/layers/gaussian_dropout.hpp>
#include <xgrad/nn/layers/gaussian_noise.hpp>
#include <xgrad/nn/layers/identity.hpp>
#include <xgrad/nn/layers/layer_normalization.hpp>
#include <xgrad/nn/layers/normalization.hpp>
#include <xgrad/nn/layers/rescaling.hpp>
#include <xgrad/nn/layers/reshape.hpp>
#include <xgrad/nn/layers/rms_normalization.hpp>
#include <xgrad/nn/layers/unit_normalization.hpp>
#include <xgrad/nn/model/sequential.hpp>

namespace xgrad {

struct LayerRow {
  Layer layer;          ///< not built
  Shape input;          ///< of a batch
  std::string weights;  ///< their paths and shapes, in order; "counted" are those that are not learnt

  /// Whether it draws in training, and passes its input on in inference. Others draw nothing.
  bool is_noise = false;

  bool shares_weights = false;  ///< with its copies, as only a Shared does
  bool takes_indices = false;   ///< whole numbers from 0 to 2
};

/// One or more rows for every kind of layers(), in which every option is once another than its default.
inline std::vector<LayerRow> layer_table() {
  return {
      {Dense(2, "tanh",
             {.kernel_initializer = HeNormal{},
              .bias_initializer = Constant{0.5},
              .kernel_regularizer = L2{0.25},
              .bias_regularizer = L1{0.5},
              .activity_regularizer = L1L2{.l1 = 0.1, .l2 = 0.2},
              .kernel_constraint = MinMaxNorm{.min_value = 0.25, .max_value = 0.5, .rate = 0.75, .axis = 1},
              .bias_constraint = MaxNorm{.max_value = 0.5, .axis = -1}}),
       {4, 3},
       "kernel (3, 2), bias (2,)"},
      {Dense(3, "softmax", {.use_bias = false}), {2, 2, 3}, "kernel (3, 3)"},
      {Embedding(3, 2), {5}, "embeddings (3, 2)", false, false, true},
      {Embedding(4, 3, {.embeddings_initializer = Orthogonal{.gain = 2}, .embeddings_regularizer = L2{0.25}}),
       {2, 3},
       "embeddings (4, 3)",
       false,
       false,
       true},
      {Activation("mish"), {3, 4}, ""},
      {ReLU({.max_value = 1.5, .negative_slope = 0.25, .threshold = 0.5}), {3, 4}, ""},
      {LeakyReLU(0.125), {3, 4}, ""},
      {PReLU({.alpha_initializer = RandomNormal{}, .alpha_regularizer = L1{0.25}, .shared_axes = {1}}),
       {2, 3, 4},
       "alpha (1, 4)"},
      {ELU(0.5), {3, 4}, ""},
      {Softmax(1), {2, 3, 4}, ""},
      {Softmax({1, -1}), {2, 3, 4}, ""},
      {Identity(), {3, 4}, ""},
      {Rescaling({0.5, 2}, {1, -1}), {3, 2}, ""},
      {Normalization({.axis = {1}, .invert = true}),
       {2, 3, 2},
       "mean (3,) counted, variance (3,) counted, count () counted"},
      {Normalization({.axis = {}}), {4, 3}, "mean () counted, variance () counted, count () counted"},
      {Normalization({.mean = {1, 2, 3}, .variance = {1, 4, 9}}), {4, 3}, ""},
      {Flatten(), {2, 3, 2}, ""},
      {Reshape({3, -1}), {2, 6}, ""},
      {Dropout(0.4), {6, 5}, "", true},
      {Dropout(0.4, {.noise_shape = {-1, 1, 3}}), {4, 2, 3}, "", true},
      {AlphaDropout(0.4), {6, 5}, "", true},
      {GaussianDropout(0.4), {6, 5}, "", true},
      {GaussianNoise(0.5), {6, 5}, "", true},
      {Input{{3, 2}}, {2, 3, 2}, ""},
      {BatchNormalization({.axis = 1,
                           .momentum = 0.75,
                           .epsilon = 0.5,
                           .beta_initializer = Constant{0.5},
                           .gamma_initializer = RandomNormal{},
                           .moving_mean_initializer = Constant{0.25},
                           .moving_variance_initializer = Constant{2},
                           .beta_regularizer = L1{0.25},
                           .gamma_regularizer = L2{0.25},
                           .beta_constraint = "non_neg",
                           .gamma_constraint = UnitNorm{.axis = -1}}),
       {4, 3, 2},
       "gamma (3,), beta (3,), moving_mean (3,) counted, moving_variance (3,) counted"},
      {BatchNormalization({.center = false, .scale = false}),
       {2, 3, 2},
       "moving_mean (2,) counted, moving_variance (2,) counted"},
      {LayerNormalization({.axis = {1, -1},
                           .epsilon = 0.5,
                           .beta_initializer = Constant{0.5},
                           .gamma_initializer = RandomNormal{},
                           .beta_regularizer = L1{0.25},
                           .gamma_regularizer = L2{0.25},
                           .beta_constraint = UnitNorm{},
                           .gamma_constraint = "non_neg"}),
       {2, 3, 2},
       "gamma (3, 2), beta (3, 2)"},
      {LayerNormalization({.center = false, .scale = false}), {2, 2, 3}, ""},
      {RMSNormalization({.epsilon = 0.5}), {3, 4}, "scale (4,)"},
      {RMSNormalization({.axis = {1}}), {2, 3, 4}, "scale (3,)"},
      {UnitNormalization({1, 2}), {2, 3, 4}, ""},
      {Sequential{Dense(3, "tanh"), LayerNormalization(), Sequential{Dense(2, "gelu")}},
       {4, 2},
       "dense/kernel (2, 3), dense/bias (3,), layer_normalization/gamma (3,), layer_normalization/beta (3,), "
       "sequential/dense/kernel (3, 2), sequential/dense/bias (2,)"},
      {shared(Dense(2, "tanh")), {4, 3}, "dense/kernel (3, 2), dense/bias (2,)", false, true},
  };
}

}  // namespace xgrad
