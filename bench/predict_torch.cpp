// Predictions in libtorch, as its documentation writes them.

#include <torch/torch.h>

#include "predict.hpp"

int main(int argc, char** argv) {
  return bench::predict_all(argc, argv, [](bench::Prediction& p, int threads) {
    torch::set_num_threads(threads);
    const c10::InferenceMode guard;
    torch::nn::Sequential model;
    std::int64_t in = 784;
    for (std::size_t k = 0; k < p.layers.size(); ++k) {
      const std::int64_t out = static_cast<std::int64_t>(p.layers[k]);
      torch::nn::Linear linear(in, out);
      linear->weight.copy_(torch::from_blob(p.kernels[k].data(), {in, out}).t());
      linear->bias.zero_();
      model->push_back(linear);
      if (k + 1 == p.layers.size())
        model->push_back(torch::nn::Softmax(1));
      else
        model->push_back(torch::nn::ReLU());
      in = out;
    }
    model->eval();
    const torch::Tensor x = torch::from_blob(p.x.data(), {static_cast<std::int64_t>(p.batch), 784});
    torch::Tensor y;
    bench::measure(p, [&] {
      y = model->forward(x);
      return y.data_ptr<float>();
    });
  });
}
