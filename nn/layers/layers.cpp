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
#include <xgrad/nn/parts/activation.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// Options that a layer cannot be made without are anything: they are read from the file.
template <class L, auto... options>
std::pair<std::string_view, Layer (*)()> row() {
  return {L::kind, [] { return Layer(L(options...)); }};
}

}  // namespace

// The one list of the library's layers. A static library has only what is referred to, so they cannot list themselves.
std::span<const std::pair<std::string_view, Layer (*)()>> layers() {
  static const std::pair<std::string_view, Layer (*)()> all[] = {
      row<Dense, 1>(),
      row<Embedding, 1, 1>(),
      {Activation::kind, [] { return Layer(Activation(linear)); }},
      row<ReLU>(),
      row<LeakyReLU>(),
      row<PReLU>(),
      row<ELU>(),
      row<Softmax>(),
      row<Flatten>(),
      {Reshape::kind, [] { return Layer(Reshape({})); }},
      row<Identity>(),
      row<Dropout, 0>(),
      row<AlphaDropout, 0>(),
      row<GaussianDropout, 0>(),
      row<GaussianNoise, 0>(),
      row<Input>(),
      row<Normalization>(),
      row<Rescaling, 1>(),
      row<BatchNormalization>(),
      row<LayerNormalization>(),
      row<RMSNormalization>(),
      row<UnitNormalization>(),
      row<Sequential>(),
      row<Shared>()};
  return all;
}

}  // namespace xgrad::inline XGRAD_PRECISION
