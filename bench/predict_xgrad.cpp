// Predictions as a user of this library writes them.

#include <xgrad/xgrad.hpp>

#include "predict.hpp"

int main(int argc, char** argv) {
  using namespace xgrad;
  return bench::predict_all(argc, argv, [](const bench::Prediction& p, int threads) {
    Sequential model;
    std::vector<Tensor> weights;
    for (std::size_t k = 0; k < p.layers.size(); ++k) {
      model.add(Dense(p.layers[k], k + 1 == p.layers.size() ? "softmax" : "relu"));
      Tensor kernel = zeros({k == 0 ? 784 : p.layers[k - 1], p.layers[k]});
      std::copy(p.kernels[k].begin(), p.kernels[k].end(), kernel.begin());
      weights.push_back(kernel);
      weights.push_back(zeros({p.layers[k]}));
    }
    model.build({784});
    model.set_weights(weights);
    Tensor x = zeros({p.batch, 784}), y;
    std::copy(p.x.begin(), p.x.end(), x.begin());
    set_num_threads(threads);
    bench::measure(p, [&] {
      y = model.predict_on_batch(x);
      return y.data();
    });
  });
}
